"""The figures that were accepted last, and whether today's fell below them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import EvalError, filled
from app.evals.figures import Figure

_SLACK = 1e-4
"""Rounding of stored figures, which is no change."""


class Better(StrEnum):
    """Which way a figure should go."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A figure that the baseline holds on to."""

    figure: Figure
    better: Better = Better.HIGHER


class Change(StrEnum):
    """How a figure stands to the baseline; `fell` and `gone` fail the check."""

    HELD = "held"
    FELL = "fell"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure beside its baseline; `limit` is the value that it may not pass."""

    name: str
    change: Change
    now: float | None = None
    was: float | None = None
    limit: float | None = None
    why: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None
    low: float | None
    high: float | None
    better: Better


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["mockint-baseline/1"]
    embedder: str
    figures: dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted figures by name, measured with the embedder of this fingerprint."""

    embedder: str
    figures: Mapping[str, Tracked]


def read_baseline(path: Path) -> Baseline | None:
    """The committed figures, or None where there are none yet; raises EvalError."""
    try:
        data = _File.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise EvalError(
            filled("The baseline {path!r} cannot be read: {error}", path=str(path), error=error),
            "Restore it from version control, or make a new one with --accept.",
        ) from error
    return Baseline(
        data.embedder,
        {
            name: Tracked(Figure(entry.value, entry.low, entry.high), entry.better)
            for name, entry in data.figures.items()
        },
    )


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Keep these figures as what later ones are held to."""
    data: dict[str, Any] = {
        "format": "mockint-baseline/1",
        "embedder": baseline.embedder,
        "figures": {
            name: {
                key: value
                for key, value in tracked.figure.as_json().items()
                if key in ("value", "low", "high")
            }
            | {"better": tracked.better}
            for name, tracked in sorted(baseline.figures.items())
        },
    }
    text = json.dumps(data, ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise EvalError(
            filled(
                "The baseline {path!r} cannot be written: {reason}.",
                path=str(path),
                reason=error.strerror,
            ),
            "Check the permissions of the folder.",
        ) from error


def hold_against(now: Mapping[str, Tracked], accepted: Mapping[str, Tracked]) -> list[Verdict]:
    """Each figure beside its baseline, those that fell first.

    A figure fell where it is worse than the bad end of the accepted interval, or, where there is
    no interval, worse at all.
    """
    verdicts = [
        _verdict(name, tracked, now[name].figure)
        if name in now
        else Verdict(name, Change.GONE, was=tracked.figure.value, why="not measured any more")
        for name, tracked in accepted.items()
    ]
    verdicts += [
        Verdict(name, Change.NEW, tracked.figure.value)
        for name, tracked in now.items()
        if name not in accepted
    ]
    order = (Change.FELL, Change.GONE, Change.NEW, Change.HELD)
    return sorted(verdicts, key=lambda verdict: order.index(verdict.change))


def failures(verdicts: list[Verdict]) -> list[Verdict]:
    """Those that fail the check."""
    return [item for item in verdicts if item.change in (Change.FELL, Change.GONE)]


def _verdict(name: str, accepted: Tracked, figure: Figure) -> Verdict:
    was, now = accepted.figure.value, figure.value
    if was is None:
        return Verdict(name, Change.HELD if now is None else Change.NEW, now)
    if now is None:
        return Verdict(name, Change.GONE, was=was, why=figure.why)
    if accepted.better is Better.HIGHER:
        limit = was if accepted.figure.low is None else accepted.figure.low
        fell = now < limit - _SLACK
    else:
        limit = was if accepted.figure.high is None else accepted.figure.high
        fell = now > limit + _SLACK
    return Verdict(name, Change.FELL if fell else Change.HELD, now, was, limit)
