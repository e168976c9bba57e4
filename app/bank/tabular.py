"""Reads banks in tables: CSV with commas or semicolons, and TSV, with a line of headers."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import NoReturn

from app.bank.records import Located, QuestionRecord, bank_of_records, field_name
from app.domain.question import Bank
from app.errors import BankError, filled

_DELIMITERS = ",;\t|"


def parse_table(text: str, *, name: str, file: str = "") -> Bank:
    """A bank from a table with one question a row; docs/banks.md names the columns.

    The delimiter is the one that the line of headers has most often. A cell of key points holds
    one a line, or several between semicolons, or a JSON list.
    """
    return bank_of_records(_records(text.removeprefix("\ufeff"), file), None, name=name, file=file)


def _records(text: str, file: str) -> Iterator[Located]:
    rows = _rows(text, file)
    head = next(rows, None)
    if head is None:
        _fail("The table is empty.", file, 1)
    fields = _fields(head, file)
    for row in rows:
        cells = row.value
        assert isinstance(cells, list)
        record: dict[str, object] = {}
        for place, cell in enumerate(cells):
            if not cell.strip():
                continue
            if place >= len(fields) or not fields[place]:
                _fail(
                    filled(
                        "Cell {number} ({cell!r}) has no header.", number=place + 1, cell=cell[:30]
                    ),
                    file,
                    row.line,
                )
            record[fields[place]] = _cell(fields[place], cell, file, row.line)
        yield Located(record, row.line)


def _rows(text: str, file: str) -> Iterator[Located]:
    """Rows that hold anything, with the line on which each begins."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rest = text.lstrip("\n")
    before = len(text) - len(rest)
    delimiter = max(_DELIMITERS, key=rest.partition("\n")[0].count)
    reader = csv.reader(StringIO(rest, newline=""), delimiter=delimiter, strict=True)
    line = before
    try:
        for cells in reader:
            start, line = line + 1, before + reader.line_num
            if any(cell.strip() for cell in cells):
                yield Located(cells, start)
    except csv.Error as error:
        raise BankError(
            filled("The table cannot be read: {error}.", error=error),
            "Put a cell that holds the delimiter, quotes or line breaks in double quotes, and "
            "write a double quote inside it twice.",
            file=file,
            line=before + reader.line_num,
        ) from error


def _fields(head: Located, file: str) -> list[str]:
    assert isinstance(head.value, list)
    fields = [field_name(header) for header in head.value]
    if "question" not in fields:
        _fail(
            filled(
                "No column is called 'question' (there are {columns!r}).", columns=head.value[:12]
            ),
            file,
            head.line,
        )
    for field in fields:
        if field and field not in QuestionRecord.model_fields:
            _fail(filled("Unknown column {field!r}.", field=field[:60]), file, head.line)
        if field and fields.count(field) > 1:
            _fail(filled("Two columns mean {field!r}.", field=field), file, head.line)
    return fields


def _cell(field: str, cell: str, file: str, line: int) -> object:
    if field != "key_points" or not cell.lstrip().startswith("["):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise BankError(
            "The cell of key points begins like a JSON list but is none.",
            'Write for example [{"title": "…", "detail": "…", "weight": 1}].',
            file=file,
            line=line,
        ) from error


def _fail(message: str, file: str, line: int) -> NoReturn:
    raise BankError(
        message,
        filled("Columns are {columns}.", columns=", ".join(QuestionRecord.model_fields)),
        file=file,
        line=line,
    )
