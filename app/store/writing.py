"""Appending to one session while nobody else can."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import Event, PlanMade, SessionStatus, StatusChange
from app.errors import SessionChanged, SessionNotFound, filled
from app.store.codec import read_event
from app.store.columns import storable
from app.store.database import Database
from app.store.event_rows import read_events, rows_of
from app.store.tables import answers, events, sessions

E = TypeVar("E", bound=Event)

NAME_LIMIT = 200
RELOAD = "Look at the session as it stands now; nothing was stored."


@dataclass(frozen=True, slots=True)
class Scope:
    """One owner's part of a database; what every part of the repository works on."""

    database: Database
    owner: str

    @asynccontextmanager
    async def appending(self, session_id: str) -> AsyncIterator["Pen"]:
        """A transaction that holds the session's row, so that appends come one by one."""
        async with self.database.write() as connection:
            row = await self.find(connection, session_id, locked=True)
            pen = Pen(self.database, connection, row)
            yield pen
            await pen.finish()

    async def find(
        self, connection: AsyncConnection, session_id: str, *, locked: bool = False
    ) -> RowMapping:
        """The session's row. Raises SessionNotFound, also for another owner's session."""
        query = select(sessions).where(sessions.c.id == session_id, sessions.c.owner == self.owner)
        row = (
            (await connection.execute(query.with_for_update() if locked else query))
            .mappings()
            .first()
        )
        if row is None:
            raise SessionNotFound(
                filled("There is no session {session_id!r}.", session_id=session_id),
                "mockint history lists the sessions.",
            )
        return row


class Pen:
    """Appends events to one session; each has a key, so that a second sending adds nothing."""

    def __init__(self, database: Database, connection: AsyncConnection, row: RowMapping) -> None:
        self.database = database
        self.connection = connection
        self.row = row
        self.session_id: str = row["id"]
        self.seq: int = row["seq"]
        self.now = database.clock()
        self._changes: dict[str, Any] = {}

    @property
    def next(self) -> int:
        """The number of the event to be appended next."""
        return self.seq + 1

    @property
    def status(self) -> SessionStatus:
        """The session's status before this transaction."""
        return SessionStatus(self.row["status"])

    async def stored(self, kind: type[E], key: str) -> E | None:
        """The event that was appended under this key before, None without one."""
        query = select(events.c.seq).where(
            events.c.session_id == self.session_id, events.c.key == checked_name(key)
        )
        seq = await self.connection.scalar(query)
        if seq is None:
            return None
        (event,) = await read_events(self.connection, self.session_id, only=seq)
        assert isinstance(event, kind)
        return event

    async def having(self, keys: Iterable[str]) -> dict[str, Event | None]:
        """Which of these keys are taken; small events come with their content, others None."""
        query = select(events).where(
            events.c.session_id == self.session_id, events.c.key.in_(list(keys))
        )
        rows = (await self.connection.execute(query)).mappings()
        return {row["key"]: _small(row) for row in rows}

    async def append(self, event: E, key: str | None = None) -> E:
        """Add an event that was made with `next` and `now`."""
        assert event.seq == self.next
        self.seq = event.seq
        for table, row in rows_of(self.session_id, event, key and checked_name(key)):
            await self.connection.execute(insert(table), [row])
        if isinstance(event, StatusChange):
            self._changes["status"] = event.status.value
        if isinstance(event, PlanMade):
            self._changes["planned"] = len(event.plan)
        self._changes |= {"seq": event.seq, "changed_at": event.at}
        return event

    async def newest(self, kind: str) -> int | None:
        """The number of the newest event of a kind."""
        query = select(func.max(events.c.seq)).where(
            events.c.session_id == self.session_id, events.c.kind == kind
        )
        newest: int | None = await self.connection.scalar(query)
        return newest

    async def must_have_answer(self, number: int) -> None:
        """Raise SessionChanged where `number` is not the number of an answer."""
        where = (answers.c.session_id == self.session_id, answers.c.seq == number)
        if await self.connection.scalar(select(answers.c.seq).where(*where)) is None:
            raise SessionChanged(
                filled("There is no answer number {number} in this session.", number=number)
            )

    def must_go_on(self) -> None:
        """Raise SessionChanged where the session has ended."""
        if self.status is SessionStatus.ENDED:
            raise SessionChanged("The session has ended.", "Start a new one.")

    async def finish(self) -> None:
        """Bring the session's counters up to date."""
        if self._changes:
            where = sessions.c.number == self.row["number"]
            await self.connection.execute(update(sessions).where(where).values(self._changes))


def checked_name(name: str) -> str:
    """A key or id short enough for every database's index. Raises SessionChanged if not."""
    if len(name) > NAME_LIMIT:
        raise SessionChanged(
            filled("A name of {count} characters cannot be stored.", count=len(name)),
            filled("Names and keys have at most {most} characters.", most=NAME_LIMIT),
        )
    return storable(name)


def _small(row: RowMapping) -> Event | None:
    if row["data"] is None:
        return None
    return read_event(row["kind"], {"seq": row["seq"], "at": row["at"], **row["data"]})
