"""The banks in force as their files are now, read again only where a file changed."""

from dataclasses import replace
from pathlib import Path

from app.bank.known import read_known
from app.bank.shelf import Shelf, bank_files, named_files, open_shelf
from app.domain.question import Bank
from app.errors import BankError, filled

State = tuple[int, int, int]
"""What tells one content of a file from another without reading it: time, size and inode."""


class LivingShelf:
    """Reads banks that may change under a process that goes on.

    A file that was good and is broken now keeps its last good bank, and costs a notice. Not safe
    to call from several threads at once.
    """

    def __init__(self, named: str, shipped: Path, imported: Path) -> None:
        self._named = named
        self._shipped = shipped
        self._imported = imported
        self._states: dict[Path, State] = {}
        self._good: dict[Path, tuple[State | None, Bank]] = {}
        self._notices: list[str] = []

    @property
    def has_changed(self) -> bool:
        """Whether a file came, went or changed since `read`; costs one look at each file."""
        return self._look() != self._states

    def read(self) -> Shelf:
        """The banks in force. Raises BankError as `open_shelf` does."""
        states = self._look()
        self._notices = []
        shelf = open_shelf(self._named, self._shipped, self._imported, self._read)
        self._states = states
        self._good = {file: kept for file, kept in self._good.items() if file in states}
        return replace(shelf, notices=(*shelf.notices, *self._notices))

    def _read(self, file: Path) -> Bank:
        state = state_of(file)
        known = self._good.get(file)
        if known is not None and known[0] == state:
            return known[1]
        try:
            bank = read_known(file)
        except BankError as error:
            if known is None:
                raise
            self._notices.append(
                filled("{problem} What it held before stays in force.", problem=error.whole)
            )
            return known[1]
        self._good[file] = (state, bank)
        return bank

    def _look(self) -> dict[Path, State]:
        files = named_files(self._named)
        if not files:
            files = [*bank_files(self._shipped), *bank_files(self._imported)]
        found = ((file, state_of(file)) for file in files)
        return {file: state for file, state in found if state is not None}


def state_of(file: Path) -> State | None:
    """The state of a file, or None where it cannot be looked at."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
