"""Events to rows of the tables and back.

What is in a detail table is nowhere else: `events.data` is empty for those kinds.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import Answer, AssessmentRecord, Event, QuestionAsked, kind_of
from app.store.codec import columns_of, payload, read_event, to_json
from app.store.tables import answers, assessments, events, turns

Row = dict[str, Any]


def rows_of(session_id: str, event: Event, key: str | None) -> list[tuple[Table, Row]]:
    """The rows that hold an event, to be inserted in this order."""
    spine: Row = {
        "session_id": session_id,
        "seq": event.seq,
        "kind": kind_of(event),
        "at": event.at,
        "key": key,
        "data": None,
    }
    place = {"session_id": session_id, "seq": event.seq}
    match event:
        case QuestionAsked():
            return [(events, spine), (turns, place | _turn_columns(event))]
        case Answer():
            return [(events, spine), (answers, place | _answer_columns(event))]
        case AssessmentRecord():
            return [(events, spine), (assessments, place | _assessment_columns(event))]
        case _:
            return [(events, spine | {"data": payload(event)})]


async def read_raw(
    connection: AsyncConnection, session_id: str, *, after: int = 0, only: int | None = None
) -> list[tuple[str, str | None, Row]]:
    """Events as (kind, key, all fields), in order; `only` takes just that one."""
    spine = (await connection.execute(_where(events, session_id, after, only))).mappings().all()
    details = await _details(connection, spine, session_id, after, only)
    return [(row["kind"], row["key"], _fields(row, details)) for row in spine]


async def read_events(
    connection: AsyncConnection, session_id: str, *, after: int = 0, only: int | None = None
) -> tuple[Event, ...]:
    """Events in order; `only` takes just that one."""
    raw = await read_raw(connection, session_id, after=after, only=only)
    return tuple(read_event(kind, data) for kind, _, data in raw)


async def _details(
    connection: AsyncConnection,
    spine: Iterable[RowMapping],
    session_id: str,
    after: int,
    only: int | None,
) -> dict[int, Row]:
    kinds = {row["kind"] for row in spine}
    found: dict[int, Row] = {}
    for kind, table, read in _DETAILS:
        if kind in kinds:
            rows = await connection.execute(_where(table, session_id, after, only))
            found.update((row["seq"], read(row)) for row in rows.mappings())
    return found


def _where(table: Table, session_id: str, after: int, only: int | None) -> Select[Any]:
    query = select(table).where(table.c.session_id == session_id).order_by(table.c.seq)
    return (
        query.where(table.c.seq == only) if only is not None else query.where(table.c.seq > after)
    )


def _fields(row: RowMapping, details: Mapping[int, Row]) -> Row:
    seq: int = row["seq"]
    at: datetime = row["at"]
    return {"seq": seq, "at": at, **(row["data"] or {}), **details.get(seq, {})}


def _turn_columns(event: QuestionAsked) -> Row:
    question = event.question
    return {
        "position": event.position,
        "question_id": question.id,
        "digest": question.digest,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "language": question.language,
        "question": to_json(question),
        "planned": None if event.planned is None else to_json(event.planned),
    }


def _read_turn(row: RowMapping) -> Row:
    return {name: row[name] for name in ("position", "question", "planned")}


_ANSWER_FIELDS = (
    "position",
    "attempt",
    "step",
    "text",
    "key",
    "key_point_id",
    "seconds",
    "hints",
    "read_reference",
)


def _answer_columns(event: Answer) -> Row:
    return {name: getattr(event, name) for name in _ANSWER_FIELDS}


def _read_answer(row: RowMapping) -> Row:
    return {name: row[name] for name in _ANSWER_FIELDS}


def _assessment_columns(event: AssessmentRecord) -> Row:
    return {
        "answer": event.answer,
        "reason": event.reason.value,
        "judged_by": event.judged_by.value,
        "appeal": event.appeal,
        "note": event.note,
        **columns_of(event.assessment),
    }


def _read_assessment(row: RowMapping) -> Row:
    own = {name: row[name] for name in ("answer", "reason", "judged_by", "appeal", "note")}
    return own | {"assessment": row["data"]}


_DETAILS = (
    ("question", turns, _read_turn),
    ("answer", answers, _read_answer),
    ("assessment", assessments, _read_assessment),
)
