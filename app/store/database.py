"""One open database: connections, transactions, the clock."""

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import StoreError, filled
from app.store.failures import translated
from app.store.recent import Recent

BUSY_SECONDS = 10.0
CONNECT_SECONDS = 10.0
STATEMENT_SECONDS = 60.0

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]

_BEGIN = "mockint_begin"
_FILE = "mockint_file"
_PRAGMAS = (
    f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # a committed answer outlives a power cut
    "PRAGMA secure_delete = ON",  # deleted text is overwritten in the file
    "PRAGMA trusted_schema = OFF",
)


def undisturbed(
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let a method finish what it began; that its caller was cancelled takes effect afterwards.

    A transaction that is cut off in the middle of a call to SQLite can leave its lock behind.
    """

    @wraps(method)
    async def finish(*args: P.args, **kwargs: P.kwargs) -> T:
        work = asyncio.ensure_future(method(*args, **kwargs))
        cancelled: asyncio.CancelledError | None = None
        while not work.done():
            try:
                await asyncio.wait([work])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is None or work.cancelled():
            return work.result()
        work.exception()  # looked at, since nobody else will
        raise cancelled

    return finish


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Database:
    """Transactions on one database; `where` names it in messages, without a password."""

    def __init__(self, url: URL, clock: Clock = utc_now) -> None:
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.where = repr(url.database if self.is_sqlite else url.render_as_string())
        self.clock = clock
        self.recent = Recent()
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        # In one process writers queue here, in order; SQLite's own waiting is by polling.
        self._turnstile = asyncio.Lock() if self.is_sqlite else None
        reading = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**reading)
        self._writer = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._bare = self.engine.execution_options(**{_BEGIN: ""})

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database throughout."""
        with translated(self.where):
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is stored when the block ends, or not at all."""
        with translated(self.where):
            async with self._one_writer(), self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[AsyncConnection]:
        """A SQLite connection without a transaction, for statements that allow none."""
        with translated(self.where):
            async with self._one_writer(), self._bare.connect() as connection:
                yield connection

    async def now(self, connection: AsyncConnection) -> datetime:
        """The time that leases go by: the server's, where several machines share one."""
        if self.is_sqlite:
            return self.clock()
        moment = await connection.scalar(select(func.clock_timestamp()))
        assert isinstance(moment, datetime)
        return moment

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def close(self) -> None:
        """Close all connections."""
        with translated(self.where):
            await self.engine.dispose()

    def _one_writer(self) -> AbstractAsyncContextManager[Any]:
        return nullcontext() if self._turnstile is None else self._turnstile


def touch(path: Path, *, create: bool = False) -> None:
    """Make sure of a file that can be read and written; a new one only its owner can read.

    One that is there is never opened here: closing it again would take with it the locks that
    this process's connections hold (POSIX has them by process and file), and another process
    that closes its own would then remove the log from under them. Raises StoreError.
    """
    try:
        if create and _made(path):
            return
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StoreError(
            filled(
                "The database {path!r} cannot be opened: {reason}.",
                path=str(path),
                reason=error.strerror,
            ),
            "Check that its folder exists and that you may write there.",
        ) from error


def _made(path: Path) -> bool:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file this is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite_engine(url: URL) -> AsyncEngine:
    # isolation_level None: the driver keeps out of transactions, the hook below begins them
    engine = create_async_engine(url, connect_args={"isolation_level": None})
    path = Path(str(url.database))

    @event.listens_for(engine.sync_engine, "do_connect")
    def look(_dialect: object, _record: object, where: list[str], _options: object) -> None:
        # Before a thread is started for it; and SQLite would make a new, empty file.
        touch(Path(where[0]))

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(path)
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A file that was deleted stays open, and takes with it what is written to it.
        if _identity(path) != connection.info[_FILE]:
            connection.invalidate()
            raise StoreError(
                filled(
                    "The database {path!r} was taken away or replaced while it was open.",
                    path=str(path),
                ),
                "Put it back and try again; nothing was written to it meanwhile.",
            )
        statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)

    return engine


def _postgresql_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {"application_name": "mockint"},
        },
    )
