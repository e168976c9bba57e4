"""A bank as the text of a file in any of the forms that can be read back."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from app.bank.normal import normal_bank
from app.bank.writing import write_bank
from app.domain.question import Bank, KeyPoint, Question

_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


class BankForm(StrEnum):
    """The forms, by their file endings."""

    MARKDOWN = "md"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"
    CSV = "csv"


def export_bank(bank: Bank, form: BankForm) -> str:
    """The text of a file. What a reader makes of it is the bank in normal form.

    A table has no room for what is said of the bank itself, and cuts tags at commas.
    """
    return _WRITERS[form](bank)


def question_record(question: Question) -> dict[str, Any]:
    """A question as JSON and YAML hold it."""
    return {
        "id": question.id,
        "question": question.text,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "language": question.language,
        "tags": list(question.tags),
        "variants": question.variants,
        "reference": question.reference,
        "key_points": [_point_record(point) for point in question.key_points],
    }


def _point_record(point: KeyPoint) -> dict[str, Any]:
    return {
        "id": point.id,
        "title": point.title,
        "detail": point.detail,
        "weight": point.weight,
        "follow_up": point.follow_up,
        "wordings": list(point.wordings),
    }


def _head(bank: Bank) -> dict[str, Any]:
    return {
        "bank": bank.id,
        "title": bank.title,
        "language": bank.language,
        "license": bank.licence,
    }


def _json(bank: Bank) -> str:
    bank = normal_bank(bank)
    value = _head(bank) | {"questions": [question_record(one) for one in bank.questions]}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _jsonl(bank: Bank) -> str:
    bank = normal_bank(bank)
    lines = [_head(bank), *map(question_record, bank.questions)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _yaml(bank: Bank) -> str:
    """Scalars as JSON writes them, which YAML reads; its own writer takes ten times as long."""
    bank = normal_bank(bank)
    lines = [f"{name}: {_scalar(value)}" for name, value in _head(bank).items()]
    lines.append("questions:")
    for question in bank.questions:
        record = question_record(question)
        points = record.pop("key_points")
        lines += _entry(record, "  ")
        lines.append("    key_points:" if points else "    key_points: []")
        for point in points:
            lines += _entry(point, "      ")
    return "\n".join(lines) + "\n"


def _entry(record: Mapping[str, object], indent: str) -> Iterator[str]:
    """The lines of a mapping that is an entry of a list."""
    for place, (name, value) in enumerate(record.items()):
        yield f"{indent}{'  ' if place else '- '}{name}: {_scalar(value)}"


def _scalar(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _csv(bank: Bank) -> str:
    """With the mark by which spreadsheets know UTF-8."""
    records = [question_record(question) for question in normal_bank(bank).questions]
    stream = io.StringIO(newline="")
    stream.write("\ufeff")
    writer = csv.DictWriter(stream, list(question_record(Question("", ""))), lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        record["tags"] = ", ".join(record["tags"])
        record["key_points"] = json.dumps(record["key_points"], ensure_ascii=False)
        writer.writerow({name: _cell(value) for name, value in record.items()})
    return stream.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; readers drop the space before a text."""
    return f" {value}" if isinstance(value, str) and value.startswith(_FORMULA_MARKS) else value


_WRITERS: Mapping[BankForm, Callable[[Bank], str]] = {
    BankForm.MARKDOWN: write_bank,
    BankForm.JSON: _json,
    BankForm.JSONL: _jsonl,
    BankForm.YAML: _yaml,
    BankForm.CSV: _csv,
}
