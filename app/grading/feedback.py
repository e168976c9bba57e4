"""What to tell the candidate when no language model writes the feedback."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment import KeyPointResult, Verdict
from app.domain.question import KeyPoint, Question
from app.domain.score import DEFAULT_WEIGHTS, ScoreWeights, credit_of
from app.language.messages import Translate, translator

MAX_STRENGTHS = 3
MAX_IMPROVEMENTS = 3
"""Three of each: a learner acts on few things at a time; the key-point list shows the rest."""

_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Feedback:
    """Sentences in the question's language; `follow_up` is None where nothing is left to ask."""

    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    follow_up: str | None = None


def similarity_feedback(
    question: Question, results: Sequence[KeyPointResult], language: str
) -> Feedback:
    """Feedback put together from the verdicts and the bank's own words.

    `results` are in the order of `question.key_points`.
    """
    say = translator("grading", language)
    pairs = list(zip(question.key_points, results, strict=True))
    covered = [point for point, result in pairs if result.verdict is Verdict.COVERED]
    covered.sort(key=lambda point: -point.weight)
    gaps = most_valuable_gaps(pairs)
    return Feedback(
        strengths=tuple(
            say("You covered “{title}”.").format(title=point.title)
            for point in covered[:MAX_STRENGTHS]
        ),
        improvements=tuple(_advice(point, result, say) for point, result in gaps)[
            :MAX_IMPROVEMENTS
        ],
        follow_up=_follow_up(gaps[0][0], say) if gaps else None,
    )


def most_valuable_gaps(
    pairs: Sequence[tuple[KeyPoint, KeyPointResult]], weights: ScoreWeights = DEFAULT_WEIGHTS
) -> list[tuple[KeyPoint, KeyPointResult]]:
    """The key points not fully covered, the one worth most first; ties keep the authored order."""
    gaps = [pair for pair in pairs if pair[1].verdict is not Verdict.COVERED]
    return sorted(
        gaps, key=lambda pair: -pair[0].weight * (1 - credit_of(pair[1].verdict, weights))
    )


def first_sentence(text: str) -> str:
    """The first sentence of a text, trimmed; the whole text where no sentence ends."""
    return next((part.strip() for part in _SENTENCE_END.split(text) if part.strip()), "")


def _advice(point: KeyPoint, result: KeyPointResult, say: Translate) -> str:
    claim = first_sentence(point.detail)
    match result.verdict:
        case Verdict.CONTRADICTED:
            text = say("Check “{title}”: your words read as the opposite. {claim}")
        case Verdict.PARTIAL:
            text = say("Go one step further on “{title}”. {claim}")
        case _:
            text = say("Add “{title}”. {claim}")
    return text.format(title=point.title, claim=claim).strip()


def _follow_up(point: KeyPoint, say: Translate) -> str:
    return point.follow_up or say(
        "One more aspect matters to this question and you have not spelled it out. What comes to "
        "mind, and how would you go about it?"
    )
