"""Rank measures over weighted rows, for a whole block of resamples at once."""

import numpy as np
from numpy.typing import NDArray

from app.evals.figures import Floats
from app.evals.resample import Resamples


def auc_draws(positive: NDArray[np.bool_], scores: Floats, sample: Resamples) -> Floats:
    """The area under the ROC curve in each draw, shape (draws,); NaN where a side is empty."""
    order = np.argsort(scores, kind="stable")
    starts = _starts(scores[order])
    sides = positive[order]
    values = [
        _auc(
            np.add.reduceat(weights[:, order] * sides, starts, axis=1),
            np.add.reduceat(weights[:, order] * ~sides, starts, axis=1),
        )
        for weights in sample.weights()
    ]
    return np.concatenate(values) if values else np.empty(0)


def spearman_draws(x: Floats, y: Floats, sample: Resamples) -> Floats:
    """Spearman's rho in each draw, shape (draws,), with mean ranks for ties."""
    ranks = [_ranker(x), _ranker(y)]
    values = [
        _weighted_pearson(_mid_ranks(weights, *ranks[0]), _mid_ranks(weights, *ranks[1]), weights)
        for weights in sample.weights()
    ]
    return np.concatenate(values) if values else np.empty(0)


def _auc(up: Floats, down: Floats) -> Floats:
    below = np.cumsum(down, axis=1) - down / 2
    pairs = up.sum(1) * down.sum(1)
    wins = (up * below).sum(1)
    area: Floats = np.divide(wins, pairs, out=np.full_like(wins, np.nan), where=pairs > 0)
    return area


def _ranker(values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    order = np.argsort(values, kind="stable")
    starts = _starts(values[order])
    _, place = np.unique(values, return_inverse=True)
    return order, starts, place


def _mid_ranks(
    weights: Floats, order: NDArray[np.intp], starts: NDArray[np.intp], place: NDArray[np.intp]
) -> Floats:
    tied = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks: Floats = (np.cumsum(tied, axis=1) - tied / 2)[:, place]
    return ranks


def _weighted_pearson(x: Floats, y: Floats, weights: Floats) -> Floats:
    total = weights.sum(1, keepdims=True)
    dx = x - (x * weights).sum(1, keepdims=True) / total
    dy = y - (y * weights).sum(1, keepdims=True) / total
    joint = (weights * dx * dy).sum(1)
    spread = np.sqrt((weights * dx * dx).sum(1) * (weights * dy * dy).sum(1))
    rho: Floats = np.divide(joint, spread, out=np.full_like(joint, np.nan), where=spread > 1e-9)
    return rho


def _starts(ordered: Floats) -> NDArray[np.intp]:
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
