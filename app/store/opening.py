"""Opening a database: finding it, bringing its tables up to date, refusing what cannot be used."""

import asyncio
import contextlib
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import StoreError, filled
from app.store.database import Clock, Database, touch, utc_now
from app.store.repository import SqlStore

HEAD = "0003"  # the newest migration; known here so that alembic is imported only when needed
VERSION_TABLE = "mockint_version"  # not alembic's own name, so that a database can be shared
_ADVISORY_LOCK = 0x6D6F636B  # any number that all mockints agree on
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


async def open_store(location: str | Path, *, clock: Clock = utc_now) -> SqlStore:
    """Open a database, making or upgrading its tables as needed.

    `location` is a SQLAlchemy URL, or the path of a SQLite file. Several processes may open one
    database at once. Raises StoreError, and leaves the database as it was, where it cannot be
    used or was written by a newer mockint.
    """
    url = _url_of(location)
    database = Database(url, clock)
    try:
        if database.is_sqlite:
            _prepare_file(Path(url.database or ""))
            await _write_ahead(database)
        else:
            await _check_encoding(database)
        await _bring_up_to_date(database)
    except BaseException:
        await database.close()
        raise
    return SqlStore(database)


def _url_of(location: str | Path) -> URL:
    if isinstance(location, Path):
        return URL.create(_DRIVERS["sqlite"], database=str(location))
    try:
        url = make_url(location.replace("postgres://", "postgresql://", 1))
        driver = _DRIVERS[url.get_backend_name()]
    except (ArgumentError, KeyError, ValueError) as error:
        raise StoreError(
            "MOCKINT_DATABASE_URL names no database that mockint knows.",
            "Use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
        ) from error
    if driver.endswith("asyncpg") and find_spec("asyncpg") is None:
        raise StoreError(
            "PostgreSQL needs the asyncpg library, which is not installed.",
            "Install it: pip install 'mockint[postgres]'.",
        )
    query = dict(url.query)
    if "sslmode" in query:  # libpq's word for what asyncpg calls ssl
        query["ssl"] = query.pop("sslmode")
    if driver.endswith("aiosqlite") and (
        not url.database or url.database.startswith((":memory:", "file:")) or query
    ):
        raise StoreError(
            "MOCKINT_DATABASE_URL names no file that keeps what is stored.",
            "Use sqlite:///PATH, with a fourth slash for an absolute path.",
        )
    return url.set(drivername=driver, query=query)


def _prepare_file(path: Path) -> None:
    """The folder and an empty file that only its owner can read, where there is none yet."""
    with contextlib.suppress(OSError):  # touch will say what is wrong
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    touch(path, create=True)


async def _write_ahead(database: Database) -> None:
    """Readers and one writer at a time without blocking each other.

    SQLite does not wait for its lock when several processes switch a new file over at once.
    """
    for attempt in range(20):
        try:
            async with database.bare() as connection:
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except StoreError as error:
            if "busy" not in error.message or attempt == 19:
                raise
            await asyncio.sleep(0.05)


async def _check_encoding(database: Database) -> None:
    try:
        async with database.read() as connection:
            encoding = await connection.scalar(text("SHOW server_encoding"))
    except TypeError as error:
        raise StoreError(
            filled(
                "MOCKINT_DATABASE_URL has an option that PostgreSQL's driver does not "
                "know: {error}.",
                error=error,
            ),
            "Correct what stands after the question mark.",
        ) from error
    if encoding != "UTF8":
        raise StoreError(
            filled(
                "The database {where} stores text as {encoding}, which has no Chinese.",
                where=database.where,
                encoding=encoding,
            ),
            "Create it anew: CREATE DATABASE mockint ENCODING 'UTF8' TEMPLATE template0.",
        )


async def _bring_up_to_date(database: Database) -> None:
    async with database.read() as connection:
        if await connection.run_sync(_version) == HEAD:
            return
    async with database.write() as connection:
        await _upgrade(database, connection)


async def _upgrade(database: Database, connection: AsyncConnection) -> None:
    # A SQLite write transaction is alone by itself.
    if not database.is_sqlite:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    version = await connection.run_sync(_version)
    if version == HEAD:
        return
    # costs 140 ms, and is wanted only when tables change
    from app.store.migrations.upgrade import known_versions, upgrade  # noqa: PLC0415

    if version is not None and version not in known_versions():
        raise StoreError(
            filled(
                "The database {where} was written by a newer mockint "
                "(tables {version!r}, known here up to {known!r}).",
                where=database.where,
                version=version,
                known=HEAD,
            ),
            "Upgrade mockint. Nothing was changed.",
        )
    await connection.run_sync(upgrade, VERSION_TABLE)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(
        select(column("version_num")).select_from(table(VERSION_TABLE))
    )
    return version
