"""Changes single questions of a bank that is kept as a file, while others may change it too.

The file is read, changed and exchanged as a whole under a lock that all processes on the machine
share.
Each change names what it was made from, so that nobody's work is lost.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from app.bank.decoding import read_text
from app.bank.findings import require_values
from app.bank.importing import require_free_ids, store_bank, store_text
from app.bank.known import is_plain, read_known, remember_written
from app.bank.normal import normal_question
from app.bank.splicing import splice
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankChanged, BankError, filled

PATIENCE = 20.0
"""Seconds to wait for another process that writes a bank."""

SET_ASIDE = ".before"
"""Ending of the copy that is kept of a file whose own layout is not written again."""

_POINT_NUMBER = re.compile(r"kp(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bank's changes are kept. `folder` holds the imported banks.

    `file` is what is written; `aside` is a file whose layout and remarks that would lose, so that
    a copy is kept of it, or None. `is_copy` says that the bank itself lies elsewhere.
    """

    folder: Path
    file: Path
    is_copy: bool
    aside: Path | None = None


def place_of(bank: Bank, folder: Path) -> Place:
    """Where changes of a bank in force are kept. Raises BankError for a bank that is not there."""
    source = Path(bank.source)
    if source.parent != folder:
        return Place(folder, folder / f"{bank.id}.md", is_copy=True)
    if source.suffix.lower() == ".md" and is_plain(source):
        return Place(folder, source, is_copy=False)
    return Place(folder, source.with_suffix(".md"), is_copy=False, aside=source)


def change_question(
    bank: Bank, folder: Path, question: Question, *, basis: str, others: Iterable[Bank] = ()
) -> Question:
    """Put `question` in the place of the one with its id, whose digest was `basis`.

    `others` are the banks in force. Returns the question as it was written. Raises BankChanged
    where it is another one by now, and BankError for what cannot be used or written.
    """

    def changed(questions: Sequence[Question]) -> list[Question]:
        _require(questions, question.id, basis)
        new = normal_question(question)
        return [new if one.id == question.id else one for one in questions]

    return _find(_change(bank, folder, changed, others), question.id)


def add_question(
    bank: Bank, folder: Path, question: Question, *, others: Iterable[Bank] = ()
) -> Question:
    """Put a question behind the last; without an id it gets the next free one."""

    def changed(questions: Sequence[Question]) -> list[Question]:
        taken = {one.id for one in questions}
        if question.id in taken:
            raise BankError(
                filled("The id {id!r} is already taken in this bank.", id=question.id),
                "Leave it empty, or choose another.",
            )
        added.append(question.id or _next_id(bank.id, taken))
        return [*questions, replace(normal_question(question), id=added[0])]

    added: list[str] = []
    return _find(_change(bank, folder, changed, others), added[0])


def remove_question(
    bank: Bank, folder: Path, question_id: str, *, basis: str, others: Iterable[Bank] = ()
) -> None:
    """Take a question out. Raises BankChanged as `change_question` does."""

    def changed(questions: Sequence[Question]) -> list[Question]:
        _require(questions, question_id, basis)
        if len(questions) == 1:
            raise BankError(
                "This is the only question of its bank.", "Change it, or remove the bank."
            )
        return [one for one in questions if one.id != question_id]

    _change(bank, folder, changed, others)


def replace_bank(bank: Bank, folder: Path, *, basis: str, others: Sequence[Bank]) -> Path:
    """Keep a whole bank, in the place of the one with its id whose digest was `basis` ("": none).

    Raises BankChanged where that is another one by now.
    """
    with _locked(folder):
        known = next((one for one in others if one.id == bank.id), None)
        now = _now(known) if known is not None else None
        if (now.digest if now else "") != basis:
            raise BankChanged(
                "The bank that this would replace has changed since you looked at it.",
                "Look at the report again, then decide.",
            )
        require_free_ids(bank, others)
        place = Place(folder, folder / f"{bank.id}.md", is_copy=False)
        if now is not None:
            place = place_of(now, folder)
        return _write(bank, place)


def remove_bank(bank: Bank, folder: Path, *, basis: str) -> None:
    """Take an imported bank's file away. Raises BankError for one that lies elsewhere."""
    with _locked(folder):
        file = Path(bank.source)
        if file.parent != folder:
            raise BankError("This bank came with mockint and stays.", file=bank.source)
        if _now(bank).digest != basis:
            raise BankChanged(
                "The bank has changed since you looked at it.", "Look at it again, then decide."
            )
        try:
            file.unlink()
        except OSError as error:
            raise BankError(
                filled("The file cannot be removed: {reason}.", reason=error.strerror),
                "Check its permissions.",
                file=bank.source,
            ) from error


def number_points(points: Sequence[KeyPoint], before: Sequence[KeyPoint]) -> tuple[KeyPoint, ...]:
    """The points, those without an id under new ones that none of `before` had either.

    What somebody knew of a point that was taken out must not count for another.
    """
    found = (_POINT_NUMBER.fullmatch(point.id) for point in (*points, *before))
    highest = max((int(match[1]) for match in found if match), default=0)
    made = []
    for point in points:
        if not point.id:
            highest += 1
        made.append(point if point.id else replace(point, id=f"kp{highest}"))
    return tuple(made)


def _change(
    bank: Bank,
    folder: Path,
    changed: Callable[[Sequence[Question]], Sequence[Question]],
    others: Iterable[Bank],
) -> Bank:
    with _locked(folder):
        now = _now(bank)
        place = place_of(now, folder)
        questions = tuple(changed(now.questions))
        new = require_values(replace(now, questions=questions, source=str(place.file)))
        require_free_ids(new, others)
        if not _write_one(now, new, place):
            _write(new, place)
        return new


def _write_one(now: Bank, new: Bank, place: Place) -> bool:
    """Write only the lines that differ, where one question of a plain file has changed."""
    if place.is_copy or place.aside is not None:
        return False
    spliced = splice(read_text(place.file), now, new)
    if spliced is None:
        return False
    store_text(spliced.text, place.file, force=True)
    remember_written(place.file, spliced.text, spliced.bank)
    return True


def _now(bank: Bank) -> Bank:
    """The bank as its file holds it at this moment."""
    now = read_known(Path(bank.source))
    if now.id != bank.id:
        raise BankChanged("The file holds another bank by now.", "Reload the page.")
    return now


def _require(questions: Sequence[Question], question_id: str, basis: str) -> None:
    found = next((one for one in questions if one.id == question_id), None)
    if found is None:
        raise BankChanged("The question has been removed meanwhile.", "Add it anew to keep it.")
    if found.digest != basis:
        raise BankChanged(
            "Somebody has changed the question since you began.",
            "Compare the two versions below, then save again.",
        )


def _find(bank: Bank, question_id: str) -> Question:
    return next(one for one in bank.questions if one.id == question_id)


def _next_id(bank_id: str, taken: set[str]) -> str:
    number = len(taken) + 1
    while (made := f"{bank_id}-{number:02d}") in taken:
        number += 1
    return made


def _write(bank: Bank, place: Place) -> Path:
    """Write the bank, once a copy is kept of a file whose layout goes."""
    if place.aside is None:
        return store_bank(bank, place.file, force=True).file
    try:
        shutil.copy2(place.aside, place.aside.with_name(place.aside.name + SET_ASIDE))
        written = store_bank(bank, place.file, force=True).file
        if place.aside != place.file:
            place.aside.unlink()
    except OSError as error:
        raise BankError(
            filled("No copy of the file can be kept: {reason}.", reason=error.strerror),
            "Check the folder's permissions.",
            file=str(place.aside),
        ) from error
    return written


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=PATIENCE):
            yield
    except Timeout as error:
        raise BankError(
            "Another mockint has been writing a bank for too long.", "Try again.", file=str(folder)
        ) from error
    except OSError as error:
        raise BankError(
            filled("The folder of banks cannot be written: {reason}.", reason=error.strerror),
            "Check its permissions.",
            file=str(folder),
        ) from error
