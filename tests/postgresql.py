"""Databases on a real PostgreSQL server.

It is looked for at MOCKINT_TEST_POSTGRES_URL; where there is none the tests that want it are
skipped, but not in CI, where it is promised. Each test session works in databases of its own.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

SERVER = os.environ.get(
    "MOCKINT_TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
IN_CI = os.environ.get("CI", "").casefold() in ("1", "true")


def on_server(statement: str, database: str = SERVER) -> None:
    """Run a statement."""

    async def run() -> None:
        connection = await asyncpg.connect(_dsn(database), timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def column_of(database: str, table: str, name: str) -> list[object]:
    """A column in the order that rows were written in; asyncpg.UndefinedTableError without it."""

    async def run() -> list[object]:
        connection = await asyncpg.connect(_dsn(database), timeout=5)
        try:
            rows = await connection.fetch(f"SELECT {name} FROM {table} ORDER BY ctid")
        finally:
            await connection.close()
        return [row[0] for row in rows]

    return asyncio.run(run())


def _dsn(database: str) -> str:
    return make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[Callable[..., str]]:
    """Makes empty databases on the server and drops them in the end."""
    made: list[str] = []

    def make(encoding: str = "UTF8") -> str:
        name = f"mockint_test_{os.getpid()}_{secrets.token_hex(4)}"
        try:
            on_server(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
        except (OSError, asyncpg.PostgresError) as error:
            reason = f"no PostgreSQL at {SERVER}: {error}"
            if IN_CI:
                pytest.fail(f"{reason}; CI promises one")
            pytest.skip(f"{reason}; set MOCKINT_TEST_POSTGRES_URL")
        on_server(f"ALTER DATABASE {name} SET synchronous_commit = off")  # tests need no fsync
        made.append(name)
        return make_url(SERVER).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql(new_postgresql: Callable[[], str]) -> str:
    """One database for all tests that clean up after themselves."""
    return new_postgresql()
