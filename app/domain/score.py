"""From verdicts to a score: the one place where points are added up.

score = 10 · (Σ weight·credit / Σ weight) + beyond − penalties, held within 0 and 10. The model
that judges never adds up; it only supplies verdicts and findings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment import Band, KeyPointResult, Verdict

MAX_SCORE = 10.0

TRUTH_UNKNOWN_LIMIT = 7.9
"""The highest score where nobody judged whether the answer is true: just under the top band."""

_STRAIGHT = 1e-6  # a curve less steep is a line, and its ends are too near to divide by

BAND_FLOORS: tuple[tuple[float, Band], ...] = (
    (8.0, Band.EXCELLENT),
    (6.0, Band.GOOD),
    (4.0, Band.FAIR),
    (2.0, Band.WEAK),
    (0.0, Band.POOR),
)


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """What each verdict and finding is worth, in shares of a key point or points of ten.

    Credits are shares of a key point's weight; `contradiction_penalty` is taken off on top of
    the lost credit, as a share of the key point's weight. `beyond_credit` and `error_penalty`
    are points of ten for each finding, up to `beyond_limit` and `error_limit` in all.
    """

    partial_credit: float = 0.5
    contradiction_penalty: float = 0.25
    beyond_credit: float = 0.4
    beyond_limit: float = 1.0
    error_penalty: float = 0.8
    error_limit: float = 2.5


DEFAULT_WEIGHTS = ScoreWeights()


def score_verdicts(
    key_points: Sequence[KeyPointResult],
    *,
    beyond: int = 0,
    errors: int = 0,
    weights: ScoreWeights = DEFAULT_WEIGHTS,
) -> float:
    """Score from 0 to 10, rounded to one decimal.

    Zero for an empty list. Beyond-the-list credit never lifts an answer that covered nothing.
    """
    total = sum(point.weight for point in key_points)
    if total <= 0:
        return 0.0
    credit = sum(point.weight * credit_of(point.verdict, weights) for point in key_points) / total
    score = MAX_SCORE * credit
    if credit > 0:
        score += min(beyond * weights.beyond_credit, weights.beyond_limit)
    score -= min(errors * weights.error_penalty, weights.error_limit)
    return round(min(max(score, 0.0), MAX_SCORE), 1)


def score_credits(
    credits: Sequence[float],
    weights: Sequence[float],
    *,
    steepness: float = 0.0,
    middle: float = 0.5,
) -> float:
    """Score from shares of key points where truth was not judged: 0 to TRUTH_UNKNOWN_LIMIT.

    `credits` are 0 to 1 and `weights` those of the key points, in the same order. The weighted
    mean becomes a share of the limit along a logistic curve, stretched to run from 0 to 1 and
    steepest at `middle`; a straight line where `steepness` is 0. It is flat nowhere, so that a
    higher credit never lowers the score. Zero for empty lists. Rounded to one decimal.
    """
    total = sum(weights)
    if total <= 0:
        return 0.0
    mean = sum(w * c for w, c in zip(weights, credits, strict=True)) / total
    mean = min(max(mean, 0.0), 1.0)
    return round(TRUTH_UNKNOWN_LIMIT * _bend(mean, steepness, middle), 1)


def _bend(share: float, steepness: float, middle: float) -> float:
    if steepness < _STRAIGHT:
        return share
    low, here, high = (math.tanh(steepness * (x - middle) / 2) for x in (0.0, share, 1.0))
    return (here - low) / (high - low)


def credit_of(verdict: Verdict, weights: ScoreWeights = DEFAULT_WEIGHTS) -> float:
    """The share of a key point's weight that a verdict earns; below 0 for a contradiction."""
    match verdict:
        case Verdict.COVERED:
            return 1.0
        case Verdict.PARTIAL:
            return weights.partial_credit
        case Verdict.CONTRADICTED:
            return -weights.contradiction_penalty
        case Verdict.MISSING:
            return 0.0


def band_of(score: float) -> Band:
    """The band of a score from 0 to 10."""
    return next(band for floor, band in BAND_FLOORS if score >= floor)
