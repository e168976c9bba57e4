"""From a tally to the figures of a run, ready for JSON."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evals import metrics
from app.evals.figures import Codes, Figure, Floats
from app.evals.moments import ratio
from app.evals.resample import DRAWS, SEED, Resamples
from app.evals.tally import NO_LABEL, Tally

Figures = dict[str, Any]

SLICE_DRAWS = 200
MOST_SLICES = 30
"""Labels of one kind that get figures of their own, those with most answers first."""

_MANY_ROWS = 20_000


def summarise_run(tally: Tally, *, draws: int = DRAWS, seed: int = SEED) -> Figures:
    """All figures of a run; each is `Figure.as_json`, grouped as evals/README.md explains.

    Above 20,000 rows 200 draws bound the time; the interval is then narrow anyway.
    """
    if len(tally.point("coverage")) > _MANY_ROWS or tally.graded > _MANY_ROWS:
        draws = min(draws, SLICE_DRAWS)
    return {
        "cases": tally.cases,
        "graded": tally.graded,
        "ungraded": tally.cases - tally.graded,
        "answers": _json(_answers(tally, draws, seed)),
        "key_points": _json(_key_points(tally, draws, seed)),
        "evidence": _json(_evidence(tally, draws, seed)),
        "raters": _raters(tally, draws, seed),
        "slices": _slices(tally, seed),
        "plots": _plots(tally),
    }


def _answers(tally: Tally, draws: int, seed: int) -> dict[str, Figure]:
    human, given, group = tally.answer("human"), tally.answer("given"), tally.answer_codes("group")
    marked = np.isfinite(human)
    return {
        **metrics.score_figures(human, given, group, draws=draws, seed=seed),
        "length_bias": metrics.length_bias(
            human[marked],
            given[marked],
            tally.answer("length")[marked],
            group[marked],
            draws=draws,
            seed=seed,
        ),
        "confidence_ece": metrics.calibration_error(
            tally.answer("confidence"), tally.answer("right"), group, draws=draws, seed=seed
        ),
    }


def _key_points(tally: Tally, draws: int, seed: int) -> dict[str, Figure]:
    human, group = tally.point_codes("human"), tally.point_codes("group")
    return {
        **metrics.coverage_figures(human, tally.point("coverage"), group, draws=draws, seed=seed),
        **metrics.verdict_figures(human, tally.point_codes("given"), group, draws=draws, seed=seed),
    }


def _evidence(tally: Tally, draws: int, seed: int) -> dict[str, Figure]:
    if tally.graded == 0:
        return {name: Figure(None, why="no graded answer") for name in _EVIDENCE}
    sample = Resamples(tally.answer_codes("group"), draws, seed)
    return {
        name: ratio(tally.answer(part), tally.answer(whole), sample)
        for name, (part, whole) in _EVIDENCE.items()
    }


_EVIDENCE = {
    "present": ("quotes_given", "quotes_needed"),
    "verbatim": ("quotes_verbatim", "quotes_given"),
    "supported": ("quotes_supported", "quotes_judged"),
}


def _raters(tally: Tally, draws: int, seed: int) -> Figures:
    scores, verdicts = tally.rater_scores(), tally.rater_verdicts()
    given, seen = tally.answer("given"), tally.point_codes("given")
    pairs = list(combinations(range(tally.raters), 2))
    return {
        "count": tally.raters,
        "mockint_with": [
            {"rater": place + 1}
            | _agreement(tally, (scores[place], given), (verdicts[place], seen), draws, seed)
            for place in range(tally.raters)
        ],
        "raters_with_each_other": [
            {"raters": [a + 1, b + 1]}
            | _agreement(tally, (scores[a], scores[b]), (verdicts[a], verdicts[b]), draws, seed)
            for a, b in pairs
        ],
        "alpha_scores": metrics.krippendorff_alpha(scores, "interval") if pairs else None,
        "alpha_verdicts": metrics.krippendorff_alpha(
            np.where(verdicts == NO_LABEL, np.nan, verdicts), "nominal"
        )
        if pairs
        else None,
    }


def _agreement(
    tally: Tally,
    scores: tuple[Floats, Floats],
    verdicts: tuple[NDArray[np.int64], NDArray[np.int64]],
    draws: int,
    seed: int,
) -> Figures:
    figures = metrics.score_figures(*scores, tally.answer_codes("group"), draws=draws, seed=seed)
    kept = {name: figures[name] for name in ("pearson", "qwk", "mae")}
    both = (verdicts[0] != NO_LABEL) & (verdicts[1] != NO_LABEL)
    kept["kappa"] = metrics.verdict_figures(
        verdicts[0][both],
        verdicts[1][both],
        tally.point_codes("group")[both],
        draws=draws,
        seed=seed,
    )["kappa"]
    return _json(kept)


def _slices(tally: Tally, seed: int) -> Figures:
    return {
        kind: {
            labels.names[code]: _slice(tally, tally.answer_codes(kind) == code, seed)
            for code in _largest(tally.answer_codes(kind), labels.names)
        }
        for kind, labels in tally.slice_labels.items()
        if labels.names
    }


def _largest(codes: Codes, names: list[str]) -> list[int]:
    values, counts = np.unique(codes[codes != NO_LABEL], return_counts=True)
    ranked = sorted(zip(-counts, (names[code] for code in values), values, strict=True))
    return [int(code) for _, _, code in ranked[:MOST_SLICES]]


def _slice(tally: Tally, answers: NDArray[np.bool_], seed: int) -> Figures:
    points = answers[tally.point_codes("answer")]
    group = tally.point_codes("group")[points]
    scores = metrics.score_figures(
        tally.answer("human")[answers],
        tally.answer("given")[answers],
        tally.answer_codes("group")[answers],
        draws=SLICE_DRAWS,
        seed=seed,
    )
    marks = tally.point_codes("human")[points]
    seen = metrics.verdict_figures(
        marks, tally.point_codes("given")[points], group, draws=SLICE_DRAWS, seed=seed
    )
    coverage = metrics.auc(
        marks, tally.point("coverage")[points], group, draws=SLICE_DRAWS, seed=seed
    )
    kept = {name: scores[name] for name in ("pearson", "mae", "bias")}
    return {
        "answers": int(answers.sum()),
        **_json({**kept, "auc": coverage, "macro_f1": seen["macro_f1"]}),
        "mean_human": _mean(tally.answer("human")[answers]),
        "mean_given": _mean(tally.answer("given")[answers]),
    }


def _plots(tally: Tally) -> Figures:
    human, given = tally.answer("human"), tally.answer("given")
    both = np.isfinite(human) & np.isfinite(given)
    stated, right = tally.answer("confidence"), tally.answer("right")
    sure = np.isfinite(stated) & np.isfinite(right)
    marks, seen = tally.point_codes("human"), tally.point_codes("given")
    credit = np.select([marks == metrics.COVERED, marks == metrics.PARTIAL], [1.0, 0.5], 0.0)
    return {
        "confusion": np.bincount(marks * 4 + seen, minlength=16).reshape(4, 4).tolist(),
        "scores": _score_grid(human[both], given[both]),
        "confidence": metrics.reliability(stated[sure], right[sure]),
        "coverage": metrics.reliability(tally.point("coverage"), credit),
    }


def _score_grid(human: Floats, given: Floats) -> list[list[int]]:
    """Answers by whole points: rows are human marks 0 to 10, columns mockint's."""
    cells = np.rint(human).astype(np.int64) * 11 + np.rint(given).astype(np.int64)
    grid: list[list[int]] = np.bincount(cells, minlength=121).reshape(11, 11).tolist()
    return grid


def _mean(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    return round(float(finite.mean()), 3) if finite.size else None


def _json(figures: Mapping[str, Figure]) -> Figures:
    return {name: figure.as_json() for name, figure in figures.items()}
