"""Which banks are in force, and what a broken one costs."""

import os
from pathlib import Path

import pytest

from app.bank.shelf import Shelf, open_shelf
from app.errors import BankError, QuestionNotFound


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    write(folder / "core.md", "core", "core-01")
    (folder / "README.md").write_text("# About\n\n### 1. not a question?\nno\n")
    return folder


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    return tmp_path / "imported"


def write(file: Path, bank_id: str, question_id: str, answer: str = "one two three") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\nbank: {bank_id}\n---\n### 1. x\n<!-- id: {question_id} -->\n{answer}\n")
    return file


def ids(shelf: Shelf) -> list[str]:
    return [bank.id for bank in shelf.banks]


def test_shipped_and_imported_banks_are_in_force(shipped: Path, imported: Path) -> None:
    write(imported / "own.md", "own", "own-01")
    shelf = open_shelf("", shipped, imported)
    assert ids(shelf) == ["core", "own"]
    assert [question.id for question in shelf.questions] == ["core-01", "own-01"]
    assert shelf.notices == ()


def test_no_folder_of_imported_banks_is_no_failure(shipped: Path, imported: Path) -> None:
    assert ids(open_shelf("", shipped, imported)) == ["core"]


def test_an_imported_bank_takes_the_place_of_a_shipped_one(shipped: Path, imported: Path) -> None:
    file = write(imported / "mine.md", "core", "core-09")
    shelf = open_shelf("", shipped, imported)
    assert [(bank.id, bank.source) for bank in shelf.banks] == [("core", str(file))]


def test_a_broken_imported_file_costs_a_notice_and_no_more(shipped: Path, imported: Path) -> None:
    write(imported / "good.md", "good", "good-01")
    broken = write(imported / "bad.md", "bad", "a b")
    shelf = open_shelf("", shipped, imported)
    assert ids(shelf) == ["core", "good"]
    (notice,) = shelf.notices
    assert notice.startswith(f"{broken}:4: ")


@pytest.mark.parametrize(
    ("bank_id", "question_id", "part"),
    [
        pytest.param("one", "two-01", "another bank has the id 'one'", id="bank's id"),
        pytest.param("two", "one-01", "bank 'one' has a question 'one-01'", id="question's id"),
    ],
)
def test_of_two_banks_that_clash_the_later_is_left_out(
    shipped: Path, imported: Path, bank_id: str, question_id: str, part: str
) -> None:
    write(imported / "1.md", "one", "one-01")
    write(imported / "2.md", bank_id, question_id)
    shelf = open_shelf("", shipped, imported)
    assert ids(shelf) == ["core", "one"]
    assert part in shelf.notices[0]


def test_named_files_replace_all_others(shipped: Path, imported: Path, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.md", n, f"{n}-01") for n in ("a", "b")]
    named = os.pathsep.join([str(files[0]), "", f" {files[1]} "])
    assert ids(open_shelf(named, shipped, imported)) == ["a", "b"]


def test_a_broken_named_file_is_an_error(shipped: Path, imported: Path, tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no such file"):
        open_shelf(str(tmp_path / "gone.md"), shipped, imported)


def test_a_question_without_an_answer_is_known_but_never_asked(
    shipped: Path, imported: Path
) -> None:
    write(imported / "own.md", "own", "own-01", answer="")
    shelf = open_shelf("", shipped, imported)
    assert [question.id for question in shelf.questions] == ["core-01"]
    assert shelf.question("own-01").key_points == ()


def test_an_unknown_id_is_answered_with_similar_ones(shipped: Path, imported: Path) -> None:
    shelf = open_shelf("", shipped, imported)
    with pytest.raises(QuestionNotFound, match="Did you mean 'core-01'"):
        shelf.question("core-10")
    with pytest.raises(BankError, match="Banks in force: core"):
        shelf.bank("other")
