"""Memory cards and what calls cost: the writing half of `base.Archive` that is not erasing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from app.domain.assessment import Usage
from app.store.claims import note_usage
from app.store.database import undisturbed
from app.store.rows import MemoryCard
from app.store.tables import cards as card_table
from app.store.tables import reviewed, sessions, usage
from app.store.writing import Scope, checked_name

_CARD_KEY = ("owner", "question_id", "key_point_id")


class RememberingPart(Scope):
    """See `base.Archive`."""

    @undisturbed
    async def cards(self, *, due: datetime | None = None) -> tuple[MemoryCard, ...]:
        """See `base.Archive`."""
        columns = (
            card_table.c[name] for name in ("question_id", "key_point_id", "due_at", "state")
        )
        query = select(*columns).where(card_table.c.owner == self.owner)
        if due is not None:
            query = query.where(card_table.c.due_at <= due)
        order = card_table.c.due_at, card_table.c.question_id, card_table.c.key_point_id
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(*order))
            return tuple(MemoryCard(*row) for row in rows)

    @undisturbed
    async def save_cards(self, session_id: str, answer: int, cards: Sequence[MemoryCard]) -> bool:
        """See `base.Archive`."""
        async with self.appending(session_id) as pen:
            await pen.must_have_answer(answer)
            mark = {"session_id": session_id, "answer": answer}
            new = self.database.insert(reviewed).values(mark).on_conflict_do_nothing()
            if not (await pen.connection.execute(new)).rowcount:
                return False
            if cards:
                put = self.database.insert(card_table)
                changed = {name: put.excluded[name] for name in ("due_at", "state")}
                put = put.on_conflict_do_update(index_elements=_CARD_KEY, set_=changed)
                await pen.connection.execute(put, [self._card_row(card) for card in cards])
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
