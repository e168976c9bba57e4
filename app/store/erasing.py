"""Deleting for good: rows, what was derived from them, and the bytes in the file."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, delete, select, true, tuple_

from app.errors import StoreError
from app.store.database import Database, undisturbed
from app.store.tables import answers, cards, reviewed, sessions, turns, usage
from app.store.writing import Scope

_CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"


class ErasingPart(Scope):
    """See `base.Archive`."""

    @undisturbed
    async def forget_session(self, session_id: str) -> None:
        """See `base.Archive`."""
        async with self.appending(session_id) as pen:
            asked = select(turns.c.question_id).where(turns.c.session_id == session_id)
            # Cards hold traces of the session; the other answers are reviewed anew.
            same = (
                select(answers.c.session_id, answers.c.seq)
                .join(sessions, sessions.c.id == answers.c.session_id)
                .join(
                    turns,
                    (turns.c.session_id == answers.c.session_id)
                    & (turns.c.position == answers.c.position),
                )
                .where(sessions.c.owner == self.owner, turns.c.question_id.in_(asked))
            )
            marks = tuple_(reviewed.c.session_id, reviewed.c.answer)
            await pen.connection.execute(delete(reviewed).where(marks.in_(same)))
            await pen.connection.execute(
                delete(cards).where(cards.c.owner == self.owner, cards.c.question_id.in_(asked))
            )
            await pen.connection.execute(delete(sessions).where(sessions.c.id == session_id))
        await scrub(self.database)

    @undisturbed
    async def forget_all(self) -> int:
        """See `base.Archive`."""
        return await forget(self.database, self.owner)


async def forget(database: Database, owner: str | None, everybody: Sequence[Table] = ()) -> int:
    """Delete everything of one owner's, or of everybody's; the number of sessions.

    `everybody` are further tables to empty, with what depends on them.
    """

    def of(column: ColumnElement[str]) -> ColumnElement[bool]:
        return true() if owner is None else column == owner

    async with database.write() as connection:
        for table in everybody:
            await connection.execute(delete(table))
        await connection.execute(delete(cards).where(of(cards.c.owner)))
        await connection.execute(delete(usage).where(of(usage.c.owner)))
        count = (await connection.execute(delete(sessions).where(of(sessions.c.owner)))).rowcount
    await scrub(database)
    return count


async def scrub(database: Database) -> None:
    """Overwrite what was deleted in a SQLite file and its log.

    `secure_delete` zeroes what is freed, VACUUM writes the file anew without it, and the log is
    emptied. PostgreSQL overwrites deleted rows in its own time (autovacuum). Raises StoreError
    where the rows are gone but their bytes could not be overwritten yet.
    """
    database.recent.clear()
    if not database.is_sqlite:
        return
    async with database.bare() as connection:
        await connection.exec_driver_sql("VACUUM")
        busy = (await connection.exec_driver_sql(_CHECKPOINT)).scalar_one()
    if busy:
        raise StoreError(
            "It is deleted, but another program keeps its traces in the database's log.",
            "Close other mockint windows and do it once more.",
        )
