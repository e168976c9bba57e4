"""All parts of one owner's repository together, and the store that hands them out."""

from collections.abc import Collection, Mapping
from pathlib import Path

from sqlalchemy import select

from app.store.claims import ClaimsPart, find_waiting
from app.store.conversing import ConversingPart
from app.store.counting import SqlCounters
from app.store.database import Database, undisturbed
from app.store.enrolling import SqlPeople
from app.store.erasing import ErasingPart, forget
from app.store.exporting import export_file
from app.store.importing import import_file
from app.store.journal import JournalPart
from app.store.looking_back import LookingBackPart
from app.store.people import Counters, People
from app.store.people_tables import accounts, counters
from app.store.remembering import RememberingPart
from app.store.rows import Transfer, Waiting
from app.store.summarising import SummarisingPart
from app.store.tables import sessions

NAMES_AT_ONCE = 500  # a statement takes no more than some thousand parameters


class SqlRepository(
    JournalPart,
    ConversingPart,
    ClaimsPart,
    LookingBackPart,
    RememberingPart,
    SummarisingPart,
    ErasingPart,
):
    """`base.Repository` in SQL."""

    @undisturbed
    async def export_to(self, path: Path) -> int:
        """See `base.Archive`."""
        return await export_file(self.database, path, self.owner)

    @undisturbed
    async def import_from(self, path: Path) -> Transfer:
        """See `base.Archive`."""
        return await import_file(self.database, path, self.owner)


class SqlStore:
    """`base.Store` in SQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.people: People = SqlPeople(database)
        self.counters: Counters = SqlCounters(database)

    def of(self, owner: str) -> SqlRepository:
        """See `base.Store`."""
        return SqlRepository(self.database, owner)

    @undisturbed
    async def owners(self) -> tuple[str, ...]:
        """See `base.Store`."""
        query = select(sessions.c.owner).distinct().order_by(sessions.c.owner)
        async with self.database.read() as connection:
            return tuple(await connection.scalars(query))

    @undisturbed
    async def waiting(self) -> tuple[Waiting, ...]:
        """See `base.Store`."""
        return await find_waiting(self.database)

    @undisturbed
    async def last_seqs(self, session_ids: Collection[str]) -> Mapping[str, int]:
        """See `base.Store`."""
        wanted = list(session_ids)
        found: dict[str, int] = {}
        async with self.database.read() as connection:
            for start in range(0, len(wanted), NAMES_AT_ONCE):
                names = wanted[start : start + NAMES_AT_ONCE]
                query = select(sessions.c.id, sessions.c.seq).where(sessions.c.id.in_(names))
                found.update((name, seq) for name, seq in await connection.execute(query))
        return found

    @undisturbed
    async def export_to(self, path: Path) -> int:
        """See `base.Store`."""
        return await export_file(self.database, path)

    @undisturbed
    async def import_from(self, path: Path) -> Transfer:
        """See `base.Store`."""
        return await import_file(self.database, path)

    @undisturbed
    async def forget_all(self) -> int:
        """See `base.Store`."""
        return await forget(self.database, None, everybody=(accounts, counters))

    @undisturbed
    async def close(self) -> None:
        """See `base.Store`."""
        await self.database.close()
