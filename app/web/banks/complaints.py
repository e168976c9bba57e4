"""What a reader of banks complains about, in the language of the page.

Readers put names and figures into their messages; here those are taken out again, so that the
rest can be looked up in the catalogue `web`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import BankError
from app.language.messages import Translate

_MESSAGES = (
    "Files that end in {ending} are not read as banks.",
    "Byte {position} is not {encoding} text.",
    "The YAML cannot be read: {problem}.",
    "The YAML is nested deeper than {levels} levels.",
    "The JSON cannot be read: {problem}.",
    "The table cannot be read: {problem}.",
    "The key {key} comes twice in one mapping.",
    "Cell {number} ({cell}) has no header.",
    "No column is called 'question' (there are {columns}).",
    "Two columns mean {name}.",
    "Unknown column {name}.",
    "Unknown metadata key {key}.",
    "Question {number}: {problem}.",
    "The head of the bank: {problem}.",
    "The bank's {problem}.",
    "The question has {key} twice.",
    "The question's {problem}.",
    "The key point's {problem}.",
    "The front matter's {key} is not plain text.",
    "The bank {bank} has a question {question} too.",
    "The id {id} is already taken in this bank.",
)
_REMEDIES = (
    "Use one of {endings}.",
    "Columns are {columns}.",
    "Fields are {fields}.",
    "Known here: {keys}. A remark that is no metadata begins with a capital letter, as in "
    "`<!-- TODO: … -->`.",
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a bank was refused: `line` counts from 1, 0 where none is known."""

    line: int
    text: str
    remedy: str


def complaint_of(error: BankError, say: Translate) -> Complaint:
    """The complaint; what the catalogue does not have stays in English."""
    where = f"{error.file}:{error.line}: " if error.file and error.line else f"{error.file}: "
    text = error.message.removeprefix(where) if error.file else error.message
    return Complaint(
        error.line or 0, _said(text, _MESSAGES, say), _said(error.remedy, _REMEDIES, say)
    )


def _said(text: str, known: Iterable[str], say: Translate) -> str:
    if not text:
        return ""
    for form in known:
        if match := _pattern(form).fullmatch(text):
            return say(form).format(**match.groupdict())
    return say(text)


def _pattern(form: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", form)
    pattern = "".join(
        f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(pattern, re.DOTALL)
