"""The banks in force: those that a setting names, or the shipped and the imported ones."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from app.bank.reading import READERS, read_bank
from app.domain.question import Bank, Question
from app.errors import BankError, QuestionNotFound, filled

_README = "readme.md"


@dataclass(frozen=True)
class Shelf:
    """Banks that were read, and a notice for each file that could not be."""

    banks: tuple[Bank, ...]
    notices: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions that can be asked and graded: those with key points, bank by bank."""
        return tuple(
            question for bank in self.banks for question in bank.questions if question.key_points
        )

    def question(self, question_id: str) -> Question:
        """The question with this id; raises QuestionNotFound, which names similar ids."""
        if found := self._by_id.get(question_id):
            return found
        similar = get_close_matches(question_id, self._by_id, n=3)
        listed = "`mockint bank list` shows the banks."
        meant = filled("Did you mean {ids}?", ids=", ".join(map(repr, similar)))
        raise QuestionNotFound(
            filled("No bank has a question {id!r}.", id=question_id),
            filled("{meant} {listed}", meant=meant, listed=filled(listed)) if similar else listed,
        )

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for bank in self.banks for question in bank.questions}

    def bank(self, bank_id: str) -> Bank:
        """The bank with this id; raises BankError that names the banks there are."""
        for bank in self.banks:
            if bank.id == bank_id:
                return bank
        raise BankError(
            filled("There is no bank {bank_id!r}.", bank_id=bank_id),
            filled(
                "Banks in force: {banks}.", banks=", ".join(bank.id for bank in self.banks) or "-"
            ),
        )


ReadBank = Callable[[Path], Bank]
"""A bank from a file; raises BankError."""


def open_shelf(named: str, shipped: Path, imported: Path, read: ReadBank = read_bank) -> Shelf:
    """The banks in force.

    `named` holds files separated by the system's path separator; a broken one is a BankError.
    Where it is empty, all of the folders `shipped` and `imported` are read, and a broken file
    only costs a notice. An imported bank takes the place of a shipped one with the same id.
    """
    if files := named_files(named):
        return _without_clashes([read(file) for file in files], [])
    notices: list[str] = []
    own = list(_readable(bank_files(imported), notices, read))
    own_ids = {bank.id for bank in own}
    theirs = [
        bank for bank in _readable(bank_files(shipped), notices, read) if bank.id not in own_ids
    ]
    return _without_clashes([*theirs, *own], notices)


def named_files(named: str) -> list[Path]:
    """The files of a setting that names some."""
    parts = (part.strip() for part in named.split(os.pathsep))
    return [Path(part).expanduser() for part in parts if part]


def bank_files(folder: Path) -> list[Path]:
    """The files in a folder that are read as banks, in order of name; none where it is not there.

    Raises BankError for a folder that cannot be read.
    """
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in READERS
            and path.name.lower() != _README
            and not path.name.startswith(".")
        )
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BankError(
            filled("The folder of banks cannot be read: {reason}.", reason=error.strerror),
            "Check its permissions.",
            file=str(folder),
        ) from error


def _readable(files: Iterable[Path], notices: list[str], read: ReadBank) -> Iterable[Bank]:
    for file in files:
        try:
            yield read(file)
        except BankError as error:
            notices.append(error.whole)


def _without_clashes(banks: list[Bank], notices: list[str]) -> Shelf:
    """Leaves out a bank whose id, or one of whose questions' ids, an earlier bank has."""
    kept: list[Bank] = []
    taken: dict[str, str] = {}
    for bank in banks:
        clash = next((q.id for q in bank.questions if q.id in taken), None)
        if any(bank.id == other.id for other in kept):
            notices.append(
                filled(
                    "{file}: left out: another bank has the id {id!r} too.",
                    file=bank.source,
                    id=bank.id,
                )
            )
        elif clash is not None:
            notices.append(
                filled(
                    "{file}: left out: bank {bank!r} has a question {question!r} too.",
                    file=bank.source,
                    bank=taken[clash],
                    question=clash,
                )
            )
        else:
            kept.append(bank)
            taken.update((question.id, bank.id) for question in bank.questions)
    return Shelf(tuple(kept), tuple(notices))
