"""Lists over many sessions, each from a fixed number of queries however long the history."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Subquery,
    Text,
    and_,
    case,
    distinct,
    exists,
    func,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.assessment import Band, Mode, Status
from app.domain.events import Judge, SessionMode, SessionStatus
from app.store.codec import read_marks
from app.store.database import undisturbed
from app.store.rows import AskedRow, ResultRow, SessionRow
from app.store.tables import answers, assessments, events, reviewed, sessions, turns
from app.store.writing import Scope

# By the thousand, a dictionary takes a fifth of the time of the call to an enumeration.
_STATUSES = {one.value: one for one in Status}
_BANDS = {one.value: one for one in Band}
_JUDGES = {one.value: one for one in Judge}
_GRADERS = {one.value: one for one in Mode}
_MODES = {one.value: one for one in SessionMode}


class LookingBackPart(Scope):
    """The reading half of `base.Archive` in SQL."""

    @undisturbed
    async def sessions(
        self, *, statuses: Sequence[SessionStatus] = (), limit: int | None = None
    ) -> tuple[SessionRow, ...]:
        """See `base.Archive`."""
        query = select(sessions).where(sessions.c.owner == self.owner)
        if statuses:
            query = query.where(sessions.c.status.in_([status.value for status in statuses]))
        query = query.order_by(sessions.c.number.desc()).limit(limit)
        names = query.with_only_columns(sessions.c.id).subquery()
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
            counts = [
                {name: numbers for name, *numbers in await connection.execute(counting)}
                for counting in _counts(names)
            ]
        return tuple(_session_row(row, counts) for row in rows)

    @undisturbed
    async def results(
        self,
        *,
        session_id: str | None = None,
        since: datetime | None = None,
        marks: bool = True,
    ) -> tuple[ResultRow, ...]:
        """See `base.Archive`."""
        where = [sessions.c.owner == self.owner, _told()]
        if session_id is not None:
            where.append(sessions.c.id == session_id)
        sent = [] if since is None else [events.c.at >= since]
        async with self.database.read() as connection:
            return await _read_results(connection, where, sent, marks=marks)

    @undisturbed
    async def unreviewed(self) -> tuple[ResultRow, ...]:
        """See `base.Archive`."""
        where = [sessions.c.owner == self.owner, _told(), not_reviewed()]
        async with self.database.read() as connection:
            rows = await _read_results(connection, where)
        return tuple(row for row in rows if row.status is Status.GRADED)

    @undisturbed
    async def asked(self) -> tuple[AskedRow, ...]:
        """See `base.Archive`."""
        numbers = select(sessions.c.number).where(sessions.c.owner == self.owner)
        query = (
            select(
                turns.c.question_id,
                func.count().label("times"),
                func.max(sessions.c.number).label("number"),
                func.max(events.c.at).label("last_at"),
            )
            .join(sessions, sessions.c.id == turns.c.session_id)
            .join(events, and_(events.c.session_id == sessions.c.id, events.c.seq == turns.c.seq))
            .where(sessions.c.owner == self.owner)
            .group_by(turns.c.question_id)
            .order_by(turns.c.question_id)
        )
        async with self.database.read() as connection:
            order = (await connection.scalars(numbers.order_by(sessions.c.number))).all()
            rows = (await connection.execute(query)).all()
        return tuple(
            AskedRow(name, times, len(order) - bisect_right(order, number), last_at)
            for name, times, number, last_at in rows
        )


def not_reviewed() -> ColumnElement[bool]:
    """Whether an answer has not had its effect on the memory cards."""
    mark = and_(reviewed.c.session_id == answers.c.session_id, reviewed.c.answer == answers.c.seq)
    return ~exists().where(mark)


def _told() -> ColumnElement[bool]:
    """Whether verdicts of a session may be seen: `domain.poker_face.withholds`, in SQL."""
    ended = sessions.c.status == SessionStatus.ENDED.value
    return or_(sessions.c.mode != SessionMode.INTERVIEW.value, ended)


def _counts(names: Subquery) -> Iterator[Select[Any]]:
    """Counts by session: turns; answers; answers judged and graded."""
    graded = case((assessments.c.status == Status.GRADED.value, assessments.c.answer))
    judged = func.count(distinct(assessments.c.answer)), func.count(distinct(graded))
    for table, counted in (
        (turns, (func.count(),)),
        (answers, (func.count(),)),
        (assessments, judged),
    ):
        here = table.c.session_id
        yield select(here, *counted).where(here.in_(select(names.c.id))).group_by(here)


def _session_row(row: RowMapping, counts: Sequence[dict[str, list[int]]]) -> SessionRow:
    (asked,), (answered,), (judged, graded) = (
        found.get(row["id"], empty) for found, empty in zip(counts, ([0], [0], [0, 0]), strict=True)
    )
    return SessionRow(
        id=row["id"],
        mode=SessionMode(row["mode"]),
        language=row["language"],
        status=SessionStatus(row["status"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        planned=row["planned"],
        asked=asked,
        answered=answered,
        graded=graded,
        waiting=answered - judged,
    )


async def _read_results(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    sent: Sequence[ColumnElement[bool]] = (),
    *,
    marks: bool = True,
) -> tuple[ResultRow, ...]:
    """Answers and, from a second query, what counts for each.

    One query that ranks the assessments would do, but PostgreSQL may plan it as a loop in a loop.
    """
    counting: dict[tuple[str, int], Sequence[Any]] = {}
    query = _JUDGED.add_columns(_MARKS if marks else null())
    for session_id, answer, *judged in await connection.execute(query.where(*where)):
        known = counting.get((session_id, answer))
        if known is None or _weight(judged) > _weight(known):
            counting[session_id, answer] = judged
    order = sessions.c.number, answers.c.seq
    rows = await connection.execute(_SENT.where(*where, *sent).order_by(*order))
    return tuple(_result_row(row, counting.get((row[0], row[1]))) for row in rows)


def _weight(judged: Sequence[Any]) -> tuple[bool, int]:
    """What counts is the greatest by this, as in `domain.session.counting_of`."""
    seq, status, *_ = judged
    return status == Status.GRADED.value, seq


def _result_row(row: Sequence[Any], judged: Sequence[Any] | None) -> ResultRow:
    session_id, answer, mode, *rest = row
    if judged is None:
        return ResultRow(session_id, answer, _MODES[mode], *rest)
    seq, status, score, band, confidence, judged_by, grader, marks = judged
    counts: tuple[Any, ...] = (
        seq,
        _STATUSES[status],
        score,
        None if band is None else _BANDS[band],
        confidence,
        _JUDGES[judged_by],
        _GRADERS[grader],
        () if marks is None else read_marks(json.loads(marks)),
    )
    return ResultRow(session_id, answer, _MODES[mode], *rest, *counts)


_SENT = (
    select(
        answers.c.session_id,
        answers.c.seq,
        sessions.c.mode,
        sessions.c.created_at,
        *(turns.c[name] for name in ("position", "question_id", "topic", "difficulty", "language")),
        answers.c.attempt,
        events.c.at,
        *(answers.c[name] for name in ("seconds", "hints", "read_reference")),
    )
    .select_from(sessions)
    .join(answers, answers.c.session_id == sessions.c.id)
    .join(
        turns,
        and_(turns.c.session_id == answers.c.session_id, turns.c.position == answers.c.position),
    )
    .join(events, and_(events.c.session_id == answers.c.session_id, events.c.seq == answers.c.seq))
    .where(answers.c.step == 0)
)
_MARKS = type_coerce(assessments.c.marks, Text)  # parsed only where it counts
_JUDGED = (
    select(
        assessments.c.session_id,
        assessments.c.answer,
        assessments.c.seq,
        *(assessments.c[name] for name in ("status", "score", "band", "confidence")),
        *(assessments.c[name] for name in ("judged_by", "grader")),
    )
    .select_from(sessions)
    .join(assessments, assessments.c.session_id == sessions.c.id)
    .join(
        answers,
        and_(
            answers.c.session_id == assessments.c.session_id,
            answers.c.seq == assessments.c.answer,
        ),
    )
    .where(answers.c.step == 0)
)
