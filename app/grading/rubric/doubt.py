"""Which verdicts deserve a second look, what two looks make together, and how sure that is.

Similarity is a weak witness, so only strong disagreement counts: it is nearly certain and the
model says missing, or it sees next to nothing, or the opposite, and the model says covered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.assessment import Verdict
from app.grading.rubric.judgement import Judgement, Standing
from app.grading.similarity.view import KeyPointView

SEES_IT = 0.75
SEES_NOTHING = 0.25
"""Coverages, 0 to 1, beyond which similarity's word weighs against a model's."""

AGREED = 0.92
"""Confidence where all verdicts stand; nothing that a model judges is certain."""

LEAST = 0.2
UNSETTLED_COST = 0.6
FAILED_COST = 0.4
"""How far confidence falls where every key point is unsettled, or had to fall back."""


class Doubt(StrEnum):
    """What is left of a doubt after the second look."""

    NONE = "none"
    SETTLED = "settled"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Settled:
    """A key point's verdict and the doubt about it."""

    judgement: Judgement
    doubt: Doubt = Doubt.NONE


def disagree(judgement: Judgement, seen: KeyPointView) -> bool:
    """Whether model and similarity disagree strongly about a key point."""
    if judgement.said is Verdict.COVERED:
        return seen.coverage < SEES_NOTHING or seen.verdict is Verdict.CONTRADICTED
    return judgement.said is Verdict.MISSING and seen.coverage > SEES_IT


def doubtful(judgement: Judgement, seen: KeyPointView) -> bool:
    """Whether a key point deserves a second look."""
    return judgement.standing is not Standing.SOUND or disagree(judgement, seen)


def settle(
    first: Sequence[Judgement],
    second: Mapping[str, Judgement],
    seen: Mapping[str, KeyPointView],
) -> list[Settled]:
    """Both looks together, in the order of the first.

    The second look was made with this key point alone in mind, so it counts; unless its quote
    failed and the first one's did not. A doubt is settled where both looks agree on a verdict
    with a sound quote and similarity does not stand against it.
    """
    return [
        _settle_one(judgement, second.get(judgement.point.id), seen[judgement.point.id])
        for judgement in first
    ]


def _settle_one(first: Judgement, second: Judgement | None, seen: KeyPointView) -> Settled:
    if second is None:
        return Settled(first, Doubt.UNSETTLED if doubtful(first, seen) else Doubt.NONE)
    sound = second.standing is Standing.SOUND or first.standing is not Standing.SOUND
    chosen = second if sound else first
    if not chosen.reason and chosen.standing is Standing.SOUND:
        chosen = replace(chosen, reason=first.reason)
    agreed = first.said is second.said and chosen.standing is Standing.SOUND
    settled = agreed and not disagree(chosen, seen)
    return Settled(chosen, Doubt.SETTLED if settled else Doubt.UNSETTLED)


def confidence_of(points: Sequence[Settled]) -> float:
    """How sure the verdicts are, 0 to 1, by the weights of the key points in doubt.

    A rule of thumb until it is fitted: it starts from `AGREED` and falls with the share of
    weight that stays unsettled or had to fall back to similarity, to no less than `LEAST`.
    """
    total = sum(point.judgement.point.weight for point in points) or 1.0
    unsettled = sum(p.judgement.point.weight for p in points if p.doubt is Doubt.UNSETTLED)
    failed = sum(
        p.judgement.point.weight for p in points if p.judgement.standing is not Standing.SOUND
    )
    cost = (UNSETTLED_COST * unsettled + FAILED_COST * failed) / total
    return round(max(AGREED - cost, LEAST), 2)
