"""Taking in an exported file, in one transaction.

A session that is here already takes the events that it lacks, if its own are the beginning of
those in the file. Where it went on differently here and there it is left alone. Memory cards are
taken for questions that have none here; for the others, the imported answers stay unreviewed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import Event, SessionStart, Wishes
from app.domain.fold import fold
from app.domain.session import Session
from app.store.codec import from_json, read_event, to_json
from app.store.database import Database
from app.store.event_rows import read_events, rows_of
from app.store.export_file import CardLine, SessionLine, UsageLine, damaged, reading
from app.store.rows import Transfer
from app.store.tables import answers, assessments, cards, events, reviewed, sessions, turns, usage
from app.store.writing import NAME_LIMIT

_ORDER = (events, turns, answers, assessments)


async def import_file(database: Database, path: Path, owner: str | None = None) -> Transfer:
    """Take in a file, all as `owner`'s, or each entry as its own owner's if None."""
    async with database.write() as connection:
        intake = _Intake(database, connection, owner)
        for number, entry in enumerate(reading(path), start=2):
            match entry:
                case SessionLine():
                    try:
                        arrived = _arrive(entry)
                    except (ValueError, KeyError, TypeError) as error:
                        damaged(path, number, "the session does not hold together", error)
                    await intake.take_session(entry, arrived)
                case CardLine():
                    await intake.take_card(entry)
                case UsageLine():
                    await intake.take_usage(entry)
        return intake.result()


@dataclass(frozen=True, slots=True)
class _Arrived:
    session: Session
    events: tuple[Event, ...]
    keys: tuple[str | None, ...]


def _arrive(line: SessionLine) -> _Arrived:
    """The session in a line. Raises ValueError where it could not have been stored."""
    start = SessionStart(
        id=line.id,
        owner=line.owner,
        mode=line.mode,
        language=line.language,
        created_at=line.created_at,
        wishes=from_json(Wishes, line.wishes),
    )
    made = tuple(read_event(event.kind, event.data) for event in line.events)
    keys = tuple(event.key for event in line.events)
    named = [key for key in keys if key is not None]
    if len(set(named)) < len(named) or any(len(key) > NAME_LIMIT for key in named):
        raise ValueError("keys")
    if any(event.at.tzinfo is None for event in made):
        raise ValueError("time zone")
    session = fold(start, made)
    for number in line.reviewed:
        session.find_answer(number)
    return _Arrived(session, tuple(sorted(made, key=lambda event: event.seq)), keys)


@dataclass(slots=True)
class _Intake:
    database: Database
    connection: AsyncConnection
    owner: str | None
    added: int = 0
    grown: int = 0
    known: int = 0
    cards: int = 0
    left_alone: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _own_cards: dict[str, frozenset[str]] = field(default_factory=dict)

    def result(self) -> Transfer:
        return Transfer(self.added, self.grown, self.known, tuple(self.left_alone), self.cards)

    async def take_session(self, line: SessionLine, arrived: _Arrived) -> None:
        owner = self.owner or line.owner
        name, is_here = await self._place(line.id, owner)
        self._names[line.id] = name
        if not is_here:
            await self._add(name, owner, arrived)
            self.added += 1
        elif not await self._grow(name, arrived):
            return
        await self._mark(name, owner, line.reviewed, arrived.session)

    async def take_card(self, line: CardLine) -> None:
        owner = self.owner or line.owner
        if line.question_id in await self._carded(owner):
            return
        row = line.model_dump() | {"owner": owner}
        put = self.database.insert(cards).values(row).on_conflict_do_nothing()
        self.cards += (await self.connection.execute(put)).rowcount

    async def take_usage(self, line: UsageLine) -> None:
        session_id = self._names.get(line.session_id or "")
        row = line.model_dump() | {"owner": self.owner or line.owner, "session_id": session_id}
        await self.connection.execute(
            self.database.insert(usage).values(row).on_conflict_do_nothing()
        )

    async def _place(self, session_id: str, owner: str) -> tuple[str, bool]:
        """The id to use here, and whether it is here. Another owner's session keeps its id."""
        query = select(sessions.c.owner).where(sessions.c.id == session_id)
        holder = await self.connection.scalar(query)
        if holder is None or holder == owner:
            return session_id, holder is not None
        name = hashlib.sha256(f"{session_id}\0{owner}".encode()).hexdigest()[:12]
        query = select(sessions.c.owner).where(sessions.c.id == name)
        return name, await self.connection.scalar(query) is not None

    async def _add(self, name: str, owner: str, arrived: _Arrived) -> None:
        start = arrived.session.start
        row = {
            "id": name,
            "owner": owner,
            "mode": start.mode.value,
            "language": start.language,
            "created_at": start.created_at,
            "wishes": to_json(start.wishes),
            **_counters(arrived),
        }
        await self.connection.execute(insert(sessions), [row])
        await self._insert(name, arrived.events, arrived.keys)

    async def _grow(self, name: str, arrived: _Arrived) -> bool:
        """Whether the session here and the one that arrived are one, after adding what lacks."""
        here = await read_events(self.connection, name)
        shared = min(len(here), len(arrived.events))
        if here[:shared] != arrived.events[:shared]:
            self.left_alone.append(name)
            return False
        if shared == len(arrived.events):
            self.known += 1
            return True
        await self._insert(name, arrived.events[shared:], arrived.keys[shared:])
        where = sessions.c.id == name
        await self.connection.execute(update(sessions).where(where).values(_counters(arrived)))
        self.grown += 1
        return True

    async def _insert(self, name: str, made: Sequence[Event], keys: Sequence[str | None]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        for event, key in zip(made, keys, strict=True):
            for table, row in rows_of(name, event, key):
                rows[table].append(row)
        for table in _ORDER:
            if rows[table]:
                await self.connection.execute(insert(table), rows[table])

    async def _mark(self, name: str, owner: str, numbers: Sequence[int], session: Session) -> None:
        own = await self._carded(owner)
        for number in numbers:
            if session.find_answer(number)[0].question.id not in own:
                row = {"session_id": name, "answer": number}
                await self.connection.execute(
                    self.database.insert(reviewed).values(row).on_conflict_do_nothing()
                )

    async def _carded(self, owner: str) -> frozenset[str]:
        """Questions that had memory cards here before the import."""
        if owner not in self._own_cards:
            query = select(cards.c.question_id).where(cards.c.owner == owner).distinct()
            self._own_cards[owner] = frozenset(await self.connection.scalars(query))
        return self._own_cards[owner]


def _counters(arrived: _Arrived) -> dict[str, Any]:
    session, last = arrived.session, arrived.events[-1:] or None
    return {
        "status": session.status.value,
        "planned": len(session.plan),
        "seq": session.seq,
        "changed_at": last[0].at if last else session.start.created_at,
    }
