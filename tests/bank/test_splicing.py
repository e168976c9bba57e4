"""Writing one question anew within the text of a bank."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.bank.importing import store_bank
from app.bank.known import is_plain, read_known, remember_written
from app.bank.reading import bank_of, read_bank
from app.bank.splicing import splice
from app.bank.writing import write_bank
from app.domain.question import Bank, KeyPoint, Question
from app.resources import resource_dir

SHIPPED = sorted(file for file in resource_dir("corpus").glob("*.md") if file.name != "README.md")
CHANGES = {
    "shorter": lambda question: replace(question, text="为什么？", tags=(), key_points=()),
    "longer": lambda question: replace(
        question,
        text=f"{question.text}\n\n```\n### 1. code\n```",
        reference="One.\n\n## Two\n\n- three",
        key_points=(*question.key_points, KeyPoint("kp99", "更多", "第一行。\n第二行。", 2.5)),
    ),
    "in another language": lambda question: replace(question, language="fr", variants="v"),
}


def lines(bank: Bank) -> list[tuple[int, ...]]:
    return [(q.line, *(point.line for point in q.key_points)) for q in bank.questions]


def with_question(bank: Bank, place: int, question: Question) -> Bank:
    before, behind = bank.questions[:place], bank.questions[place + 1 :]
    return replace(bank, questions=(*before, question, *behind))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
@pytest.mark.parametrize("change", CHANGES)
def test_the_text_is_that_of_the_whole_bank_and_the_bank_as_it_is_read(
    file: Path, change: str
) -> None:
    text = write_bank(read_bank(file))
    bank = bank_of(text, file)
    for place in (0, 1, len(bank.questions) // 2, len(bank.questions) - 1):
        new = with_question(bank, place, CHANGES[change](bank.questions[place]))
        spliced = splice(text, bank, new)
        assert spliced is not None
        assert spliced.text == write_bank(new)
        assert spliced.bank == bank_of(spliced.text, file)
        assert lines(spliced.bank) == lines(bank_of(spliced.text, file))


POINTS = (KeyPoint("kp1", "First", "one"),)
BANK = Bank(
    "demo",
    language="en",
    questions=(
        Question("a", "Why?", topic="T", language="en", key_points=POINTS),
        Question("b", "How?", topic="T", language="en", key_points=POINTS),
    ),
)


def reworded(question: Question) -> Question:
    return replace(question, text="Where?")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda one, two: (one,), id="a question is gone"),
        pytest.param(lambda one, two: (one, two, replace(one, id="c")), id="a question is new"),
        pytest.param(lambda one, two: (reworded(one), reworded(two)), id="two have changed"),
        pytest.param(lambda one, two: (replace(one, topic="U"), two), id="a heading changes"),
        pytest.param(lambda one, two: (one, two), id="nothing has changed"),
    ],
)
def test_more_than_one_question_is_left_to_the_writer(changed) -> None:  # type: ignore[no-untyped-def]
    text = write_bank(BANK)
    bank = bank_of(text, Path("demo.md"))
    assert splice(text, bank, replace(bank, questions=changed(*bank.questions))) is None


def test_a_text_in_another_layout_is_left_to_the_writer() -> None:
    text = write_bank(BANK).replace("### 1. Why?", "### 1.  Why?")
    bank = bank_of(text, Path("demo.md"))
    assert splice(text, bank, with_question(bank, 0, reworded(bank.questions[0]))) is None


def test_a_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    file = store_bank(BANK, tmp_path / "demo.md").file
    before = read_known(file)
    assert read_known(file) is before
    file.write_text(file.read_text().replace("Why?", "Who?"))
    assert read_known(file).questions[0].text == "Who?"
    assert is_plain(file)
    file.write_text(f"{file.read_text()}\n\n")
    assert not is_plain(file)


def test_what_was_written_is_not_read_again(tmp_path: Path) -> None:
    file = store_bank(BANK, tmp_path / "demo.md").file
    bank = replace(read_bank(file), title="")
    remember_written(file, file.read_text(), bank)
    assert read_known(file) is bank
