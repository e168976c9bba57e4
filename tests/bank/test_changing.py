"""Changing single questions of a bank that lies in a file."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.bank.changing import (
    add_question,
    change_question,
    number_points,
    place_of,
    remove_bank,
    remove_question,
    replace_bank,
)
from app.bank.importing import store_bank
from app.bank.reading import read_bank
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankChanged, BankError

POINTS = (KeyPoint("kp1", "First", "one"), KeyPoint("kp2", "Second"))
QUESTIONS = (
    Question("demo-01", "Why?", language="en", reference="Because.", key_points=POINTS),
    Question("demo-02", "How?", language="en", reference="So.", key_points=POINTS),
)
BANK = Bank("demo", "Demo", "en", QUESTIONS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "banks"


@pytest.fixture
def kept(folder: Path) -> Bank:
    return read_bank(store_bank(BANK, folder / "demo.md").file)


@pytest.fixture
def shipped(tmp_path: Path) -> Bank:
    return read_bank(store_bank(BANK, tmp_path / "shipped" / "demo.md").file)


def test_a_changed_question_is_what_the_reader_reads(kept: Bank, folder: Path) -> None:
    new = replace(kept.questions[0], text="Why not?", tags=("a",), difficulty=3)
    written = change_question(kept, folder, new, basis=kept.questions[0].digest)
    assert written == new
    assert read_bank(folder / "demo.md").questions == (new, kept.questions[1])


def test_a_shipped_bank_gets_a_copy_that_takes_its_place(shipped: Bank, folder: Path) -> None:
    before = Path(shipped.source).read_bytes()
    assert place_of(shipped, folder).is_copy
    new = replace(shipped.questions[0], text="Why not?")
    change_question(shipped, folder, new, basis=shipped.questions[0].digest)
    assert Path(shipped.source).read_bytes() == before
    assert read_bank(folder / "demo.md").questions[0] == new


def test_a_question_that_somebody_changed_is_not_overwritten(kept: Bank, folder: Path) -> None:
    old = kept.questions[0]
    theirs = replace(old, text="Why, they ask?")
    change_question(kept, folder, theirs, basis=old.digest)
    with pytest.raises(BankChanged, match="Somebody has changed"):
        change_question(kept, folder, replace(old, text="Mine?"), basis=old.digest)
    assert read_bank(folder / "demo.md").questions[0] == theirs


def test_changes_of_different_questions_are_both_kept(kept: Bank, folder: Path) -> None:
    """Both begin from the same bank, as two people do."""
    for question in kept.questions:
        change_question(kept, folder, replace(question, topic="new"), basis=question.digest)
    assert [one.topic for one in read_bank(folder / "demo.md").questions] == ["new", "new"]


def test_many_at_once_lose_nothing(kept: Bank, folder: Path) -> None:
    def add(number: int) -> None:
        add_question(kept, folder, replace(QUESTIONS[0], id="", text=f"Number {number}?"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_bank(folder / "demo.md").questions
    assert {one.text for one in found[2:]} == {f"Number {number}?" for number in range(8)}
    assert [one.id for one in found] == [f"demo-{number:02d}" for number in range(1, 11)]


def test_a_question_that_was_removed_cannot_be_changed(kept: Bank, folder: Path) -> None:
    first = kept.questions[0]
    remove_question(kept, folder, first.id, basis=first.digest)
    assert [one.id for one in read_bank(folder / "demo.md").questions] == ["demo-02"]
    with pytest.raises(BankChanged, match="removed"):
        change_question(kept, folder, first, basis=first.digest)
    last = kept.questions[1]
    with pytest.raises(BankError, match="only question"):
        remove_question(kept, folder, last.id, basis=last.digest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"text": " "}, "no text", id="no text"),
        pytest.param({"difficulty": 7}, "difficulty is 7", id="difficulty"),
        pytest.param({"key_points": (KeyPoint("kp1", ""),)}, "no title", id="no title"),
        pytest.param(
            {"key_points": (KeyPoint("kp1", "a", weight=0.0),)}, "weight of 'a' is 0", id="weight"
        ),
        pytest.param({"key_points": (POINTS[0], POINTS[0])}, "the id 'kp1'", id="twice"),
    ],
)
def test_what_no_reader_would_take_is_not_written(
    kept: Bank, folder: Path, change: dict[str, object], message: str
) -> None:
    before = (folder / "demo.md").read_bytes()
    first = kept.questions[0]
    with pytest.raises(BankError, match=message):
        change_question(kept, folder, replace(first, **change), basis=first.digest)  # type: ignore[arg-type]
    assert (folder / "demo.md").read_bytes() == before


def test_an_id_of_another_bank_cannot_be_given(kept: Bank, folder: Path) -> None:
    other = replace(BANK, id="other", questions=(replace(QUESTIONS[0], id="other-01"),))
    with pytest.raises(BankError, match="'other' has a question 'other-01'"):
        add_question(kept, folder, replace(QUESTIONS[0], id="other-01"), others=[kept, other])
    with pytest.raises(BankError, match="already taken"):
        add_question(kept, folder, QUESTIONS[0], others=[kept, other])


@pytest.mark.parametrize("name", ["notes.md", "notes.yaml"])
def test_a_copy_is_kept_of_a_file_whose_layout_goes(folder: Path, name: str) -> None:
    folder.mkdir()
    text = {
        "notes.md": "---\nbank: n\n---\n<!-- TODO: more -->\n## 1. Why?\nBecause of that.\n",
        "notes.yaml": "bank: n\nquestions:\n  # more\n  - question: Why?\n    answer: Because.\n",
    }[name]
    (folder / name).write_text(text)
    bank = read_bank(folder / name)
    question = bank.questions[0]
    change_question(bank, folder, replace(question, topic="new"), basis=question.digest)
    assert sorted(file.name for file in folder.iterdir() if file.name[0] != ".") == [
        "notes.md",
        f"{name}.before",
    ]
    assert (folder / f"{name}.before").read_text() == text
    assert read_bank(folder / "notes.md").questions[0].topic == "new"


def test_a_bank_is_replaced_only_as_it_was_seen(kept: Bank, folder: Path) -> None:
    new = replace(BANK, questions=QUESTIONS[:1])
    with pytest.raises(BankChanged):
        replace_bank(new, folder, basis="", others=[kept])
    replace_bank(new, folder, basis=kept.digest, others=[kept])
    assert read_bank(folder / "demo.md").questions == QUESTIONS[:1]
    fresh = replace(new, id="fresh", questions=(replace(QUESTIONS[0], id="fresh-01"),))
    assert replace_bank(fresh, folder, basis="", others=[kept]) == folder / "fresh.md"


def test_an_imported_bank_can_be_removed_and_a_shipped_one_not(
    kept: Bank, shipped: Bank, folder: Path
) -> None:
    with pytest.raises(BankError, match="stays"):
        remove_bank(shipped, folder, basis=shipped.digest)
    with pytest.raises(BankChanged):
        remove_bank(kept, folder, basis="")
    remove_bank(kept, folder, basis=kept.digest)
    assert not (folder / "demo.md").exists()


def test_new_key_points_get_ids_that_no_point_had() -> None:
    points = (KeyPoint("", "new"), KeyPoint("kp1", "old"), KeyPoint("", "newer"))
    before = (KeyPoint("kp1", "old"), KeyPoint("kp7", "gone"))
    assert [point.id for point in number_points(points, before)] == ["kp8", "kp1", "kp9"]
