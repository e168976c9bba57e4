"""Who grades what, so that one answer is graded once; what each method means is in `base`.

A claim is a row under the answer's or appeal's number. It is taken, and ended with the storing of
the assessment, while the session's row is held; so a process whose claim lapsed and was taken
over can still finish its work, but not store it.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    delete,
    exists,
    insert,
    select,
)
from sqlalchemy import update as update_rows
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.assessment import Assessment, Status, Usage
from app.domain.events import Answer, Appeal, AssessmentRecord, Judge, Reason
from app.errors import SessionChanged, filled
from app.store.database import Database, undisturbed
from app.store.event_rows import read_events
from app.store.rows import Claim, Waiting
from app.store.tables import answers, assessments, claims, events, sessions, usage
from app.store.writing import Pen, Scope


class ClaimsPart(Scope):
    """`base.Claims` in SQL."""

    @undisturbed
    async def waiting(self) -> tuple[Waiting, ...]:
        """See `base.Claims`."""
        return await find_waiting(self.database, sessions.c.owner == self.owner)

    @undisturbed
    async def claim(
        self, session_id: str, number: int, *, holder: str, seconds: float, again: bool = False
    ) -> Claim | None:
        """See `base.Claims`."""
        async with self.appending(session_id) as pen:
            answer, appeal = await _subject(pen, number)
            if not again and await _is_graded(pen, answer, appeal):
                return None
            now = await self.database.now(pen.connection)
            here = and_(claims.c.session_id == session_id, claims.c.number == number)
            if await pen.connection.scalar(select(claims.c.token).where(here, _is_live(now))):
                return None
            claim = Claim(
                session_id, number, holder, secrets.token_hex(16), now + timedelta(seconds=seconds)
            )
            row = {
                "session_id": session_id,
                "number": number,
                "holder": holder,
                "token": claim.token,
                "taken_at": now,
                "until": claim.until,
            }
            await pen.connection.execute(delete(claims).where(here))
            await pen.connection.execute(insert(claims), [row])
            return claim

    @undisturbed
    async def renew(self, claim: Claim, seconds: float) -> Claim | None:
        """See `base.Claims`."""
        async with self.appending(claim.session_id) as pen:
            now = await self.database.now(pen.connection)
            until = now + timedelta(seconds=seconds)
            changed = await pen.connection.execute(
                update_rows(claims).where(_is(claim)).values(taken_at=now, until=until)
            )
            return replace(claim, until=until) if changed.rowcount else None

    @undisturbed
    async def release(self, claim: Claim) -> None:
        """See `base.Claims`."""
        async with self.appending(claim.session_id) as pen:
            await pen.connection.execute(delete(claims).where(_is(claim)))

    @undisturbed
    async def assess(
        self,
        claim: Claim,
        assessment: Assessment,
        *,
        judged_by: Judge,
        reason: Reason = Reason.NEW,
        note: str = "",
    ) -> AssessmentRecord | None:
        """See `base.Claims`."""
        async with self.appending(claim.session_id) as pen:
            ended = await pen.connection.execute(delete(claims).where(_is(claim)))
            if not ended.rowcount:
                return None
            answer, appeal = await _subject(pen, claim.number)
            record = AssessmentRecord(
                seq=pen.next,
                at=pen.now,
                answer=answer,
                assessment=assessment,
                judged_by=judged_by,
                reason=reason if appeal is None else Reason.APPEAL,
                appeal=appeal,
                note=note,
            )
            if assessment.usage is not None:
                await note_usage(
                    pen.connection,
                    self.owner,
                    pen.now,
                    assessment.usage,
                    purpose="grading",
                    model=assessment.grader.model or "",
                    session_id=claim.session_id,
                )
            return await pen.append(record)

    @undisturbed
    async def reassess(
        self,
        session_id: str,
        assessment: Assessment,
        *,
        answer: int,
        judged_by: Judge,
        reason: Reason,
        key: str,
        note: str = "",
    ) -> AssessmentRecord:
        """See `base.Claims`."""
        async with self.appending(session_id) as pen:
            stored = await pen.stored(AssessmentRecord, f"assessment:{key}")
            if stored is not None:
                return stored
            await pen.must_have_answer(answer)
            record = AssessmentRecord(
                seq=pen.next,
                at=pen.now,
                answer=answer,
                assessment=assessment,
                judged_by=judged_by,
                reason=reason,
                note=note,
            )
            return await pen.append(record, f"assessment:{key}")


async def find_waiting(database: Database, *only: ColumnElement[bool]) -> tuple[Waiting, ...]:
    """Answers and appeals that nobody has judged and nobody holds, oldest first."""
    async with database.read() as connection:
        now = await database.now(connection)
        sent = _open(answers, assessments.c.answer, now).where(*only)
        disputed = _open(events, assessments.c.appeal, now).where(events.c.kind == "appeal", *only)
        found = [
            (number, Waiting(owner, session_id, seq, is_appeal))
            for query, is_appeal in ((sent, False), (disputed, True))
            for number, owner, session_id, seq in await connection.execute(query)
        ]
    return tuple(row for _, row in sorted(found, key=lambda pair: (pair[0], pair[1].number)))


def _open(table: Table, judged_as: ColumnElement[Any], now: datetime) -> Select[Any]:
    judged = exists().where(
        assessments.c.session_id == table.c.session_id, judged_as == table.c.seq
    )
    held = exists().where(
        claims.c.session_id == table.c.session_id, claims.c.number == table.c.seq, _is_live(now)
    )
    return (
        select(sessions.c.number, sessions.c.owner, sessions.c.id, table.c.seq)
        .join(sessions, sessions.c.id == table.c.session_id)
        .where(~judged, ~held)
    )


def _is_live(now: datetime) -> ColumnElement[bool]:
    # A claim from the future was taken before the clock was set back; nobody could wait it out.
    return and_(claims.c.taken_at <= now, claims.c.until > now)


def _is(claim: Claim) -> ColumnElement[bool]:
    return and_(
        claims.c.session_id == claim.session_id,
        claims.c.number == claim.number,
        claims.c.token == claim.token,
    )


async def _subject(pen: Pen, number: int) -> tuple[int, int | None]:
    """The answer, and the appeal if it is one, that a number stands for."""
    for event in await read_events(pen.connection, pen.session_id, only=number):
        if isinstance(event, Appeal):
            return event.answer, event.seq
        if isinstance(event, Answer):
            return event.seq, None
    raise SessionChanged(filled("There is nothing to grade under number {number}.", number=number))


async def _is_graded(pen: Pen, answer: int, appeal: int | None) -> bool:
    query = select(assessments.c.seq).where(
        assessments.c.session_id == pen.session_id,
        assessments.c.answer == answer,
        assessments.c.status == Status.GRADED.value,
    )
    if appeal is not None:
        query = query.where(assessments.c.appeal == appeal)
    return await pen.connection.scalar(query.limit(1)) is not None


async def note_usage(
    connection: AsyncConnection,
    owner: str,
    at: datetime,
    cost: Usage,
    *,
    purpose: str,
    model: str,
    session_id: str | None,
) -> None:
    """Add what calls cost."""
    row = {
        "id": secrets.token_hex(16),
        "owner": owner,
        "at": at,
        "purpose": purpose,
        "model": model,
        "session_id": session_id,
        "calls": cost.calls,
        "prompt_tokens": cost.prompt_tokens,
        "completion_tokens": cost.completion_tokens,
        "cached_tokens": cost.cached_tokens,
    }
    await connection.execute(insert(usage), [row])
