"""The front door: a bank from a file of any form that can be read."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.bank.decoding import decode, read_text
from app.bank.findings import require_values
from app.bank.markdown import parse_markdown
from app.domain.question import Bank
from app.errors import BankError, filled


class Reader(Protocol):
    """A bank in normal form from text."""

    def __call__(self, text: str, *, name: str, file: str = "") -> Bank:
        """`name` makes the id where none is authored; `file` stands in errors."""


@dataclass(frozen=True, slots=True)
class _Later:
    """A reader whose module is imported at its first use: pydantic costs 100 ms of a start."""

    module: str
    function: str

    def __call__(self, text: str, *, name: str, file: str = "") -> Bank:
        reader: Reader = getattr(importlib.import_module(self.module), self.function)
        return reader(text, name=name, file=file)


_TABLE = _Later("app.bank.tabular", "parse_table")
_YAML = _Later("app.bank.documents", "parse_yaml")

READERS: dict[str, Reader] = {
    ".md": parse_markdown,
    ".markdown": parse_markdown,
    ".txt": parse_markdown,
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".json": _Later("app.bank.documents", "parse_json"),
    ".jsonl": _Later("app.bank.documents", "parse_jsonl"),
    ".ndjson": _Later("app.bank.documents", "parse_jsonl"),
    ".yaml": _YAML,
    ".yml": _YAML,
}
"""Readers by file ending, in lower case."""


def read_bank(path: Path) -> Bank:
    """The bank in `path`, in normal form; its `source` is the path.

    Raises BankError, with file and line where there is one, for a file that cannot be read, is
    no bank, or holds ids, weights or difficulties that cannot be used.
    """
    return bank_of(read_text(path), path)


def bank_of(text: str, path: Path) -> Bank:
    """What `read_bank` makes of a file that holds `text`."""
    return require_values(_reader_of(path)(text, name=path.stem, file=str(path)))


def parse_bank(path: Path) -> Bank:
    """Like `read_bank`, but ids, weights and difficulties may be unusable: lint names them all."""
    text = read_text(path)
    return _reader_of(path)(text, name=path.stem, file=str(path))


def parse_upload(data: bytes, name: str) -> Bank:
    """Like `parse_bank`, of a file's content; `name` is the file's, without a folder."""
    path = Path(name)
    reader = _reader_of(path)
    return reader(decode(data, file=name), name=path.stem, file=name)


def _reader_of(path: Path) -> Reader:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BankError(
            filled("Files that end in {suffix!r} are not read as banks.", suffix=path.suffix),
            filled("Use one of {endings}.", endings=", ".join(READERS)),
            file=str(path),
        )
    return reader
