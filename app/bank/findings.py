"""What can be said against a bank, and the checks that need nothing but the bank itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.bank.identity import ID_RULE, is_valid_id
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankError
from app.language.messages import Translate, translator

DIFFICULTIES = (1, 2, 3)

LONGEST_KEY_POINT = 600
"""Widest title and detail, in Latin letters or half Han characters, that can be judged as one.

That is a claim and some four sentences that explain it. What is longer holds several claims, an
answer that makes one of them is neither right nor wrong about it, and its vector is the mean of
them all. The shipped key points are at most 464 wide.
"""


class Severity(StrEnum):
    """How bad a finding is. A bank with errors cannot be used as it stands."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(StrEnum):
    """The checks, by the names that reports and docs/banks.md use."""

    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    NO_QUESTION = "no-question"
    NO_TITLE = "no-title"
    NO_KEY_POINTS = "no-key-points"
    BAD_WEIGHT = "bad-weight"
    BAD_DIFFICULTY = "bad-difficulty"
    OVER_LONG = "over-long-key-point"
    SAME_POINT = "same-key-points"
    REPEATED_WORDING = "repeated-wording"
    LONG_WORDING = "over-long-wording"
    STRAY_WORDING = "stray-wording"
    UNSUPPORTED = "unsupported-key-point"
    VARIANTS = "variants"
    NEAR_DUPLICATES = "near-duplicates"
    LONE_VARIANT = "lone-variant"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `line` is 0 if unknown; `similarity` is a cosine, -1 to 1."""

    rule: Rule
    severity: Severity
    message: str
    remedy: str = ""
    line: int = 0
    question_ids: tuple[str, ...] = ()
    similarity: float | None = None


def about_point(
    question: Question,
    point: KeyPoint,
    rule: Rule,
    message: str,
    remedy: str,
    similarity: float | None = None,
) -> Finding:
    """A warning about a key point, at its line or its question's."""
    line = point.line or question.line
    return Finding(rule, Severity.WARNING, message, remedy, line, (question.id,), similarity)


def check_values(bank: Bank, say: Translate | None = None) -> Iterator[Finding]:
    """Findings that make a bank unusable: ids, empty texts, weights and difficulties.

    `say` translates; English by default.
    """
    say = say or translator("bank", "en")
    if not is_valid_id(bank.id):
        text = say("The bank's id {id!r} cannot be used.").format(id=bank.id)
        yield _error(Rule.BAD_ID, text, 1, say(ID_RULE))
    seen: dict[str, int] = {}
    for question in bank.questions:
        yield from _check_question(question, say)
        if question.id in seen:
            yield _error(
                Rule.DUPLICATE_ID,
                say("The id {id!r} is already taken by the question on line {line}.").format(
                    id=question.id, line=seen[question.id]
                ),
                question.line,
                say("Give each question an id of its own."),
                question,
            )
        seen.setdefault(question.id, question.line)


def _check_question(question: Question, say: Translate) -> Iterator[Finding]:
    def error(rule: Rule, message: str, remedy: str, line: int = question.line) -> Finding:
        return _error(rule, message, line, remedy, question)

    if not is_valid_id(question.id):
        text = say("The question's id {id!r} cannot be used.").format(id=question.id[:100])
        yield error(Rule.BAD_ID, text, say(ID_RULE))
    if not question.text:
        yield error(
            Rule.NO_QUESTION, say("A question has no text."), say("Write it behind the number.")
        )
    if question.difficulty not in DIFFICULTIES:
        text = say("The difficulty is {difficulty}.").format(difficulty=question.difficulty)
        yield error(Rule.BAD_DIFFICULTY, text, say("Use 1 (recall), 2 (judgement) or 3 (depth)."))
    ids: set[str] = set()
    for point in question.key_points:
        yield from _check_key_point(question, point, ids, say)
        ids.add(point.id)


def _check_key_point(
    question: Question, point: KeyPoint, taken: set[str], say: Translate
) -> Iterator[Finding]:
    line = point.line or question.line
    if not is_valid_id(point.id):
        text = say("The key point's id {id!r} cannot be used.").format(id=point.id[:100])
        yield _error(Rule.BAD_ID, text, line, say(ID_RULE), question)
    if point.id in taken:
        text = say("Two key points of one question have the id {id!r}.").format(id=point.id)
        yield _error(Rule.DUPLICATE_ID, text, line, say("Give each an id of its own."), question)
    if not point.title:
        yield _error(
            Rule.NO_TITLE,
            say("A key point has no title."),
            line,
            say("Write a short one in bold type before the colon."),
            question,
        )
    if not point.weight > 0:
        text = say("The weight of {title!r} is {weight:g}.").format(
            title=point.title, weight=point.weight
        )
        yield _error(Rule.BAD_WEIGHT, text, line, say("Use a positive number."), question)


def _error(
    rule: Rule, message: str, line: int, remedy: str, question: Question | None = None
) -> Finding:
    ids = (question.id,) if question else ()
    return Finding(rule, Severity.ERROR, message, remedy, line, ids)


def require_values(bank: Bank) -> Bank:
    """The bank itself; raises BankError at the first of the findings of `check_values`."""
    found = next(check_values(bank), None)
    if found is None:
        return bank
    raise BankError(found.message, found.remedy, file=bank.source, line=found.line or None)
