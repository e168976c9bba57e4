"""Collecting what measuring needs from case after case, in a few bytes each."""

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.evals.figures import Codes, Floats
from app.evals.lines import SLICES, CaseRow

NO_LABEL = -1
MAX_RATERS = 8

NEAR = 1.5
"""Points of ten within which a score counts as right when there are no verdicts to compare."""

MOST_LISTED = 1000


class Labels:
    """Strings as small numbers, in the order of their first appearance."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, name: str) -> int:
        """The number of a name, a new one where the name is new."""
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]

    def ranks(self) -> Codes:
        """For each code the place of its name in alphabetical order."""
        ranks = np.empty(len(self.names), dtype=np.int64)
        ranks[np.argsort(np.array(self.names, dtype=object))] = np.arange(len(self.names))
        return ranks


@dataclass(slots=True)
class _Columns:
    """One entry an answer or a key point; NaN and -1 stand for absent."""

    floats: dict[str, "array[float]"] = field(default_factory=dict)
    codes: dict[str, "array[int]"] = field(default_factory=dict)

    def put(self, name: str, value: float | None) -> None:
        self.floats.setdefault(name, array("d")).append(np.nan if value is None else value)

    def code(self, name: str, value: int) -> None:
        self.codes.setdefault(name, array("i")).append(value)

    def verdict(self, name: str, value: int) -> None:
        """The same for the code of a verdict, which fits in a byte."""
        self.codes.setdefault(name, array("b")).append(value)

    def float_column(self, name: str) -> Floats:
        return np.array(self.floats.get(name, array("d")), dtype=np.float64)

    def code_column(self, name: str) -> Codes:
        return np.array(self.codes.get(name, array("i")), dtype=np.int64)


class Tally:
    """Everything measured of a run so far.

    Ungraded cases are in no column; `ungraded` lists the first thousand with the reason.
    """

    def __init__(self) -> None:
        self.cases = 0
        self.graded = 0
        self.ungraded: list[tuple[str, str]] = []
        self.groups = Labels()
        self.slice_labels = {name: Labels() for name in SLICES}
        self.raters = 0
        self._answers = _Columns()
        self._points = _Columns()

    def add(self, row: CaseRow) -> None:
        """Take in one case."""
        self.cases += 1
        if not row.graded:
            if len(self.ungraded) < MOST_LISTED:
                self.ungraded.append((row.id, row.failure))
            return
        self.graded += 1
        group = self.groups.code(row.group)
        self._add_answer(row, group)
        if row.human_verdicts is not None:
            self._add_points(row, row.human_verdicts, group)

    def answer(self, name: str) -> Floats:
        """A column with one number an answer; NaN for absent."""
        return self._answers.float_column(name)

    def answer_codes(self, name: str) -> Codes:
        """A column with one code an answer; -1 for absent."""
        return self._in_name_order(name, self._answers.code_column(name))

    def point(self, name: str) -> Floats:
        """A column with one number a marked key point."""
        return self._points.float_column(name)

    def point_codes(self, name: str) -> Codes:
        """A column with one code a marked key point; -1 for absent."""
        return self._in_name_order(name, self._points.code_column(name))

    def rater_scores(self) -> Floats:
        """Shape (raters, answers), NaN for absent."""
        columns = [self.answer(f"rater{place}") for place in range(self.raters)]
        return np.stack(columns) if columns else np.empty((0, self.graded))

    def rater_verdicts(self) -> NDArray[np.int64]:
        """Shape (raters, marked key points), -1 for absent."""
        columns = [self.point_codes(f"rater{place}") for place in range(self.raters)]
        return np.stack(columns) if columns else np.empty((0, len(self.point("coverage"))), int)

    def _in_name_order(self, name: str, codes: Codes) -> Codes:
        """Group codes by the order of names, so that figures do not depend on who finished first.

        Resampling draws by code; codes by first appearance would draw other questions.
        """
        return self.groups.ranks()[codes] if name == "group" else codes

    def _add_answer(self, row: CaseRow, group: int) -> None:
        put, code = self._answers.put, self._answers.code
        code("group", group)
        put("human", row.human_score)
        put("given", row.score)
        put("confidence", row.confidence)
        put("right", _share_right(row))
        put("length", row.length)
        for name, labels in self.slice_labels.items():
            label = row.slices.get(name)
            code(name, NO_LABEL if label is None else labels.code(label))
        for name in ("needed", "given", "verbatim", "supported", "judged"):
            put(f"quotes_{name}", getattr(row.quotes, name))
        self._grow_raters(len(row.raters))
        for place in range(self.raters):
            put(f"rater{place}", row.raters[place][0] if place < len(row.raters) else None)

    def _add_points(self, row: CaseRow, marks: tuple[int, ...], group: int) -> None:
        answer = self.graded - 1
        for place, mark in enumerate(marks):
            self._points.code("group", group)
            self._points.code("answer", answer)
            self._points.verdict("human", mark)
            self._points.verdict("given", row.verdicts[place])
            self._points.put("coverage", row.coverage[place])
            for rater in range(self.raters):
                codes = row.raters[rater][1] if rater < len(row.raters) else None
                self._points.verdict(f"rater{rater}", NO_LABEL if codes is None else codes[place])

    def _grow_raters(self, wanted: int) -> None:
        """Fill the columns of raters that appear for the first time late in a file."""
        while self.raters < min(wanted, MAX_RATERS):
            name = f"rater{self.raters}"
            self._answers.floats[name] = array("d", [np.nan]) * (self.graded - 1)
            points = len(self._points.floats.get("coverage", ()))
            self._points.codes[name] = array("b", [NO_LABEL]) * points
            self.raters += 1


def _share_right(row: CaseRow) -> float | None:
    """What confidence should equal: the share of verdicts that people gave too, else whether the
    score is within 1.5 points of theirs."""
    if row.human_verdicts:
        same = sum(a == b for a, b in zip(row.verdicts, row.human_verdicts, strict=True))
        return same / len(row.human_verdicts)
    if row.human_score is None or row.score is None:
        return None
    return float(abs(row.score - row.human_score) <= NEAR)
