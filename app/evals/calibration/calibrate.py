"""Making a calibration file: cross-validated by question, then fitted on everything.

The figures that are stored and shown come only from questions that their fold did not see.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.embedding.base import Embedder, Vectors
from app.embedding.bundled import BundledEmbedder
from app.embedding.terms import TermSource
from app.errors import EvalError, filled
from app.evals.calibration.fit import (
    DEFAULT_FEATURES,
    OWN_FEATURES,
    Graded,
    Recipe,
    fit_calibration,
    grade_rows,
)
from app.evals.calibration.rows import CalibrationInputs, Rows, measure_rows
from app.evals.cases import stamp
from app.evals.figures import Codes, Figure, Floats, library
from app.evals.metrics import (
    CONTRADICTED,
    COVERED,
    MISSING,
    auc,
    coverage_figures,
    score_figures,
    verdict_figures,
)
from app.evals.moments import ratio
from app.evals.resample import Resamples
from app.grading.similarity.calibration import DEFAULT_NAME, Calibration, calibration_name

FOLDS = 5
SEEDS = (0, 1, 2)
"""Three ways to deal the questions into folds; figures are of the first, the spread of all."""

_FEWEST_GROUPS = 2 * FOLDS


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """A fitted calibration with its held-out figures: by file, then by measure.

    The measures of the two floors are named `tfidf_…` and `cosine_…`.
    """

    calibration: Calibration
    figures: dict[str, dict[str, Figure]]


def calibrate(
    inputs: CalibrationInputs,
    embedder: Embedder,
    terms: TermSource,
    *,
    default: bool = False,
) -> CalibrationReport:
    """Fit for the embedder, or the default for all others, and measure on held-out questions.

    The same data gives the same calibration. Raises EvalError where there are too few questions
    to hold some out.
    """
    own = Recipe(calibration_name(embedder), embedder.name, OWN_FEATURES)
    recipe = Recipe(DEFAULT_NAME, "", DEFAULT_FEATURES) if default else own
    own_space = isinstance(embedder, BundledEmbedder) and not default
    rows, directions = measure_rows(inputs, embedder, terms, own_space=own_space)
    runs = [cross_validate(rows, recipe, directions, seed) for seed in SEEDS]
    figures = held_out_figures(rows, runs[0])
    fitted = fit_calibration(rows, recipe, directions)
    record = {
        "embedder_fingerprint": embedder.fingerprint,
        "files": _stamps(inputs),
        "banks": {bank.id: bank.digest for bank in inputs.banks},
        "rows": len(rows),
        "folds": {"number": FOLDS, "seeds": list(SEEDS), "groups": len(np.unique(rows.group))},
        "figures": {
            name: {measure: figure.as_json() for measure, figure in found.items()}
            for name, found in figures.items()
        },
        "auc_over_seeds": _spread(rows, runs),
    }
    return CalibrationReport(fitted.model_copy(update={"fit": record}), figures)


def held_out(
    inputs: CalibrationInputs, embedder: Embedder, terms: TermSource
) -> dict[str, dict[str, Figure]]:
    """The figures by file of the embedder's own recipe on held-out questions; nothing is kept."""
    family = embedder.fingerprint.split(":", 1)[0]
    rows, directions = measure_rows(inputs, embedder, terms, own_space=True)
    recipe = Recipe(family, family, OWN_FEATURES)
    return held_out_figures(rows, cross_validate(rows, recipe, directions, SEEDS[0]))


def write_calibration(calibration: Calibration, file: Path) -> None:
    """Write the file that the grader reads, the same bytes for the same calibration."""
    text = json.dumps(calibration.model_dump(mode="json"), indent=1, ensure_ascii=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")


def cross_validate(rows: Rows, recipe: Recipe, directions: Vectors, seed: int) -> Graded:
    """Grade each row with a calibration that saw neither its question nor a variant of it."""
    coverage, score = np.zeros(len(rows)), np.zeros(len(rows))
    verdict = np.zeros(len(rows), dtype=np.int64)
    for train, test in split_by_group(rows, seed):
        fitted = fit_calibration(rows.where(train), recipe, directions)
        graded = grade_held_out(rows.where(test), fitted, rows.where(train))
        coverage[test], verdict[test], score[test] = graded.coverage, graded.verdict, graded.score
    return Graded(coverage, verdict, score)


def grade_held_out(rows: Rows, calibration: Calibration, fitted_on: Rows) -> Graded:
    """Grade rows for reporting; refuses questions that the calibration was fitted on."""
    shared = np.intersect1d(rows.group, fitted_on.group)
    if len(shared):
        raise EvalError(
            filled(
                "The calibration was fitted on {question!r}, which was to be reported on.",
                question=str(shared[0]),
            ),
            "Report on questions, and variants of them, that were held out.",
        )
    return grade_rows(rows, calibration)


def split_by_group(rows: Rows, seed: int) -> Iterator[tuple[Any, Any]]:
    """Boolean masks of training and test rows; a group is never on both sides."""
    groups = len(np.unique(rows.group))
    if groups < _FEWEST_GROUPS:
        raise EvalError(
            filled(
                "There are {groups} questions; {fewest} are needed to hold some out.",
                groups=groups,
                fewest=_FEWEST_GROUPS,
            ),
            "Add cases on more questions.",
        )
    folds = library("sklearn.model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for _, test in folds.split(rows.match, groups=rows.group):
        mask = np.zeros(len(rows), dtype=bool)
        mask[test] = True
        yield ~mask, mask


def held_out_figures(rows: Rows, graded: Graded) -> dict[str, dict[str, Figure]]:
    """Figures by file; intervals by question."""
    figures = {}
    for name in dict.fromkeys(rows.source.tolist()):
        keep = rows.source == name
        part = rows.where(keep)
        mine = Graded(graded.coverage[keep], graded.verdict[keep], graded.score[keep])
        if np.isfinite(part.score).any():
            figures[name] = _answer_figures(part, mine)
        else:
            figures[name] = _contrast_figures(part, mine)
    return figures


def _answer_figures(rows: Rows, graded: Graded) -> dict[str, Figure]:
    firsts = np.unique(rows.answer, return_index=True)[1]
    scores = score_figures(rows.score[firsts], graded.score[firsts], rows.group[firsts])
    verdicts = verdict_figures(rows.mark, graded.verdict, rows.group)
    floors = {
        f"{floor}_{measure}": figure
        for floor, values in (("tfidf", rows.tfidf), ("cosine", rows.cosine))
        for measure, figure in _floor_figures(rows, values).items()
    }
    return {
        **coverage_figures(rows.mark, graded.coverage, rows.group),
        **verdicts,
        **scores,
        **floors,
    }


def _floor_figures(rows: Rows, values: Floats) -> dict[str, Figure]:
    firsts = np.unique(rows.answer, return_index=True)[1]
    means = np.array([values[rows.answer == rows.answer[at]].mean() for at in firsts])
    scores = score_figures(rows.score[firsts], means * 10, rows.group[firsts])
    return {
        "auc": auc(rows.mark, values, rows.group, MISSING),
        "auc_contradicted": auc(rows.mark, values, rows.group, CONTRADICTED),
        "pearson": scores["pearson"],
    }


def _contrast_figures(rows: Rows, graded: Graded) -> dict[str, Figure]:
    called = graded.verdict == CONTRADICTED
    sample = Resamples(rows.group)
    return {
        "unrelated": within_groups(rows, graded.coverage, MISSING),
        "contradicted": within_groups(rows, graded.coverage, CONTRADICTED),
        "tfidf_unrelated": within_groups(rows, rows.tfidf, MISSING),
        "tfidf_contradicted": within_groups(rows, rows.tfidf, CONTRADICTED),
        "cosine_unrelated": within_groups(rows, rows.cosine, MISSING),
        "cosine_contradicted": within_groups(rows, rows.cosine, CONTRADICTED),
        "called_right": ratio(called & (rows.mark == CONTRADICTED), called, sample),
        "called_share": ratio(
            called & (rows.mark == CONTRADICTED), rows.mark == CONTRADICTED, sample
        ),
    }


def within_groups(rows: Rows, values: Floats, negative: int) -> Figure:
    """AUC of covered against `negative` within each key point, pooled over all pairs."""
    labels, wins, pairs = [], [], []
    for group in np.unique(rows.group):
        mine = rows.group == group
        up = values[mine & (rows.mark == COVERED)][:, None]
        down = values[mine & (rows.mark == negative)][None, :]
        labels.append(group)
        wins.append(float((up > down).sum() + 0.5 * (up == down).sum()))
        pairs.append(float(up.size * down.size))
    return ratio(wins, pairs, Resamples(labels))


def _spread(rows: Rows, runs: list[Graded]) -> dict[str, list[float]]:
    """Lowest and highest AUC of each file of answers over the ways to deal the folds."""
    spread = {}
    for name in dict.fromkeys(rows.source[np.isfinite(rows.score)].tolist()):
        keep = rows.source == name
        found = [_point_auc(rows.mark[keep], run.coverage[keep]) for run in runs]
        spread[name] = [round(min(found), 4), round(max(found), 4)]
    return spread


def _point_auc(mark: Codes, coverage: Floats) -> float:
    keep = (mark == COVERED) | (mark == MISSING)
    score = library("sklearn.metrics").roc_auc_score
    return float(score(mark[keep] == COVERED, coverage[keep]))


def _stamps(inputs: CalibrationInputs) -> dict[str, str]:
    files = {**inputs.cases, "contrast": inputs.contrast}
    return {name: f"sha256:{stamp(path)[0]}" for name, path in files.items()}
