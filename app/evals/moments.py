"""Measures that follow from sums over rows, so that one matrix product resamples them all."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from app.evals.figures import Codes, Figure, Floats, summarise
from app.evals.resample import Resamples

Finish = Callable[[Floats], Floats]
"""From sums of shape (draws, k) to values of shape (draws,)."""

_UNSEEN = 3.0


def additive(sums: Floats, finish: Finish, sample: Resamples) -> Figure:
    """The figure of `finish` over sums by group, shape (groups, k)."""
    point = finish(sums.sum(axis=0, keepdims=True))[0]
    draws = finish(sample.draw(sums)) if sample.draws else np.empty(0)
    return summarise(point, draws, n=sample.rows, questions=sample.questions)


def ratio(part: ArrayLike, whole: ArrayLike, sample: Resamples) -> Figure:
    """Sum of `part` over sum of `whole`; no value where the whole is zero.

    A share that nothing or everything meets is the same in every draw; its interval then reaches
    3/n inwards, the bound of 95% for what was not seen in n trials (Hanley & Lippman-Hand 1983).
    """
    moments = np.column_stack([np.asarray(part, np.float64), np.asarray(whole, np.float64)])
    n = int(np.count_nonzero(moments[:, 1]))
    if n == 0:
        return Figure(None, questions=sample.questions, why="nothing of the kind in the data")
    figure = replace(additive(sample.sums(moments), quotient, sample), n=n)
    if figure.low is None or not np.isin(moments, (0.0, 1.0)).all():
        return figure
    if figure.value == 0.0:
        return replace(figure, high=min(1.0, _UNSEEN / n))
    return replace(figure, low=max(0.0, 1 - _UNSEEN / n)) if figure.value == 1.0 else figure


def kappa_of(totals: Floats, size: int, *, quadratic: bool) -> Floats:
    """Cohen 1968: 1 - observed over expected disagreement, from tables of shape (draws, size²)."""
    table = totals.reshape(-1, size, size)
    i, j = np.indices((size, size))
    cost = (i - j) ** 2 if quadratic else (i != j).astype(np.float64)
    expected = np.einsum("di,dj,ij->d", table.sum(2), table.sum(1), cost)
    observed = (table * cost).sum((1, 2)) * table.sum((1, 2))
    return 1 - _divide(observed, expected)


def macro_f1_of(totals: Floats, present: Codes) -> Floats:
    """Mean F1 of the verdicts `present`, from tables of marks by grades, shape (draws, 16)."""
    table = totals.reshape(-1, 4, 4)
    hit = np.diagonal(table, axis1=1, axis2=2)
    f1 = _divide(2 * hit, table.sum(1) + table.sum(2))[:, present]
    filled = np.isfinite(f1)
    return _divide(np.where(filled, f1, 0.0).sum(1), filled.sum(1).astype(np.float64))


def pearson_of(totals: Floats) -> Floats:
    """Pearson's r from sums of 1, x, y, xx, yy and xy."""
    n, x, y, xx, yy, xy = totals.T
    spread = np.maximum(n * xx - x * x, 0) * np.maximum(n * yy - y * y, 0)
    return _divide(n * xy - x * y, np.sqrt(spread))


def quotient(totals: Floats) -> Floats:
    """First sum over second, NaN where the second is zero."""
    return _divide(totals[:, 0], totals[:, 1])


def root_of_quotient(totals: Floats) -> Floats:
    """Root of first sum over second: from squared errors to RMSE."""
    return np.sqrt(quotient(totals))


def _divide(part: Floats, whole: Floats) -> Floats:
    result: Floats = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 1e-12)
    return result
