"""What is to be known of an uploaded bank before anybody decides to keep it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bank.changing import Place, place_of
from app.bank.decoding import decode
from app.bank.findings import Finding, Severity, check_values
from app.bank.importing import require_free_ids
from app.bank.lint import check_shape, lint_bank
from app.bank.reading import parse_upload
from app.bank.shelf import Shelf
from app.domain.question import Bank
from app.embedding.base import Embedder
from app.errors import BankError
from app.language.messages import Translate
from app.web.banks.complaints import complaint_of
from app.web.banks.staging import Upload

MOST_BY_MEANING = 1500
"""Questions up to which meaning is looked at too, which takes seconds for so many."""

MOST_SHOWN = 200
LONGEST_EXCERPT = 160
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding with the line of the file that it is about, "" where none is."""

    finding: Finding
    excerpt: str


@dataclass(frozen=True, slots=True)
class Change:
    """What replacing a bank does, in questions."""

    new: int
    changed: int
    gone: int
    same: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """A bank that was read but not kept. `problem` is why it cannot be, "" where it can.

    `replaces` is the bank in force with its id, `place` where that is kept; `basis` its digest.
    `counts` are the findings by severity, of which `findings` are the first. `by_meaning` says
    whether the embedder was asked too.
    """

    bank: Bank
    findings: tuple[Marked, ...]
    counts: dict[Severity, int]
    problem: str
    replaces: Bank | None
    place: Place | None
    change: Change | None
    by_meaning: bool

    @property
    def basis(self) -> str:
        """What is replaced, as it was seen; "" where nothing is."""
        return self.replaces.digest if self.replaces else ""

    @property
    def key_points(self) -> int:
        """Key points of all questions."""
        return sum(len(question.key_points) for question in self.bank.questions)


def inspect_upload(
    upload: Upload,
    shelf: Shelf,
    folder: Path,
    embedder: Embedder,
    say: Translate,
    tongue: str = "en",
) -> Inspection:
    """Read an upload and look it over.

    `say` translates the catalogue `bank`; `tongue` is the language of whoever looks.

    Raises BankError, with the line, for what cannot be read.
    """
    bank = parse_upload(upload.data, upload.name)
    by_meaning = len(bank.questions) <= MOST_BY_MEANING
    broken = list(check_values(bank, say))
    findings = lint_bank(bank, embedder, say) if by_meaning else [*broken, *check_shape(bank, say)]
    findings.sort(key=lambda one: (_ORDER[one.severity], one.line))
    lines = decode(upload.data).splitlines()
    replaces = next((one for one in shelf.banks if one.id == bank.id), None)
    return Inspection(
        bank,
        tuple(Marked(one, _excerpt(lines, one.line)) for one in findings[:MOST_SHOWN]),
        dict(Counter(one.severity for one in findings)),
        broken[0].message if broken else _clash(bank, shelf.banks, tongue),
        replaces,
        place_of(replaces, folder) if replaces else None,
        _change(replaces, bank) if replaces else None,
        by_meaning,
    )


def _clash(bank: Bank, others: Sequence[Bank], tongue: str) -> str:
    try:
        require_free_ids(bank, others)
    except BankError as error:
        found = complaint_of(error, tongue)
        return f"{found.text} {found.remedy}"
    return ""


def _change(old: Bank, new: Bank) -> Change:
    before = {question.id: question.digest for question in old.questions}
    after = {question.id: question.digest for question in new.questions}
    same = sum(before.get(name) == digest for name, digest in after.items())
    shared = len(before.keys() & after.keys())
    return Change(len(after) - shared, shared - same, len(before) - shared, same)


def _excerpt(lines: Sequence[str], line: int) -> str:
    if not 1 <= line <= len(lines):
        return ""
    text = lines[line - 1].strip()
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"
