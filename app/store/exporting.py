"""Writing everything to a file."""

from pathlib import Path

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.database import Database
from app.store.event_rows import read_raw
from app.store.export_file import Writer, writing
from app.store.tables import cards, reviewed, sessions, usage

_START = ("id", "owner", "mode", "language", "created_at", "wishes")


async def export_file(database: Database, path: Path, owner: str | None = None) -> int:
    """Write one owner's data, or everybody's, as of one moment; the number of sessions."""
    async with database.read() as connection:
        rows = await _rows(connection, sessions, owner, "number")
        with writing(path) as writer:
            for row in rows:
                await _write_session(connection, writer, row)
            for row in await _rows(connection, cards, owner, "question_id", "key_point_id"):
                writer.add(card=dict(row))
            for row in await _rows(connection, usage, owner, "at", "id"):
                writer.add(usage=dict(row))
    return len(rows)


async def _rows(
    connection: AsyncConnection, table: Table, owner: str | None, *order: str
) -> list[RowMapping]:
    query = select(table).order_by(*(table.c[name] for name in order))
    if owner is not None:
        query = query.where(table.c.owner == owner)
    return list((await connection.execute(query)).mappings())


async def _write_session(connection: AsyncConnection, writer: Writer, row: RowMapping) -> None:
    marks = select(reviewed.c.answer).where(reviewed.c.session_id == row["id"])
    events = await read_raw(connection, row["id"])
    writer.add(
        session={
            **{name: row[name] for name in _START},
            "events": [{"kind": kind, "key": key, "data": data} for kind, key, data in events],
            "reviewed": list(await connection.scalars(marks.order_by(reviewed.c.answer))),
        }
    )
