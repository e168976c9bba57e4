"""What a score becomes when single verdicts change, and what hints take from it.

A grader's own score stays the ground: only the points of the key points that changed are added or
taken off, 10 · weight · credit / Σ weight each, so that nothing else a grader saw is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.assessment import Assessment, KeyPointResult, Mode
from app.domain.score import MAX_SCORE, band_of, credit_of

HINT_SHARES = (1.0, 0.9, 0.75, 0.5)
"""The share of a key point's credit that can still be earned after so many hints at it.

The nudge only says where to look; the title gives half of the key point away. These are chosen
and not fitted: nobody has marked answers given after hints.
"""

UNJUDGED_LIMIT = 7.9
"""The highest score while nobody judged whether the answer is true: just under the top band."""

Shares = Mapping[str, float]
"""By key point: the share of its credit that can be earned; 1 where it is not named."""


def hint_share(steps: int) -> float:
    """The share left after `steps` hints at one key point, 0 or more."""
    return HINT_SHARES[min(max(steps, 0), len(HINT_SHARES) - 1)]


def attainable(weights: Mapping[str, float], shares: Shares) -> float:
    """The best score that can still be reached, 0 to 10, by weights and shares of key points."""
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    kept = sum(weight * shares.get(name, 1.0) for name, weight in weights.items())
    return round(MAX_SCORE * kept / total, 1)


def points_of(results: Sequence[KeyPointResult], shares: Shares) -> float:
    """What the verdicts earn of ten points; hints take a share of what is earned only."""
    total = sum(result.weight for result in results)
    if total <= 0:
        return 0.0
    earned = 0.0
    for result in results:
        credit = credit_of(result.verdict)
        earned += result.weight * (credit * shares.get(result.id, 1.0) if credit > 0 else credit)
    return MAX_SCORE * earned / total


def rescored(
    assessment: Assessment,
    results: Sequence[KeyPointResult],
    *,
    before: Shares,
    after: Shares,
) -> Assessment:
    """The assessment with other verdicts: its score moved by what they earn more or less.

    `before` are the shares that its score has taken account of already. An ungraded one gets the
    verdicts and no score.
    """
    changed = replace(assessment, key_points=tuple(results))
    if assessment.score is None:
        return changed
    gained = points_of(results, after) - points_of(assessment.key_points, before)
    limit = UNJUDGED_LIMIT if assessment.grader.mode is Mode.SIMILARITY else MAX_SCORE
    score = round(min(max(assessment.score + gained, 0.0), max(limit, assessment.score)), 1)
    return replace(changed, score=score, band=band_of(score))
