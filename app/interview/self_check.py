"""Self-check: the candidate confirms or changes what similarity suggests.

Similarity finds where a key point was said and cannot tell whether it was right; the candidate,
with the key point before them, can.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.events import Judge
from app.domain.question import KeyPoint, Question
from app.domain.rescore import Shares, points_of
from app.domain.score import MAX_SCORE, band_of
from app.domain.session import Exchange
from app.grading.feedback import similarity_feedback
from app.grading.grader import Grader
from app.language.messages import translator

if TYPE_CHECKING:
    from app.grading.similarity.view import SimilarityView

VERDICT_KEYS = {
    "1": Verdict.COVERED,
    "2": Verdict.PARTIAL,
    "3": Verdict.MISSING,
    "4": Verdict.CONTRADICTED,
}


@runtime_checkable
class SeesWindows(Protocol):
    """A grader that also finds the nearest words where it takes a key point for missing."""

    def view(self, question: Question, answer: str) -> "SimilarityView":
        """What similarity sees."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One key point to check: the suggestion, and the words of the answer nearest to it."""

    point: KeyPoint
    suggested: KeyPointResult
    words: str


def may_check(exchange: Exchange) -> bool:
    """Whether the verdicts that count are similarity's, for the candidate to settle."""
    record = exchange.counting
    if record is None or record.assessment.status is Status.UNGRADED:
        return False
    return record.judged_by is Judge.SIMILARITY and bool(record.assessment.key_points)


def check_items(question: Question, exchange: Exchange, grader: Grader) -> tuple[CheckItem, ...]:
    """Every key point that was judged, in the question's order."""
    assert exchange.counting is not None
    assert exchange.answer is not None
    near: dict[str, str] = {}
    if isinstance(grader, SeesWindows):
        for seen in grader.view(question, exchange.answer.text).key_points:
            near[seen.id] = seen.window.quote if seen.window else ""
    points = {point.id: point for point in question.key_points}
    return tuple(
        CheckItem(
            points[result.id],
            result,
            result.evidence.quote if result.evidence else near.get(result.id, ""),
        )
        for result in exchange.counting.assessment.key_points
        if result.id in points
    )


def settled(
    question: Question, assessment: Assessment, verdicts: Mapping[str, Verdict], shares: Shares
) -> Assessment:
    """The assessment with the candidate's verdicts; those not named stay as suggested.

    The score is added up anew from the verdicts, `shares` for hints taken off, and the top band
    opens: somebody has now said that the answer is right.
    """
    results = tuple(
        replace(result, verdict=verdicts.get(result.id, result.verdict))
        for result in assessment.key_points
    )
    score = round(min(max(points_of(results, shares), 0.0), MAX_SCORE), 1)
    say = translator("interview", question.language)
    known = tuple(point for point in question.key_points if point.id in {r.id for r in results})
    feedback = similarity_feedback(replace(question, key_points=known), results, question.language)
    return replace(
        assessment,
        key_points=results,
        score=score,
        band=band_of(score),
        strengths=feedback.strengths,
        improvements=feedback.improvements,
        follow_up=None,
        notices=(say("You settled these verdicts yourself; what was suggested is kept."),),
    )
