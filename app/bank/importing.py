"""Puts a bank into a Markdown file: whole or not at all, and never over another one unasked."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.bank.decoding import read_text
from app.bank.writing import write_bank
from app.domain.question import Bank
from app.errors import BankError, filled


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a bank now lies; `changed` is False where the file held it already."""

    file: Path
    changed: bool


def store_bank(bank: Bank, file: Path, *, force: bool = False) -> Stored:
    """Write the bank to `file`, whose folder is made.

    Raises BankError where the file holds anything else, unless `force`, and where it cannot be
    written; the file is then as it was.
    """
    return store_text(write_bank(bank), file, force=force)


def store_text(text: str, file: Path, *, force: bool = False) -> Stored:
    """The same for a bank that is written already."""
    if file.suffix.lower() != ".md":
        raise BankError(
            "A bank is written as Markdown.", "Let its name end in .md.", file=str(file)
        )
    if os.path.lexists(file):
        same = file.is_file() and _holds(file, text)
        if same:
            return Stored(file, changed=False)
        if not force:
            raise BankError(
                "The file is there already, and holds something else.",
                "Use --force to replace it, or --out to write elsewhere.",
                file=str(file),
            )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, text.encode())
    except OSError as error:
        raise BankError(
            filled("The file cannot be written: {reason}.", reason=error.strerror),
            "Check the path and its permissions, or use --out.",
            file=str(file),
        ) from error
    return Stored(file, changed=True)


def require_free_ids(bank: Bank, others: Iterable[Bank]) -> None:
    """Raise BankError where a question's id is that of a question in another bank."""
    taken = {
        question.id: other.id
        for other in others
        if other.id != bank.id
        for question in other.questions
    }
    for question in bank.questions:
        if owner := taken.get(question.id):
            raise BankError(
                filled(
                    "The bank {owner!r} has a question {id!r} too.", owner=owner, id=question.id
                ),
                "Change the `id` of the question, or of the bank with `bank: NAME` on top.",
                file=bank.source,
                line=question.line or None,
            )


def _holds(file: Path, text: str) -> bool:
    try:
        return read_text(file) == text
    except BankError:
        return False


def _replace(file: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{file.stem[:40]}-", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
