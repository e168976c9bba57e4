"""Keeping a bank as a file: whole or not at all."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.bank.importing import require_free_ids, store_bank
from app.bank.reading import read_bank
from app.domain.question import Bank, Question
from app.errors import BankError

BANK = Bank("demo", questions=(Question("demo-01", "Why?", language="en"),), language="en")
OTHER = replace(BANK, title="Other")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_stored_bank_is_read_back(tmp_path: Path) -> None:
    stored = store_bank(BANK, tmp_path / "new" / "demo.md")
    assert stored.changed
    assert read_bank(stored.file) == BANK
    assert names(stored.file.parent) == ["demo.md"]


def test_storing_the_same_bank_again_changes_nothing(tmp_path: Path) -> None:
    file = store_bank(BANK, tmp_path / "demo.md").file
    os.utime(file, (1, 1))
    assert not store_bank(BANK, file).changed
    assert file.stat().st_mtime == 1


@pytest.mark.parametrize(
    "before", [pytest.param(b"### 1. mine?\nyes\n", id="text"), pytest.param(b"\0", id="binary")]
)
def test_another_file_is_replaced_only_when_forced(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "demo.md"
    file.write_bytes(before)
    with pytest.raises(BankError, match="--force"):
        store_bank(BANK, file)
    assert file.read_bytes() == before
    assert store_bank(OTHER, file, force=True).changed
    assert read_bank(file) == OTHER


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(BankError, match="cannot be written"):
        store_bank(BANK, tmp_path / "folder.md", force=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(BankError, match="cannot be written"):
        store_bank(BANK, tmp_path / "file" / "demo.md")
    assert names(tmp_path) == ["file", "folder.md"]


def test_a_bank_is_stored_as_markdown_only(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"\.md"):
        store_bank(BANK, tmp_path / "demo.csv")


def test_ids_of_other_banks_are_not_free(tmp_path: Path) -> None:
    require_free_ids(BANK, [BANK, replace(BANK, id="x", questions=())])
    with pytest.raises(BankError, match="'other' has a question 'demo-01'"):
        require_free_ids(BANK, [replace(BANK, id="other")])
