"""Answers that are no answers: empty, "I don't know", noise, the question repeated, a bare list."""

from dataclasses import dataclass
from enum import StrEnum


class Guarded(StrEnum):
    """Why an answer was not judged on its content."""

    EMPTY = "empty"
    DONT_KNOW = "dont_know"
    GIBBERISH = "gibberish"
    QUESTION_REPEATED = "question_repeated"
    KEYWORDS_ONLY = "keywords_only"
    OFF_TOPIC = "off_topic"


SCORE_CAPS = {
    Guarded.EMPTY: 0.0,
    Guarded.DONT_KNOW: 0.0,
    Guarded.GIBBERISH: 0.0,
    Guarded.QUESTION_REPEATED: 1.0,
    Guarded.KEYWORDS_ONLY: 1.0,
    Guarded.OFF_TOPIC: 2.0,
}
"""The highest score, of 10, that each kind of non-answer can get."""


@dataclass(frozen=True, slots=True)
class GuardFinding:
    """What the guard saw; `cap` is the highest score that the answer can get."""

    kind: Guarded

    @property
    def cap(self) -> float:
        return SCORE_CAPS[self.kind]


def guard_answer(answer: str) -> GuardFinding | None:
    """What is wrong with the answer as a whole, or None where its content is to be judged."""
    if not any(character.isalnum() for character in answer):
        return GuardFinding(Guarded.EMPTY)
    return None
