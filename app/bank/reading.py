"""The front door: a bank from a file of any form that can be read."""

from collections.abc import Callable
from pathlib import Path

from app.bank.decoding import read_text
from app.bank.findings import require_values
from app.bank.markdown import parse_markdown
from app.domain.question import Bank
from app.errors import BankError

Parse = Callable[..., Bank]


READERS: dict[str, Parse] = {
    ".md": parse_markdown,
    ".markdown": parse_markdown,
    ".mdown": parse_markdown,
    ".txt": parse_markdown,
}
"""Readers by file ending. Each takes text, `name` (for the id) and `file` (for errors)."""


def read_bank(path: Path) -> Bank:
    """The bank in `path`, in normal form; its `source` is the path.

    Raises BankError, with file and line where there is one, for a file that cannot be read, is
    no bank, or holds ids, weights or difficulties that cannot be used.
    """
    return require_values(parse_bank(path))


def parse_bank(path: Path) -> Bank:
    """Like `read_bank`, but ids, weights and difficulties may be unusable: lint names them all."""
    parse = READERS.get(path.suffix.lower())
    if parse is None:
        raise BankError(
            f"Files that end in {path.suffix!r} are not read as banks.",
            f"Use one of {', '.join(READERS)}.",
            file=str(path),
        )
    return parse(read_text(path), name=path.stem, file=str(path))
