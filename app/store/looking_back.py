"""Lists over many sessions, each from a fixed number of queries however long the history."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Subquery, and_, case, distinct, func, select

from app.domain.assessment import Band, Mode, Status
from app.domain.events import Judge, SessionMode, SessionStatus
from app.store.codec import read_marks
from app.store.database import undisturbed
from app.store.rows import AskedRow, ResultRow, SessionRow
from app.store.tables import answers, assessments, events, reviewed, sessions, turns
from app.store.writing import Scope


class LookingBackPart(Scope):
    """The reading half of `base.Archive` in SQL."""

    @undisturbed
    async def sessions(
        self, *, statuses: Sequence[SessionStatus] = (), limit: int | None = None
    ) -> tuple[SessionRow, ...]:
        """See `base.Archive`."""
        asked, sent, judged = _asked(), _sent(), _judged()
        query = (
            select(sessions, asked.c.asked, sent.c.answered, judged.c.judged, judged.c.graded)
            .outerjoin(asked, asked.c.session_id == sessions.c.id)
            .outerjoin(sent, sent.c.session_id == sessions.c.id)
            .outerjoin(judged, judged.c.session_id == sessions.c.id)
            .where(sessions.c.owner == self.owner)
            .order_by(sessions.c.number.desc())
            .limit(limit)
        )
        if statuses:
            query = query.where(sessions.c.status.in_([status.value for status in statuses]))
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_session_row(row) for row in rows)

    @undisturbed
    async def results(
        self, *, session_id: str | None = None, since: datetime | None = None
    ) -> tuple[ResultRow, ...]:
        """See `base.Archive`."""
        query = _results(self.owner)
        if session_id is not None:
            query = query.where(sessions.c.id == session_id)
        if since is not None:
            query = query.where(events.c.at >= since)
        return await self._fetch_results(query)

    @undisturbed
    async def unreviewed(self) -> tuple[ResultRow, ...]:
        """See `base.Archive`."""
        mark = and_(
            reviewed.c.session_id == answers.c.session_id, reviewed.c.answer == answers.c.seq
        )
        query = _results(self.owner).outerjoin(reviewed, mark)
        is_new = reviewed.c.answer.is_(None)
        rows = await self._fetch_results(query.where(is_new))
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

    async def _fetch_results(self, query: Select[Any]) -> tuple[ResultRow, ...]:
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_result_row(row) for row in rows)


def _asked() -> Subquery:
    counted = select(turns.c.session_id, func.count().label("asked"))
    return counted.group_by(turns.c.session_id).subquery()


def _sent() -> Subquery:
    counted = select(answers.c.session_id, func.count().label("answered"))
    return counted.group_by(answers.c.session_id).subquery()


def _judged() -> Subquery:
    graded = case((assessments.c.status == Status.GRADED.value, assessments.c.answer))
    counted = select(
        assessments.c.session_id,
        func.count(distinct(assessments.c.answer)).label("judged"),
        func.count(distinct(graded)).label("graded"),
    )
    return counted.group_by(assessments.c.session_id).subquery()


def _results(owner: str) -> Select[Any]:
    """Answers to questions, each with the assessment that counts as `domain.counting_of` has it."""
    graded_first = case((assessments.c.status == Status.GRADED.value, 0), else_=1)
    ranked = select(
        *(assessments.c[name] for name in ("session_id", "answer", *_JUDGED)),
        assessments.c.seq.label("assessed"),
        func.row_number()
        .over(
            partition_by=(assessments.c.session_id, assessments.c.answer),
            order_by=(graded_first, assessments.c.seq.desc()),
        )
        .label("rank"),
    ).subquery()
    counting = and_(
        ranked.c.session_id == answers.c.session_id,
        ranked.c.answer == answers.c.seq,
        ranked.c.rank == 1,
    )
    turn = and_(turns.c.session_id == answers.c.session_id, turns.c.position == answers.c.position)
    sent = and_(events.c.session_id == answers.c.session_id, events.c.seq == answers.c.seq)
    return (
        select(
            sessions.c.mode,
            sessions.c.created_at.label("session_at"),
            *(turns.c[name] for name in ("question_id", "topic", "difficulty", "language")),
            *(answers.c[name] for name in _SENT),
            answers.c.seq.label("answer"),
            events.c.at.label("sent_at"),
            ranked.c.assessed,
            *(ranked.c[name] for name in _JUDGED),
        )
        .select_from(sessions)
        .join(answers, answers.c.session_id == sessions.c.id)
        .join(turns, turn)
        .join(events, sent)
        .outerjoin(ranked, counting)
        .where(sessions.c.owner == owner, answers.c.step == 0)
        .order_by(sessions.c.number, answers.c.seq)
    )


_SENT = ("session_id", "position", "attempt", "seconds", "hints", "read_reference")
_JUDGED = ("status", "score", "band", "confidence", "judged_by", "grader", "marks")


def _session_row(row: RowMapping) -> SessionRow:
    answered = row["answered"] or 0
    return SessionRow(
        id=row["id"],
        mode=SessionMode(row["mode"]),
        language=row["language"],
        status=SessionStatus(row["status"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        planned=row["planned"],
        asked=row["asked"] or 0,
        answered=answered,
        graded=row["graded"] or 0,
        waiting=answered - (row["judged"] or 0),
    )


def _result_row(row: RowMapping) -> ResultRow:
    data = dict(row)
    marks = read_marks(data.pop("marks"))
    mode = SessionMode(data.pop("mode"))
    for name, kind in (("status", Status), ("band", Band), ("judged_by", Judge), ("grader", Mode)):
        if data[name] is not None:
            data[name] = kind(data[name])
    return ResultRow(**data, mode=mode, marks=marks)
