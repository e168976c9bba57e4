"""Counters in SQL: one statement adds and reads, so that no two processes miss each other."""

from datetime import timedelta

from sqlalchemy import case, delete, select

from app.store.database import Database, undisturbed
from app.store.people import Count
from app.store.people_tables import counters

SWEEP_EVERY = 500
"""Additions between two sweeps of windows that have ended."""


class SqlCounters:
    """`people.Counters` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._added = 0

    @undisturbed
    async def add(self, name: str, amount: int, seconds: float) -> Count:
        """See `people.Counters`."""
        async with self._database.write() as connection:
            now = await self._database.now(connection)
            put = self._database.insert(counters).values(
                name=name, amount=amount, until=now + timedelta(seconds=seconds)
            )
            ended = counters.c.until <= now
            put = put.on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "amount": case((ended, amount), else_=counters.c.amount + amount),
                    "until": case((ended, put.excluded.until), else_=counters.c.until),
                },
            ).returning(counters.c.amount, counters.c.until)
            counted = Count(*(await connection.execute(put)).one())
            self._added += 1
            if self._added % SWEEP_EVERY == 0:
                await connection.execute(delete(counters).where(counters.c.until <= now))
            return counted

    @undisturbed
    async def read(self, name: str) -> Count | None:
        """See `people.Counters`."""
        query = select(counters.c.amount, counters.c.until).where(counters.c.name == name)
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            row = (await connection.execute(query.where(counters.c.until > now))).first()
            return None if row is None else Count(*row)

    @undisturbed
    async def clear(self, name: str) -> None:
        """See `people.Counters`."""
        async with self._database.write() as connection:
            await connection.execute(delete(counters).where(counters.c.name == name))
