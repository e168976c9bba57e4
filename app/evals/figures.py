"""A measured number with its interval, or the reason why there is none."""

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import EvalError, filled

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

INTERVAL = (2.5, 97.5)
"""Percentiles of the resampled values that bound an interval: 95 in 100."""

FEWEST_QUESTIONS = 5
"""With fewer, resampling sees the same few questions and calls that certainty."""

_ENOUGH_DRAWS = 0.5
"""Below this share of resamples with a value an interval would describe the lucky ones only."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value with its 95% bootstrap interval.

    `value` is None where the data cannot give one, and `why` then says so in a few words. `low`
    and `high` are None where there is no interval (fewer than five questions). `n` counts what
    was measured (answers, verdicts or quotes), `questions` the questions these belong to.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    questions: int = 0
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """Rounded to four decimals; `why` only where there is no value."""
        data: dict[str, Any] = {
            "value": _rounded(self.value),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "n": self.n,
            "questions": self.questions,
        }
        if self.value is None:
            data["why"] = self.why
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Figure":
        """The figure that `as_json` wrote; missing keys read as absent."""
        return cls(
            value=data.get("value"),
            low=data.get("low"),
            high=data.get("high"),
            n=int(data.get("n", 0)),
            questions=int(data.get("questions", 0)),
            why=str(data.get("why", "")),
        )


def summarise(point: float, draws: Floats, *, n: int, questions: int) -> Figure:
    """The figure of a point value and its resampled values (NaN where a draw has none)."""
    if not np.isfinite(point):
        return Figure(None, n=n, questions=questions, why="the measure is undefined here")
    finite = draws[np.isfinite(draws)]
    if questions < FEWEST_QUESTIONS or finite.size < _ENOUGH_DRAWS * max(draws.size, 1):
        return Figure(float(point), n=n, questions=questions)
    low, high = np.percentile(finite, INTERVAL)
    return Figure(float(point), float(low), float(high), n, questions)


def library(name: str) -> ModuleType:
    """A module of the `evals` extra, imported when first needed; EvalError where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EvalError(
            filled(
                "Measuring needs {package!r}, which is not installed.", package=name.split(".")[0]
            ),
            "Install the tools for evaluation: pip install 'mockint[evals]'.",
        ) from error


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
