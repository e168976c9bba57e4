"""docs/banks.md says what the code does."""

import re
from pathlib import Path

import pytest

from app.bank.findings import LONGEST_KEY_POINT, Rule
from app.bank.reading import READERS, read_bank
from app.bank.records import QuestionRecord
from app.bank.wordings import LONGEST_WORDING, NEARER
from app.bank.writing import write_bank

TEXT = (Path(__file__).parents[2] / "docs" / "banks.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    match = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


def test_the_markdown_example_is_read_and_needs_few_changes_to_be_as_written(
    tmp_path: Path,
) -> None:
    file = tmp_path / "example.md"
    file.write_text(example("markdown"), encoding="utf-8")
    bank = read_bank(file)
    (question,) = bank.questions
    assert (bank.id, bank.licence, question.topic) == ("storage", "MIT", "Backups")
    assert [point.weight for point in question.key_points] == [1.5, 1.0]
    assert all(point.follow_up for point in question.key_points)
    assert question.key_points[1].wordings == (
        "We store a second copy far away",
        "If the building burns down, the data is safe elsewhere",
    )
    assert write_bank(bank) == file.read_text(encoding="utf-8")


def test_the_yaml_example_is_read(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(example("yaml"), encoding="utf-8")
    (question,) = read_bank(file).questions
    assert [point.title for point in question.key_points] == ["Regular backups", "Off-site copies"]


@pytest.mark.parametrize("rule", Rule)
def test_every_check_is_explained(rule: Rule) -> None:
    assert f"`{rule.value}`" in TEXT


@pytest.mark.parametrize("field", QuestionRecord.model_fields)
def test_every_column_is_named(field: str) -> None:
    assert f"`{field}`" in TEXT


def test_endings_and_figures_are_those_of_the_code() -> None:
    assert {".md", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".yaml"} <= READERS.keys()
    assert f"wider than {LONGEST_KEY_POINT} columns" in TEXT
    assert f"wider than {LONGEST_WORDING} columns" in TEXT
    assert f"(by {NEARER} in cosine)" in TEXT
