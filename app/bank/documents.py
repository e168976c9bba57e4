"""Reads banks in JSON, JSONL and YAML."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from app.bank.records import Located, bank_of_records, is_bank_head, split_bank_head
from app.bank.safe_yaml import YamlMapping, load_yaml
from app.domain.question import Bank
from app.errors import BankError, filled

_SPACE = re.compile(r"[ \t\n\r]*")
_REMEDY = (
    "A bank is a list of questions, or a mapping with bank, title, language and questions; "
    "docs/banks.md shows both."
)


def parse_json(text: str, *, name: str, file: str = "") -> Bank:
    """A bank from one JSON document: a list of questions, or a mapping that has one."""
    head, records = _JsonDocument(text, file).read()
    return bank_of_records(records, head, name=name, file=file)


def parse_jsonl(text: str, *, name: str, file: str = "") -> Bank:
    """A bank from one JSON object a line; the first may speak of the bank itself."""
    head: Located | None = None
    records: list[Located] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        value = _loads(line, file, number)
        if not records and head is None and is_bank_head(value):
            head = Located(value, number)
        else:
            records.append(Located(value, number))
    return bank_of_records(records, head, name=name, file=file)


def parse_yaml(text: str, *, name: str, file: str = "") -> Bank:
    """A bank from one YAML document of the same shape as the JSON one."""
    value = load_yaml(text.removeprefix("\ufeff"), file=file)
    head: Located | None = None
    if isinstance(value, YamlMapping) and is_bank_head(value):
        about, value = split_bank_head(value)
        head = Located(about, 1)
    if not isinstance(value, list):
        _fail("The YAML is no list of questions.", file, 1)
    records = [Located(item, item.line if isinstance(item, YamlMapping) else 0) for item in value]
    return bank_of_records(records, head, name=name, file=file)


def _fail(message: str, file: str, line: int) -> NoReturn:
    raise BankError(message, _REMEDY, file=file, line=line)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(filled("the key {key!r} comes twice in one object", key=key[:60]))
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(filled("{name} is no number that a bank can hold", name=name))


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _translate(error: Exception, file: str, line: int) -> NoReturn:
    """Raise the BankError for a failure of the JSON decoder in text that begins on `line`."""
    if isinstance(error, json.JSONDecodeError):
        line, problem = (
            line + error.lineno - 1,
            filled("{problem} at column {column}", problem=error.msg, column=error.colno),
        )
    elif isinstance(error, RecursionError):
        problem = filled("it is nested too deeply")
    else:
        problem = filled("{problem}", problem=error)
    raise BankError(
        filled("The JSON cannot be read: {problem}.", problem=problem),
        "Correct it there; text is in double quotes, and a comma stands between two entries.",
        file=file,
        line=line,
    ) from error


def _loads(text: str, file: str, line: int) -> object:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        _translate(error, file, line)


class _JsonDocument:
    """Walks the outermost levels itself, so that each question knows its line."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text.removeprefix("\ufeff")
        self._file = file
        self._position = 0
        self._counted = 0
        self._line = 1

    def read(self) -> tuple[Located | None, list[Located]]:
        try:
            head, records = self._outermost()
            if self._peek():
                raise json.JSONDecodeError("Extra data", self._text, self._position)
        except (ValueError, RecursionError) as error:
            _translate(error, self._file, 1 if hasattr(error, "lineno") else self._here())
        return head, records

    def _outermost(self) -> tuple[Located | None, list[Located]]:
        match self._peek():
            case "[":
                return None, list(self._items())
            case "{":
                return self._mapping()
        if not self._peek():
            _fail("The file is empty.", self._file, 1)
        _fail("The JSON is no list of questions.", self._file, self._here())

    def _mapping(self) -> tuple[Located | None, list[Located]]:
        line = self._here()
        fields: list[tuple[str, object]] = []
        records: list[Located] = []
        for _ in self._entries("{", "}"):
            key = self._value()
            self._expect(":")
            if not isinstance(key, str):
                self._broken("Expecting property name enclosed in double quotes")
            if self._peek() == "[" and is_bank_head({key: []}) and key != "bank":
                records.extend(self._items())
                fields.append((key, []))
            else:
                fields.append((key, self._value()))
        value = _unique(fields)
        if not is_bank_head(value):
            return None, [Located(value, line)]
        about, questions = split_bank_head(value)
        if not isinstance(questions, list) or questions:
            _fail("The questions are no list.", self._file, line)
        return Located(about, line), records

    def _items(self) -> Iterator[Located]:
        for _ in self._entries("[", "]"):
            line = self._here()
            yield Located(self._value(), line)

    def _entries(self, opening: str, closing: str) -> Iterator[None]:
        """Once for each entry between the brackets, with the position at its start."""
        self._expect(opening)
        if self._peek() == closing:
            self._position += 1
            return
        while True:
            self._peek()
            yield
            if self._peek() == closing:
                self._position += 1
                return
            self._expect(",")

    def _peek(self) -> str:
        match = _SPACE.match(self._text, self._position)
        assert match is not None
        self._position = match.end()
        return self._text[self._position : self._position + 1]

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            self._broken(f"Expecting {mark!r}")
        self._position += 1

    def _value(self) -> object:
        self._peek()
        value, self._position = _DECODER.raw_decode(self._text, self._position)
        return value

    def _broken(self, problem: str) -> NoReturn:
        raise json.JSONDecodeError(problem, self._text, self._position)

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._position)
        self._counted = self._position
        return self._line
