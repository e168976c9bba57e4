"""Fitting the similarity grader's few numbers, and grading rows with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.embedding.base import Vectors
from app.evals.calibration.rows import NO_CAP, Rows
from app.evals.figures import Codes, Floats, library
from app.evals.metrics import CONTRADICTED, COVERED, MISSING, PARTIAL
from app.evals.moments import macro_f1_of
from app.grading.guard import SCORE_CAPS, Guarded
from app.grading.similarity.calibration import (
    ELSEWHERE_WEIGHT,
    FORMAT,
    OFF_TOPIC_SHARE,
    Calibration,
    Judged,
    LinearModel,
    PolarityModel,
    ScoreModel,
    Thresholds,
)
from app.grading.similarity.features import MATCH_FEATURES
from app.grading.similarity.polarity import POLARITY_FEATURES

OWN_FEATURES = ("window_terms", "answer_vector", "rival_margin")
DEFAULT_FEATURES = ("window_terms", "answer_standing", "rival_standing")
"""What carries over to any embedder: word vectors, and places among the bank's key points."""

PARTIAL_SHARE = 0.45
"""A partly covered key point counts as this much covered and the rest missing."""

TOLERANCE = 0.3
STRENGTH = 2.0
"""Chosen by hand: docs/grading.md shows what other values gain and cost."""

DISOWNED = "disowned"
DISOWNED_WEIGHT = 4.0
"""By hand too: hardly any marked answer denies a whole statement, and who does means it."""

RECALL_SHARE = 0.5
REFERENCE_SHARE = 0.8
FULL_RECALL = 0.6
"""Chosen by hand as well: the whole reference follows people's marks better than the mean of
the key points on every set, and the key points keep a share that one of them can be felt in."""

STEEPNESS = np.arange(1.0, 8.1, 1.0)
MIDDLES = np.arange(0.3, 0.61, 0.05)

TIE = 0.01
"""Macro-F1 by which limits may fall short of the best ones and count as good as they."""

SUREST_PRECISION = 0.7
"""A contradiction is called one only where at least this share of such calls was right."""

_REGULARISATION = 1.0
_OFF_TOPIC_LOSS = 0.02


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is fitted: a name, the embedder's family and the match features."""

    name: str
    embedder: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """Rows with what a calibration makes of them; `score` is the answer's, on each of its rows."""

    coverage: Floats
    verdict: Codes
    score: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What a calibration makes of rows, each of shape (rows,).

    `off_topic` marks those of answers that speak of something else, `coverage` is as it is shown.
    """

    judged: Judged
    off_topic: NDArray[np.bool_]
    coverage: Floats


def fit_calibration(rows: Rows, recipe: Recipe, directions: Vectors) -> Calibration:
    """Fit everything on these rows; every file weighs the same."""
    rows = rows.where(rows.seen)
    weights = _file_weights(rows.source)
    match = _fit_match(rows, weights, recipe.features)
    polarity = _fit_polarity(rows, weights)
    draft = Calibration(
        format=FORMAT,
        name=recipe.name,
        embedder=recipe.embedder,
        match=match,
        polarity=polarity,
        thresholds=Thresholds(covered=0.5, partial=0.3, off_topic=-9.0),
        score=_score_model(0.0, 0.5),
        directions=tuple(tuple(round(float(x), 5) for x in row) for row in directions),
    )
    draft = draft.model_copy(update={"polarity": _place_contradicted(rows, weights, draft)})
    draft = draft.model_copy(update={"thresholds": _place_thresholds(rows, draft)})
    return draft.model_copy(update={"score": _bend_score(rows, draft)})


def grade_rows(rows: Rows, calibration: Calibration) -> Graded:
    """What the grader would say of each row, guards and caps included."""
    seen = _look_at(rows, calibration)
    return Graded(
        seen.coverage, _verdicts(rows, seen, calibration), _scores(rows, seen, calibration)
    )


def _look_at(rows: Rows, calibration: Calibration) -> _Seen:
    judged = _judge(rows, calibration)
    off_topic = _off_topic_rows(rows, judged, calibration.thresholds)
    coverage = np.where(rows.seen, judged.coverage, 0.0).astype(np.float64)
    return _Seen(judged, off_topic, np.where(off_topic, OFF_TOPIC_SHARE, 1.0) * coverage)


def _judge(rows: Rows, calibration: Calibration) -> Judged:
    return calibration.judge(rows.match.astype(np.float32), rows.polarity.astype(np.float32))


def _verdicts(rows: Rows, seen: _Seen, calibration: Calibration) -> Codes:
    coverage, limits = seen.coverage, calibration.thresholds
    verdict = np.select(
        [coverage >= limits.covered, coverage >= limits.partial], [COVERED, PARTIAL], MISSING
    )
    guarded = seen.off_topic | (rows.cap < NO_CAP)
    verdict = np.where(guarded & (verdict == COVERED), PARTIAL, verdict)
    reversed_ = rows.seen & ~guarded & (seen.judged.evidence >= calibration.polarity.contradicted)
    return np.where(reversed_, CONTRADICTED, verdict).astype(np.int64)


def _scores(rows: Rows, seen: _Seen, calibration: Calibration) -> Floats:
    scores = np.zeros(len(rows))
    match, reference = rows.match.astype(np.float32), rows.reference.astype(np.float32)
    judged = seen.judged
    for answer in np.unique(rows.answer):
        mine = np.flatnonzero(rows.answer == answer)
        if not rows.seen[mine[0]]:
            continue
        own = Judged(judged.coverage[mine], judged.relevance[mine], judged.evidence[mine])
        score = calibration.score_of(
            own,
            match[mine],
            reference[mine[0]],
            float(rows.listing[mine[0]]),
            rows.weight[mine].tolist(),
        )
        if seen.off_topic[mine[0]]:
            score = min(score, SCORE_CAPS[Guarded.OFF_TOPIC])
        scores[mine] = min(score, rows.cap[mine].min())
    return scores


def _off_topic_rows(rows: Rows, judged: Judged, limits: Thresholds) -> NDArray[np.bool_]:
    """The rows of answers that speak of something else, guarded ones left out."""
    off_topic = np.zeros(len(rows), dtype=np.bool_)
    free = rows.seen & (rows.cap >= NO_CAP)
    for answer in np.unique(rows.answer[free]):
        mine = rows.answer == answer
        best, elsewhere = float(judged.relevance[mine].max()), float(rows.elsewhere[mine][0])
        off_topic[mine] = limits.is_off_topic(best, elsewhere)
    return off_topic


def _file_weights(source: NDArray[np.str_]) -> Floats:
    names, place, counts = np.unique(source, return_inverse=True, return_counts=True)
    weights: Floats = (len(source) / len(names) / counts)[place]
    return weights


def _columns(values: Floats, known: Sequence[str], names: Sequence[str]) -> Floats:
    return np.column_stack([values[:, known.index(name)] for name in names]).astype(np.float64)


def _fit_match(rows: Rows, weights: Floats, names: tuple[str, ...]) -> LinearModel:
    """Covered against missing; contradictions are left out, since they match as well."""
    keep = rows.mark != CONTRADICTED
    share = np.select(
        [rows.mark[keep] == COVERED, rows.mark[keep] == PARTIAL], [1.0, PARTIAL_SHARE], 0.0
    )
    values = _columns(rows.match[keep], MATCH_FEATURES, names)
    coefficients, intercept = _logistic(values, share, weights[keep])
    return LinearModel(features=names, coefficients=coefficients, intercept=intercept)


def _fit_polarity(rows: Rows, weights: Floats) -> PolarityModel:
    """Contradicted against covered; the match stays out of it."""
    keep = np.isin(rows.mark, (COVERED, CONTRADICTED))
    share = (rows.mark[keep] == CONTRADICTED).astype(np.float64)
    fitted = tuple(name for name in POLARITY_FEATURES if name != DISOWNED)
    values = _columns(rows.polarity[keep], POLARITY_FEATURES, fitted)
    coefficients, _ = _logistic(values, share, weights[keep])
    return PolarityModel(
        features=(*fitted, DISOWNED),
        coefficients=(*coefficients, DISOWNED_WEIGHT),
        tolerance=TOLERANCE,
        strength=STRENGTH,
        contradicted=1.0,
    )


def _logistic(values: Floats, share: Floats, weights: Floats) -> tuple[tuple[float, ...], float]:
    """Regularised logistic regression for shares of 0 to 1, in the features' own units.

    No coefficient is below zero: a feature that comes out negative is dropped and the rest is
    fitted again, since more agreement must never mean less coverage.
    """
    means, spreads = values.mean(axis=0), values.std(axis=0) + 1e-9
    standard = (values - means) / spreads
    kept = np.arange(values.shape[1])
    while True:
        slopes, intercept = _fit_logistic(standard[:, kept], share, weights)
        if (slopes >= 0).all() or len(kept) == 1:
            break
        kept = kept[slopes >= 0]
    coefficients = np.zeros(values.shape[1])
    coefficients[kept] = np.maximum(slopes, 0.0) / spreads[kept]
    intercept -= float(coefficients @ means)
    return tuple(round(float(value), 5) for value in coefficients), round(intercept, 5)


def _fit_logistic(values: Floats, share: Floats, weights: Floats) -> tuple[Floats, float]:
    model = library("sklearn.linear_model").LogisticRegression(C=_REGULARISATION, max_iter=1000)
    twice = np.vstack([values, values])
    labels = np.concatenate([np.ones(len(values)), np.zeros(len(values))])
    model.fit(twice, labels, np.concatenate([weights * share, weights * (1 - share)]))
    return model.coef_[0], float(model.intercept_[0])


def _place_contradicted(rows: Rows, weights: Floats, draft: Calibration) -> PolarityModel:
    """The lowest evidence from which calls of contradiction are right often enough."""
    evidence = draft.polarity.evidence(rows.polarity.astype(np.float32))
    for limit in np.arange(0.4, 6.0, 0.1):
        called = evidence >= limit
        right = called & (rows.mark == CONTRADICTED)
        if weights[right].sum() >= SUREST_PRECISION * weights[called].sum():
            break
    return draft.polarity.model_copy(update={"contradicted": round(float(limit), 2)})


def _place_thresholds(rows: Rows, draft: Calibration) -> Thresholds:
    """The middle of all limits with nearly the best macro-F1 over the files of answers.

    Each file weighs the same. The best limits alone would follow the accidents of the data.
    """
    bank = rows.where(np.isfinite(rows.score))
    weights = _file_weights(bank.source)
    present = np.unique(bank.mark)
    seen = _look_at(bank, draft)

    def f1(limits: Thresholds) -> float:
        found = _verdicts(bank, seen, draft.model_copy(update={"thresholds": limits}))
        cells: Floats = np.bincount(bank.mark * 4 + found, weights, minlength=16).astype(np.float64)
        return float(macro_f1_of(cells[None, :], present)[0])

    grid = [
        Thresholds(
            covered=round(float(covered), 2), partial=round(float(partial), 2), off_topic=-9.0
        )
        for covered in np.arange(0.4, 0.86, 0.05)
        for partial in np.arange(0.2, covered + 0.001, 0.05)
    ]
    found = np.array([f1(limits) for limits in grid])
    good = [limits for limits, value in zip(grid, found, strict=True) if value >= found.max() - TIE]
    return Thresholds(
        covered=round(float(np.mean([limits.covered for limits in good])), 3),
        partial=round(float(np.mean([limits.partial for limits in good])), 3),
        off_topic=_off_topic(bank, draft),
    )


def _off_topic(bank: Rows, draft: Calibration) -> float:
    """The limit that hardly any answer with a covered key point stays under."""
    relevance = _judge(bank, draft).relevance
    values = []
    for answer in np.unique(bank.answer[bank.mark == COVERED]):
        mine = bank.answer == answer
        elsewhere = max(float(bank.elsewhere[mine][0]), 0.0)
        values.append(float(relevance[mine].max()) - ELSEWHERE_WEIGHT * elsewhere)
    return round(float(np.quantile(values, _OFF_TOPIC_LOSS)), 3)


def _bend_score(rows: Rows, draft: Calibration) -> ScoreModel:
    """The curve with the least mean error over the files of answers, each weighing the same."""
    bank = rows.where(np.isfinite(rows.score))
    _, firsts = np.unique(bank.answer, return_index=True)
    weights = _file_weights(bank.source[firsts])
    seen = _look_at(bank, draft)

    def closeness(score: ScoreModel) -> float:
        given = _scores(bank, seen, draft.model_copy(update={"score": score}))
        return -float(weights @ np.abs(given - bank.score)[firsts])

    grid = [
        _score_model(round(float(steepness), 2), round(float(middle), 2))
        for steepness in STEEPNESS
        for middle in MIDDLES
    ]
    return max(grid, key=closeness)


def _score_model(steepness: float, middle: float) -> ScoreModel:
    return ScoreModel(
        recall_share=RECALL_SHARE,
        reference_share=REFERENCE_SHARE,
        full_recall=FULL_RECALL,
        steepness=steepness,
        middle=middle,
    )
