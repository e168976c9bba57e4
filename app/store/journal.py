"""Sessions of one owner, written event by event; what each method means is in `base`."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.domain.events import (
    Event,
    PlanMade,
    PlannedQuestion,
    SessionMode,
    SessionStart,
    SessionStatus,
    StatusChange,
    Wishes,
)
from app.domain.fold import go_on
from app.domain.session import Session
from app.errors import SessionChanged, SessionNotFound, filled
from app.store.codec import from_json, to_json
from app.store.database import undisturbed
from app.store.event_rows import read_events
from app.store.tables import sessions
from app.store.writing import RELOAD, Pen, Scope, checked_name


class JournalPart(Scope):
    """`base.Journal` in SQL."""

    @undisturbed
    async def open_session(
        self,
        session_id: str,
        *,
        mode: SessionMode,
        language: str,
        plan: Sequence[PlannedQuestion],
        unmet: Sequence[str] = (),
        left_over: Sequence[str] = (),
        spare: Sequence[str] = (),
        wishes: Wishes | None = None,
    ) -> Session:
        """See `base.Journal`."""
        async with self.database.write() as connection:
            now = self.database.clock()
            row = {
                "id": checked_name(session_id),
                "owner": checked_name(self.owner),
                "mode": mode.value,
                "language": language,
                "created_at": now,
                "wishes": to_json(wishes or Wishes()),
                "status": SessionStatus.OPEN.value,
                "planned": 0,
                "seq": 0,
                "changed_at": now,
            }
            new = self.database.insert(sessions).values(row).on_conflict_do_nothing()
            if (await connection.execute(new)).rowcount:
                pen = Pen(self.database, connection, await self.find(connection, session_id))
                made = PlanMade(
                    seq=pen.next,
                    at=pen.now,
                    plan=tuple(plan),
                    unmet=tuple(unmet),
                    left_over=tuple(left_over),
                    spare=tuple(spare),
                )
                await pen.append(made)
                await pen.finish()
        return await self.load(session_id)

    @undisturbed
    async def load(self, session_id: str) -> Session:
        """See `base.Journal`."""
        recent = self.database.recent
        async with self.database.read() as connection:
            row = await self.find(connection, session_id)
            number, seq = row["number"], row["seq"]
            known = recent.find(number, row["created_at"], seq)
            seen = 0 if known is None else known.seq
            stored = await read_events(connection, session_id, after=seen) if seq > seen else ()
        start = SessionStart(
            id=row["id"],
            owner=row["owner"],
            mode=SessionMode(row["mode"]),
            language=row["language"],
            created_at=row["created_at"],
            wishes=from_json(Wishes, row["wishes"]),
        )
        session = replace(go_on(known or Session(start), stored), start=start)
        recent.keep(number, session)
        return session

    @undisturbed
    async def resolve(self, name: str) -> str:
        """See `base.Journal`."""
        newest = select(sessions.c.id).where(sessions.c.owner == self.owner)
        newest = newest.order_by(sessions.c.number.desc()).limit(2)
        if name != "last":
            newest = newest.where(sessions.c.id.startswith(name, autoescape=True))
        async with self.database.read() as connection:
            found = (await connection.scalars(newest)).all()
        if name in found or (found and (name == "last" or len(found) == 1)):
            return name if name in found else found[0]
        message = "More than one session is called {name!r}."
        raise SessionNotFound(
            filled(message if found else "No session is called {name!r}.", name=name),
            "mockint history lists the sessions.",
        )

    @undisturbed
    async def last_seq(self, session_id: str) -> int:
        """See `base.Journal`."""
        async with self.database.read() as connection:
            seq: int = (await self.find(connection, session_id))["seq"]
        return seq

    @undisturbed
    async def events_after(self, session_id: str, seq: int) -> tuple[Event, ...]:
        """See `base.Journal`."""
        async with self.database.read() as connection:
            await self.find(connection, session_id)
            return await read_events(connection, session_id, after=seq)

    @undisturbed
    async def replan(
        self,
        session_id: str,
        plan: Sequence[PlannedQuestion],
        *,
        replaces: int,
        unmet: Sequence[str] = (),
        left_over: Sequence[str] = (),
        spare: Sequence[str] = (),
        why: str = "",
    ) -> PlanMade:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            pen.must_go_on()
            made = PlanMade(
                seq=pen.next,
                at=pen.now,
                plan=tuple(plan),
                unmet=tuple(unmet),
                why=why,
                left_over=tuple(left_over),
                spare=tuple(spare),
            )
            if await pen.newest("plan") != replaces:
                raise SessionChanged("The plan was changed elsewhere.", RELOAD)
            return await pen.append(made)

    @undisturbed
    async def change_status(
        self, session_id: str, status: SessionStatus, *, why: str = ""
    ) -> StatusChange | None:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            if pen.status is status:
                return None
            pen.must_go_on()
            return await pen.append(StatusChange(seq=pen.next, at=pen.now, status=status, why=why))
