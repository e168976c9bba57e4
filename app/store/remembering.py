"""Memory cards and what calls cost: the writing half of `base.Archive` that is not erasing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.assessment import Usage
from app.store.claims import note_usage
from app.store.database import undisturbed
from app.store.looking_back import not_reviewed
from app.store.rows import AnswerKey, MemoryCard
from app.store.tables import answers, reviewed, sessions, usage
from app.store.tables import cards as card_table
from app.store.writing import Pen, Scope, checked_name

_CARD_KEY = ("owner", "question_id", "key_point_id")
_CARD = [card_table.c[name] for name in ("question_id", "key_point_id", "due_at", "state")]


class RememberingPart(Scope):
    """See `base.Archive`."""

    @undisturbed
    async def cards(self, *, due: datetime | None = None) -> tuple[MemoryCard, ...]:
        """See `base.Archive`."""
        query = select(*_CARD).where(card_table.c.owner == self.owner)
        if due is not None:
            query = query.where(card_table.c.due_at <= due)
        order = card_table.c.due_at, card_table.c.question_id, card_table.c.key_point_id
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(*order))
            return tuple(MemoryCard(*row) for row in rows)

    @undisturbed
    async def save_cards(
        self,
        answers: Sequence[AnswerKey],
        cards: Sequence[MemoryCard],
        *,
        known: Sequence[MemoryCard],
    ) -> bool:
        """See `base.Archive`."""
        async with self.database.write() as connection:
            await self._lock_cards(connection)
            if not await self._all_open(connection, answers):
                return False
            stored = await connection.execute(
                select(*_CARD).where(card_table.c.owner == self.owner)
            )
            if {MemoryCard(*row) for row in stored} != set(known):
                return False
            if answers:
                marks = [{"session_id": one.session_id, "answer": one.answer} for one in answers]
                await connection.execute(insert(reviewed), marks)
            if cards:
                put = self.database.insert(card_table)
                changed = {name: put.excluded[name] for name in ("due_at", "state")}
                put = put.on_conflict_do_update(index_elements=_CARD_KEY, set_=changed)
                await connection.execute(put, [self._card_row(card) for card in cards])
            return True

    async def _lock_cards(self, connection: AsyncConnection) -> None:
        # A SQLite write transaction is alone by itself.
        if not self.database.is_sqlite:
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 0))")
            await connection.execute(lock, {"owner": f"cards of {self.owner}"})

    async def _all_open(self, connection: AsyncConnection, wanted: Sequence[AnswerKey]) -> bool:
        """Whether none of these answers had its effect. Raises where one is none of the owner's."""
        query = (
            select(answers.c.session_id, answers.c.seq)
            .join(sessions, sessions.c.id == answers.c.session_id)
            .where(sessions.c.owner == self.owner, not_reviewed())
        )
        still_open = {AnswerKey(*row) for row in await connection.execute(query)}
        for one in wanted:
            if one not in still_open:
                pen = Pen(self.database, connection, await self.find(connection, one.session_id))
                await pen.must_have_answer(one.answer)
                return False
        return True

    @undisturbed
    async def reset_cards(self) -> None:
        """See `base.Archive`."""
        own = select(sessions.c.id).where(sessions.c.owner == self.owner)
        async with self.database.write() as connection:
            await connection.execute(delete(card_table).where(card_table.c.owner == self.owner))
            await connection.execute(delete(reviewed).where(reviewed.c.session_id.in_(own)))

    @undisturbed
    async def add_usage(
        self, usage: Usage, *, purpose: str, model: str = "", session_id: str | None = None
    ) -> None:
        """See `base.Archive`."""
        async with self.database.write() as connection:
            if session_id is not None:
                await self.find(connection, session_id)
            await note_usage(
                connection,
                self.owner,
                self.database.clock(),
                usage,
                purpose=purpose,
                model=model,
                session_id=session_id,
            )

    @undisturbed
    async def usage_since(self, since: datetime) -> Usage:
        """See `base.Archive`."""
        names = ("calls", "prompt_tokens", "completion_tokens", "cached_tokens")
        query = select(*(func.coalesce(func.sum(usage.c[name]), 0) for name in names))
        query = query.where(usage.c.owner == self.owner, usage.c.at >= since)
        async with self.database.read() as connection:
            return Usage(*(await connection.execute(query)).one())

    def _card_row(self, card: MemoryCard) -> dict[str, object]:
        return {
            "owner": self.owner,
            "question_id": checked_name(card.question_id),
            "key_point_id": checked_name(card.key_point_id),
            "due_at": card.due_at,
            "state": card.state,
        }
