"""The same rows graded twice: differences of measures, resampled together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evals.figures import Codes, Figure, Floats, library, summarise
from app.evals.lines import CaseRow
from app.evals.metrics import (
    BLAME_GIVEN,
    BLAME_HUMAN,
    COVERED,
    MISSING,
    PRAISE_GIVEN,
    PRAISE_HUMAN,
)
from app.evals.moments import Finish, kappa_of, macro_f1_of, pearson_of, quotient, root_of_quotient
from app.evals.ranks import auc_draws
from app.evals.resample import Resamples

WORSE_WHEN_HIGHER = ("mae", "rmse", "false_praise", "false_blame")


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both runs, and B minus A with its paired interval by question."""

    name: str
    before: float | None
    after: float | None
    change: Figure

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or `same` where the interval holds zero or there is none."""
        low, high = self.change.low, self.change.high
        if low is None or high is None or low <= 0 <= high:
            return "same"
        if self.name == "bias":
            return "better" if abs(self.after or 0) < abs(self.before or 0) else "worse"
        return "better" if (low > 0) != (self.name in WORSE_WHEN_HIGHER) else "worse"


class Pairs:
    """The columns of both runs, row by row the same answer or key point."""

    def __init__(self) -> None:
        self.groups: list[str] = []
        self._human: list[float] = []
        self._given: tuple[list[float], list[float]] = ([], [])
        self._point_groups: list[str] = []
        self._marks: list[int] = []
        self._seen: tuple[list[int], list[int]] = ([], [])
        self._coverage: tuple[list[float], list[float]] = ([], [])

    def add(self, first: CaseRow, second: CaseRow) -> bool:
        """Take in a case that both runs graded; says whether they did."""
        if first.score is None or second.score is None:
            return False
        self.groups.append(first.group)
        self._human.append(np.nan if first.human_score is None else first.human_score)
        for side, row in enumerate((first, second)):
            assert row.score is not None
            self._given[side].append(row.score)
            if first.human_verdicts is not None:
                self._seen[side].extend(row.verdicts)
                self._coverage[side].extend(row.coverage)
        if first.human_verdicts is not None:
            self._marks.extend(first.human_verdicts)
            self._point_groups.extend([first.group] * len(first.human_verdicts))
        return True

    def differences(self, draws: int, seed: int) -> list[Difference]:
        """The measures that both runs have."""
        found: list[Difference] = []
        human = np.array(self._human)
        marked = np.isfinite(human)
        if marked.any():
            sides = [np.array(given)[marked] for given in self._given]
            sample = Resamples(np.array(self.groups)[marked], draws, seed)
            found += _score_differences(human[marked], sides, sample)
        if self._marks:
            found += self._verdict_differences(np.array(self._marks), draws, seed)
        return found

    def _verdict_differences(self, marks: Codes, draws: int, seed: int) -> list[Difference]:
        sample = Resamples(self._point_groups, draws, seed)
        cells = [sample.cells(marks * 4 + np.array(seen), 16) for seen in self._seen]
        present = np.unique(marks)
        found = [
            _difference("macro_f1", cells, lambda t: macro_f1_of(t, present), sample),
            _difference("kappa", cells, lambda t: kappa_of(t, 4, quadratic=False), sample),
        ]
        keep = (marks == COVERED) | (marks == MISSING)
        positive = marks[keep] == COVERED
        if positive.any() and not positive.all():
            rows = Resamples(np.array(self._point_groups)[keep], draws, seed)
            coverage = [np.array(side)[keep] for side in self._coverage]
            found.append(_auc_difference(positive, coverage, rows))
        return found


def _score_differences(human: Floats, given: list[Floats], sample: Resamples) -> list[Difference]:
    one = np.ones_like(human)
    grids = [
        sample.cells(
            np.clip(np.rint(human), 0, 10).astype(np.int64) * 11
            + np.clip(np.rint(side), 0, 10).astype(np.int64),
            121,
        )
        for side in given
    ]
    moments = [
        sample.sums(np.column_stack([one, human, y, human**2, y**2, human * y])) for y in given
    ]
    kinds: list[tuple[str, list[Floats], Finish]] = [
        ("pearson", moments, pearson_of),
        ("qwk", grids, lambda t: kappa_of(t, 11, quadratic=True)),
    ]
    weak, strong = human <= PRAISE_HUMAN, human >= BLAME_HUMAN
    ratios: list[tuple[str, list[NDArray[Any]], NDArray[Any], Finish]] = [
        ("mae", [np.abs(y - human) for y in given], one, quotient),
        ("rmse", [(y - human) ** 2 for y in given], one, root_of_quotient),
        ("bias", [y - human for y in given], one, quotient),
        ("false_praise", [weak & (y >= PRAISE_GIVEN) for y in given], weak, quotient),
        ("false_blame", [strong & (y <= BLAME_GIVEN) for y in given], strong, quotient),
    ]
    kinds += [
        (name, [_sums(part, whole, sample) for part in parts], finish)
        for name, parts, whole, finish in ratios
    ]
    return [_difference(name, sums, finish, sample) for name, sums, finish in kinds]


def _sums(part: NDArray[Any], whole: NDArray[Any], sample: Resamples) -> Floats:
    return sample.sums(np.column_stack([part, whole]).astype(np.float64))


def _difference(name: str, sums: list[Floats], finish: Finish, sample: Resamples) -> Difference:
    before, after = (float(finish(side.sum(axis=0, keepdims=True))[0]) for side in sums)
    draws = finish(sample.draw(sums[1])) - finish(sample.draw(sums[0]))
    return _as_difference(name, before, after, draws, sample)


def _auc_difference(
    positive: NDArray[np.bool_], coverage: list[Floats], sample: Resamples
) -> Difference:
    area = library("sklearn.metrics").roc_auc_score
    before, after = (float(area(positive, side)) for side in coverage)
    draws = auc_draws(positive, coverage[1], sample) - auc_draws(positive, coverage[0], sample)
    return _as_difference("auc", before, after, draws, sample)


def _as_difference(
    name: str, before: float, after: float, draws: Floats, sample: Resamples
) -> Difference:
    change = summarise(after - before, draws, n=sample.rows, questions=sample.questions)
    return Difference(name, _or_none(before), _or_none(after), change)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
