"""Writes one question anew within the text of a bank, as all of a large bank takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.bank.markdown import parse_markdown
from app.bank.normal import normal_question
from app.bank.writing import question_lines, write_bank
from app.domain.question import Bank, Question


@dataclass(frozen=True, slots=True)
class Spliced:
    """`text` is what `write_bank(bank)` gives; `bank` has the line numbers of that text."""

    text: str
    bank: Bank


def splice(text: str, old: Bank, new: Bank) -> Spliced | None:
    """Exchange the lines of the one question that differs.

    `text` has to be `write_bank(old)`, and `old` as it is read from that. None where more than
    the lines of one question differ.
    """
    place = _changed_place(old, new)
    if place is None:
        return None
    before, after = old.questions[place], normal_question(new.questions[place])
    topic = _topic_above(old.questions[: place + 1])
    gone = question_lines(before, place + 1, old.language, topic)
    made = question_lines(after, place + 1, old.language, topic)
    start, stop = _bounds(text, before.line - 1, len(gone))
    if text[start:stop] != "\n".join(gone) + "\n":
        return None
    moved = len(made) - len(gone)
    questions = (
        *old.questions[:place],
        _as_read(after, new, before.line),
        *(_moved(question, moved) for question in old.questions[place + 1 :]),
    )
    lines = "\n".join(made) + "\n"
    return Spliced(text[:start] + lines + text[stop:], replace(new, questions=questions))


def _changed_place(old: Bank, new: Bank) -> int | None:
    """Where the banks differ in one question that keeps its topic, and in nothing else."""
    if replace(old, questions=()) != replace(new, questions=()):
        return None
    if len(old.questions) != len(new.questions):
        return None
    pairs = zip(old.questions, new.questions, strict=True)
    places = [place for place, (one, other) in enumerate(pairs) if one is not other]
    if len(places) != 1:
        return None
    place = places[0]
    return place if old.questions[place].topic == new.questions[place].topic else None


def _topic_above(questions: Sequence[Question]) -> str:
    """The last topic that has a heading of its own, the last question's included."""
    return next((question.topic for question in reversed(questions) if question.topic), "")


def _bounds(text: str, line: int, count: int) -> tuple[int, int]:
    """From where to where `count` lines stand, the first of them the given one, from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    stop = start
    for _ in range(count):
        stop = text.find("\n", stop) + 1
    return start, stop


def _as_read(question: Question, bank: Bank, line: int) -> Question:
    """The question as it is read from its lines, the heading on the given one."""
    alone = replace(bank, questions=(question,))
    read = parse_markdown(write_bank(alone), name=bank.id, file=bank.source).questions[0]
    return _moved(read, line - read.line)


def _moved(question: Question, lines: int) -> Question:
    if lines == 0:
        return question
    points = tuple(replace(point, line=point.line + lines) for point in question.key_points)
    return replace(question, line=question.line + lines, key_points=points)
