"""Summaries of reports, written once for each state of a session; see `base.Summaries`."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update

from app.store.database import undisturbed
from app.store.rows import SummaryRow
from app.store.tables import summaries
from app.store.writing import Scope


class SummarisingPart(Scope):
    """`base.Summaries` in SQL."""

    @undisturbed
    async def summary(self, session_id: str, digest: str) -> SummaryRow | None:
        """See `base.Summaries`."""
        query = select(summaries).where(_is(session_id, digest))
        async with self.database.read() as connection:
            await self.find(connection, session_id)
            row = (await connection.execute(query)).mappings().one_or_none()
            now = await self.database.now(connection)
        if row is None or (row["sentences"] is None and not row["failed"] and row["until"] <= now):
            return None
        return SummaryRow(row["model"], tuple(row["sentences"] or ()), row["failed"])

    @undisturbed
    async def begin_summary(
        self, session_id: str, digest: str, *, model: str, seconds: float, again: bool = False
    ) -> bool:
        """See `base.Summaries`."""
        async with self.database.write() as connection:
            await self.find(connection, session_id)
            now = await self.database.now(connection)
            lapsed = and_(summaries.c.sentences.is_(None), summaries.c.until <= now)
            gone = lapsed | summaries.c.failed if again else lapsed & ~summaries.c.failed
            await connection.execute(delete(summaries).where(_is(session_id, digest), gone))
            row = {
                "session_id": session_id,
                "digest": digest,
                "model": model,
                "sentences": None,
                "failed": False,
                "until": now + timedelta(seconds=seconds),
            }
            new = self.database.insert(summaries).values(row).on_conflict_do_nothing()
            return bool((await connection.execute(new)).rowcount)

    @undisturbed
    async def finish_summary(self, session_id: str, digest: str, sentences: Sequence[str]) -> None:
        """See `base.Summaries`."""
        values = {"sentences": list(sentences) or None, "failed": not sentences}
        async with self.database.write() as connection:
            await self.find(connection, session_id)
            await connection.execute(
                update(summaries).where(_is(session_id, digest)).values(**values)
            )


def _is(session_id: str, digest: str) -> ColumnElement[bool]:
    return and_(summaries.c.session_id == session_id, summaries.c.digest == digest)
