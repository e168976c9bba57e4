"""How similarity sees an answer, and what a guard or distrust takes from that."""

from dataclasses import dataclass, replace

from app.domain.assessment import Evidence, Verdict
from app.domain.question import Question
from app.grading.guard import GuardFinding

LOWEST_CONFIDENCE = 0.3
GUARD_CONFIDENCE = 0.9

_EARNING = frozenset({Verdict.COVERED, Verdict.PARTIAL})
_LITTLE = 1.0
"""Points of ten that a distrusted answer may get for nothing plainly said."""


@dataclass(frozen=True, slots=True)
class KeyPointView:
    """How similarity sees one key point.

    `coverage` is the calibrated probability, 0 to 1, that the answer covers it, whatever the
    answer is as a whole; `verdict` what both suggest; `window` the best-matching words of the
    answer, also where the verdict is `missing`, or None where the answer holds no clause.
    `reversal` is 0 where nothing speaks of a reversed statement, and 1 where the signs are as
    strong as `contradicted` asks for.
    """

    id: str
    coverage: float
    verdict: Verdict
    window: Evidence | None = None
    reversal: float = 0.0


@dataclass(frozen=True, slots=True)
class SimilarityView:
    """How similarity sees one answer; `key_points` in the question's order.

    `guard` is set where the answer as a whole is no answer (empty, "I don't know", off topic …).
    `score` is 0 to 7.9, caps applied; `confidence` 0 to 1. `distrusted` says that the answer gave
    reason for distrust and lost what it does not say plainly.
    """

    key_points: tuple[KeyPointView, ...]
    score: float
    confidence: float
    guard: GuardFinding | None = None
    distrusted: bool = False

    @property
    def earns(self) -> bool:
        """Whether any key point is covered, if only in part."""
        return any(seen.verdict in _EARNING for seen in self.key_points)


def nothing_seen(question: Question, guard: GuardFinding | None) -> SimilarityView:
    """The view of an answer in which nothing is to be measured."""
    missing = tuple(KeyPointView(point.id, 0.0, Verdict.MISSING) for point in question.key_points)
    confidence = GUARD_CONFIDENCE if guard else LOWEST_CONFIDENCE
    return SimilarityView(missing, 0.0, confidence, guard)


def distrusted(view: SimilarityView) -> SimilarityView:
    """The view with plain coverage only, and next to no score where there is none."""
    points = tuple(
        replace(seen, verdict=Verdict.MISSING) if seen.verdict is Verdict.PARTIAL else seen
        for seen in view.key_points
    )
    view = replace(view, key_points=points, distrusted=points != view.key_points)
    return view if view.earns else replace(view, score=min(view.score, _LITTLE))


def guarded(view: SimilarityView, guard: GuardFinding) -> SimilarityView:
    """The view with what the guard makes of it."""
    return replace(view, guard=guard, score=min(view.score, guard.cap))
