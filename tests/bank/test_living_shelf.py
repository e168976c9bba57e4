"""Banks whose files change while a process goes on."""

import os
from pathlib import Path

import pytest

from app.bank.living_shelf import LivingShelf
from app.errors import BankError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "banks"
    made.mkdir()
    return made


@pytest.fixture
def living(tmp_path: Path, folder: Path) -> LivingShelf:
    write(tmp_path / "shipped" / "core.md", "core", "Why?")
    return LivingShelf("", tmp_path / "shipped", folder)


def write(file: Path, bank_id: str, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\nbank: {bank_id}\n---\n### 1. {text}\n\n**Answer:**\n\n- **Yes:** so\n")
    return file


def texts(living: LivingShelf) -> list[str]:
    return [question.text for question in living.read().questions]


def test_files_that_come_change_and_go_are_noticed(living: LivingShelf, folder: Path) -> None:
    assert texts(living) == ["Why?"]
    assert not living.has_changed
    file = write(folder / "own.md", "own", "What?")
    assert living.has_changed
    assert texts(living) == ["Why?", "What?"]
    write(file, "own", "Which way?")
    assert living.has_changed
    assert texts(living) == ["Why?", "Which way?"]
    file.unlink()
    assert living.has_changed
    assert texts(living) == ["Why?"]


def test_what_did_not_change_is_not_read_again(living: LivingShelf, folder: Path) -> None:
    before = living.read().bank("core")
    write(folder / "own.md", "own", "What?")
    assert living.read().bank("core") is before


def test_a_file_that_breaks_keeps_its_last_good_bank(living: LivingShelf, folder: Path) -> None:
    file = write(folder / "own.md", "own", "What?")
    living.read()
    file.write_bytes(b"\0 not a bank")
    shelf = living.read()
    assert [question.text for question in shelf.questions] == ["Why?", "What?"]
    (notice,) = shelf.notices
    assert str(file) in notice
    assert "stays in force" in notice
    write(file, "own", "What then?")
    shelf = living.read()
    assert shelf.notices == ()
    assert shelf.questions[-1].text == "What then?"


def test_a_file_that_was_never_good_is_left_out(living: LivingShelf, folder: Path) -> None:
    (folder / "own.yaml").write_text("[" * 1000)
    shelf = living.read()
    assert [bank.id for bank in shelf.banks] == ["core"]
    assert "nested deeper" in shelf.notices[0]
    assert not living.has_changed


def test_a_change_within_one_second_is_noticed(living: LivingShelf, folder: Path) -> None:
    file = write(folder / "own.md", "own", "What?")
    living.read()
    stat = file.stat()
    other = write(folder / "other", "own", "That?")
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(file)
    assert living.has_changed
    assert texts(living) == ["Why?", "That?"]


def test_a_named_file_that_goes_stays_in_force_and_one_that_never_was_is_an_error(
    tmp_path: Path, folder: Path
) -> None:
    file = write(tmp_path / "mine.md", "mine", "Mine?")
    living = LivingShelf(str(file), tmp_path / "shipped", folder)
    assert texts(living) == ["Mine?"]
    file.unlink()
    assert living.has_changed
    assert texts(living) == ["Mine?"]
    with pytest.raises(BankError, match="no such file"):
        LivingShelf(str(file), tmp_path / "shipped", folder).read()
