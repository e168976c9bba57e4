"""The measures: how far grades agree with marks, each with its interval by question.

Point values come from scikit-learn, SciPy and krippendorff where these have the measure. Their
functions take one sample at a time, so the thousand resampled values behind an interval come
from the same measure written over sums or weighted ranks; tests hold the two together.

Arrays are aligned by row. A row is an answer (scores 0 to 10) or a key point (verdicts as codes:
the place in `VERDICTS`). `questions` holds any label that tells questions apart.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.assessment import Verdict
from app.evals.figures import Codes, Figure, Floats, library, summarise
from app.evals.moments import additive, kappa_of, macro_f1_of, pearson_of, ratio, root_of_quotient
from app.evals.ranks import auc_draws, spearman_draws
from app.evals.resample import DRAWS, SEED, Resamples

VERDICTS: tuple[Verdict, ...] = (
    Verdict.COVERED,
    Verdict.PARTIAL,
    Verdict.MISSING,
    Verdict.CONTRADICTED,
)
COVERED, PARTIAL, MISSING, CONTRADICTED = range(4)

PRAISE_HUMAN, PRAISE_GIVEN = 3.0, 6.0
"""False praise: people gave at most 3, mockint at least 6. False blame is the mirror image."""
BLAME_HUMAN, BLAME_GIVEN = 7.0, 4.0

BINS = 10

_MOST_UNITS = 5000


def codes_of(verdicts: Sequence[str]) -> Codes:
    """Verdicts as their places in `VERDICTS`."""
    return np.array([VERDICTS.index(Verdict(verdict)) for verdict in verdicts], dtype=np.int64)


def score_figures(
    human: ArrayLike,
    given: ArrayLike,
    questions: ArrayLike,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> dict[str, Figure]:
    """Agreement of scores from 0 to 10: correlation, weighted kappa, error and wrong praise.

    `qwk` rounds to whole points; `bias` is the mean of given minus human. Rows that are not
    finite are left out.
    """
    x, y, labels = _finite(human, given, questions)
    if len(x) == 0:
        return {name: Figure(None, why="no answer with a mark") for name in SCORE_MEASURES}
    sample = Resamples(labels, draws, seed)
    return {
        "pearson": _correlation(x, y, sample, rank=False),
        "spearman": _correlation(x, y, sample, rank=True),
        "qwk": _qwk(x, y, sample),
        **_errors(x, y, sample),
    }


SCORE_MEASURES = (
    "pearson", "spearman", "qwk", "mae", "rmse", "bias", "false_praise", "false_blame",
)  # fmt: skip


def _errors(x: Floats, y: Floats, sample: Resamples) -> dict[str, Figure]:
    off = y - x
    one = np.ones_like(x)
    return {
        "mae": ratio(np.abs(off), one, sample),
        "rmse": additive(sample.sums(np.column_stack([off**2, one])), root_of_quotient, sample),
        "bias": ratio(off, one, sample),
        "false_praise": ratio((x <= PRAISE_HUMAN) & (y >= PRAISE_GIVEN), x <= PRAISE_HUMAN, sample),
        "false_blame": ratio((x >= BLAME_HUMAN) & (y <= BLAME_GIVEN), x >= BLAME_HUMAN, sample),
    }


def verdict_figures(
    human: ArrayLike,
    given: ArrayLike,
    questions: ArrayLike,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> dict[str, Figure]:
    """Agreement of verdict codes: precision, recall and F1 of each, macro-F1 and Cohen's kappa.

    Macro-F1 is the mean over the verdicts that the marks hold.
    """
    x, y = np.asarray(human, dtype=np.int64), np.asarray(given, dtype=np.int64)
    names = ("macro_f1", "kappa", "accuracy")
    if len(x) == 0:
        return {name: Figure(None, why="no key point with a mark") for name in names}
    sample = Resamples(questions, draws, seed)
    cells = sample.cells(x * 4 + y, 16)
    present = np.unique(x)
    figures = {
        "macro_f1": additive(cells, lambda t: macro_f1_of(t, present), sample),
        "kappa": _kappa(x, y, cells, sample),
        "accuracy": ratio(x == y, np.ones(len(x)), sample),
    }
    for code, verdict in enumerate(VERDICTS):
        hit = (x == code) & (y == code)
        figures[f"{verdict}_precision"] = ratio(hit, y == code, sample)
        figures[f"{verdict}_recall"] = ratio(hit, x == code, sample)
        figures[f"{verdict}_f1"] = ratio(2.0 * hit, 1.0 * (x == code) + (y == code), sample)
    return figures


def coverage_figures(
    human: ArrayLike,
    coverage: ArrayLike,
    questions: ArrayLike,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> dict[str, Figure]:
    """How well coverage from 0 to 1 ranks key points, and how true it is as a probability.

    `auc` is covered against missing, `auc_contradicted` covered against contradicted;
    `coverage_ece` compares coverage with the marks' credit (covered 1, partial 0.5, else 0).
    """
    marks = np.asarray(human, dtype=np.int64)
    scores, labels = np.asarray(coverage, dtype=np.float64), np.asarray(questions)
    credit = np.select([marks == COVERED, marks == PARTIAL], [1.0, 0.5], 0.0)
    return {
        "auc": auc(marks, scores, labels, MISSING, draws=draws, seed=seed),
        "auc_contradicted": auc(marks, scores, labels, CONTRADICTED, draws=draws, seed=seed),
        "coverage_ece": calibration_error(scores, credit, labels, draws=draws, seed=seed),
    }


def auc(
    human: Codes,
    coverage: Floats,
    questions: NDArray[np.generic],
    negative: int = MISSING,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Figure:
    """Chance that a covered key point has more coverage than one with the verdict `negative`."""
    keep = ((human == COVERED) | (human == negative)) & np.isfinite(coverage)
    positive, scores = human[keep] == COVERED, coverage[keep]
    sample = Resamples(questions[keep], draws, seed)
    if positive.all() or not positive.any():
        return Figure(None, n=len(scores), questions=sample.questions, why="one verdict only")
    point = library("sklearn.metrics").roc_auc_score(positive, scores)
    return summarise(
        point, auc_draws(positive, scores, sample), n=len(scores), questions=sample.questions
    )


def calibration_error(
    stated: ArrayLike,
    right: ArrayLike,
    questions: ArrayLike,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Figure:
    """Expected calibration error over ten bins of equal width: mean |stated - right| by bin.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3; `right` may be a
    share between 0 and 1.
    """
    p, hit, labels = _finite(stated, right, questions)
    if len(p) == 0:
        return Figure(None, why="nothing to compare")
    sample = Resamples(labels, draws, seed)
    place = bins_of(p)
    gap = sample.cells(place, BINS, p - hit)
    rows = sample.sums(np.ones((len(p), 1)))
    return additive(
        np.hstack([gap, rows]), lambda t: np.abs(t[:, :BINS]).sum(1) / t[:, BINS], sample
    )


def reliability(stated: ArrayLike, right: ArrayLike) -> list[dict[str, float]]:
    """The points of a reliability plot: mean stated, mean right and rows of each filled bin."""
    p, hit = np.asarray(stated, dtype=np.float64), np.asarray(right, dtype=np.float64)
    place = bins_of(p)
    return [
        {
            "stated": round(float(p[place == code].mean()), 4),
            "right": round(float(hit[place == code].mean()), 4),
            "n": int((place == code).sum()),
        }
        for code in range(BINS)
        if (place == code).any()
    ]


def bins_of(share: Floats) -> Codes:
    """The bin, 0 to 9, of each share from 0 to 1; 1 falls into the last."""
    return np.clip((share * BINS).astype(np.int64), 0, BINS - 1)


def length_bias(
    human: ArrayLike,
    given: ArrayLike,
    lengths: ArrayLike,
    questions: ArrayLike,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Figure:
    """Correlation of score with log length among answers of equal human mark, -1 to 1.

    Score and length are taken as deviations from their means at the same whole-point mark.
    """
    marks = np.rint(np.asarray(human, dtype=np.float64)).astype(np.int64)
    x = _within(np.log1p(np.asarray(lengths, dtype=np.float64)), marks)
    y = _within(np.asarray(given, dtype=np.float64), marks)
    if len(x) == 0:
        return Figure(None, why="no answer with a mark")
    return _correlation(x, y, Resamples(questions, draws, seed), rank=False)


def krippendorff_alpha(marks: ArrayLike, level: str) -> float | None:
    """Krippendorff's alpha, `marks` of shape (raters, rows), NaN for none; None if undefined.

    Over 5,000 rows an even sample of them is used: the library's memory grows with every row
    times every different mark.
    """
    table = np.asarray(marks, dtype=np.float64)
    values = table[:, np.isfinite(table).sum(axis=0) >= 2]
    values = values[:, :: max(1, -(-values.shape[1] // _MOST_UNITS))]
    if values.size == 0 or len(np.unique(values[np.isfinite(values)])) < 2:
        return None
    return float(library("krippendorff").alpha(values, level_of_measurement=level))


def _correlation(x: Floats, y: Floats, sample: Resamples, *, rank: bool) -> Figure:
    if _constant(x) or _constant(y):
        which = "marks" if _constant(x) else "grades"
        return Figure(None, n=len(x), questions=sample.questions, why=f"all {which} are equal")
    stats = library("scipy.stats")
    if rank:
        point, draws = stats.spearmanr(x, y).statistic, spearman_draws(x, y, sample)
        return summarise(point, draws, n=len(x), questions=sample.questions)
    moments = np.column_stack([np.ones_like(x), x, y, x * x, y * y, x * y])
    draws = pearson_of(sample.draw(sample.sums(moments)))
    return summarise(stats.pearsonr(x, y).statistic, draws, n=len(x), questions=sample.questions)


def _qwk(x: Floats, y: Floats, sample: Resamples) -> Figure:
    a = np.clip(np.rint(x), 0, 10).astype(np.int64)
    b = np.clip(np.rint(y), 0, 10).astype(np.int64)
    return _weighted_kappa(a, b, sample.cells(a * 11 + b, 121), sample, "quadratic")


def _kappa(x: Codes, y: Codes, cells: Floats, sample: Resamples) -> Figure:
    return _weighted_kappa(x, y, cells, sample, None)


def _weighted_kappa(
    x: Codes, y: Codes, cells: Floats, sample: Resamples, weights: str | None
) -> Figure:
    if len(np.unique(np.concatenate([x, y]))) < 2:
        return Figure(None, n=len(x), questions=sample.questions, why="one value only")
    size = int(np.sqrt(cells.shape[1]))
    point = library("sklearn.metrics").cohen_kappa_score(
        x, y, weights=weights, labels=list(range(size))
    )
    draws = kappa_of(sample.draw(cells), size, quadratic=weights == "quadratic")
    return summarise(point, draws, n=len(x), questions=sample.questions)


def _constant(values: Floats) -> bool:
    return bool(np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())))


def _within(values: Floats, groups: Codes) -> Floats:
    _, codes = np.unique(groups, return_inverse=True)
    means = np.bincount(codes, values) / np.maximum(np.bincount(codes), 1)
    residual: Floats = values - means[codes]
    residual[np.abs(residual) < 1e-9] = 0.0
    return residual


def _finite(
    first: ArrayLike, second: ArrayLike, questions: ArrayLike
) -> tuple[Floats, Floats, NDArray[np.generic]]:
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    keep = np.isfinite(x) & np.isfinite(y)
    return x[keep], y[keep], np.asarray(questions)[keep]
