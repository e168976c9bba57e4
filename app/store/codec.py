"""Domain values to JSON and back.

Fields that a later release adds with a default are read from older data as that default.
"""

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from app.domain.assessment import Assessment, Status, Verdict
from app.domain.events import EVENT_KINDS, Event
from app.store.rows import KeyPointMark

ENVELOPE = ("seq", "at")
_VERDICTS = {one.value: one for one in Verdict}

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", kind))


def to_json(value: object) -> Any:
    """A domain value as JSON-ready values."""
    return _adapter(cast("Hashable", type(value))).dump_python(value, mode="json")


def from_json(kind: type[T], data: object) -> T:
    """A domain value from JSON values. Raises pydantic's ValidationError."""
    made: T = _adapter(cast("Hashable", kind)).validate_python(data)
    return made


def payload(event: Event) -> dict[str, Any]:
    """What an event holds besides its number and time, as JSON-ready values."""
    data: dict[str, Any] = to_json(event)
    return {name: value for name, value in data.items() if name not in ENVELOPE}


def read_event(kind: str, data: Mapping[str, Any]) -> Event:
    """An event from its kind and JSON values. Raises ValueError for an unknown kind."""
    if kind not in EVENT_KINDS:
        raise ValueError(f"unknown kind of event {kind!r}")
    return from_json(EVENT_KINDS[kind], dict(data))


def marks_of(assessment: Assessment) -> list[list[Any]]:
    """The verdicts alone, small enough to read by the thousand."""
    return [
        [point.id, point.verdict.value, round(point.coverage, 4), point.weight]
        for point in assessment.key_points
    ]


def read_marks(data: list[list[Any]] | None) -> tuple[KeyPointMark, ...]:
    """Verdicts back from `marks_of`."""
    return tuple(
        KeyPointMark(name, _VERDICTS[verdict], *rest) for name, verdict, *rest in data or ()
    )


def columns_of(assessment: Assessment) -> dict[str, Any]:
    """The columns of an assessment that lists are made from, and all of it under `data`."""
    graded = assessment.status is Status.GRADED
    return {
        "status": assessment.status.value,
        "score": assessment.score if graded else None,
        "band": assessment.band.value if assessment.band and graded else None,
        "confidence": assessment.confidence,
        "grader": assessment.grader.mode.value,
        "model": assessment.grader.model,
        "marks": marks_of(assessment),
        "data": to_json(assessment),
    }
