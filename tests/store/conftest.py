"""Every test of the store runs on SQLite and on PostgreSQL.

PostgreSQL is looked for at MOCKINT_TEST_POSTGRES_URL; where there is none the tests are skipped,
but not in CI, where it is promised. Each test session works in a database of its own there.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.store.opening import open_store
from app.store.repository import SqlRepository, SqlStore
from tests.store.made import SteadyClock

SERVER = os.environ.get(
    "MOCKINT_TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
ROOT = Path(__file__).parents[2]
IN_CI = os.environ.get("CI", "").casefold() in ("1", "true")


def _on_server(statement: str, database: str = SERVER) -> None:
    async def run() -> None:
        url = make_url(database).set(drivername="postgresql")
        dsn = url.render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn, timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[Callable[..., str]]:
    """Makes empty databases on the server and drops them in the end."""
    made: list[str] = []

    def make(encoding: str = "UTF8") -> str:
        name = f"mockint_test_{os.getpid()}_{secrets.token_hex(4)}"
        try:
            _on_server(
                f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"
            )
        except (OSError, asyncpg.PostgresError) as error:
            reason = f"no PostgreSQL at {SERVER}: {error}"
            if IN_CI:
                pytest.fail(f"{reason}; CI promises one")
            pytest.skip(f"{reason}; set MOCKINT_TEST_POSTGRES_URL")
        _on_server(f"ALTER DATABASE {name} SET synchronous_commit = off")  # tests need no fsync
        made.append(name)
        return make_url(SERVER).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql(new_postgresql: Callable[[], str]) -> str:
    """One database for all tests that clean up after themselves."""
    return new_postgresql()


@pytest.fixture(scope="session")
def blank_postgresql(new_postgresql: Callable[[], str]) -> str:
    """One database for the tests that begin without tables."""
    return new_postgresql()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a store with nothing in it can be opened."""
    if request.param == "sqlite":
        return tmp_path / "data" / "mockint.db"
    return request.getfixturevalue("postgresql")


@pytest.fixture
def blank(request: pytest.FixtureRequest, location: str | Path) -> str | Path:
    """As `location`, and without any tables."""
    if isinstance(location, Path):
        return location
    empty: str = request.getfixturevalue("blank_postgresql")
    _on_server("DROP SCHEMA IF EXISTS public CASCADE", empty)
    _on_server("CREATE SCHEMA public", empty)
    return empty


@pytest.fixture
def clock() -> SteadyClock:
    """The store's clock, which stands still until a test moves it."""
    return SteadyClock()


@pytest.fixture(scope="session")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with its tables, to be copied, since making them takes a while."""
    path = tmp_path_factory.mktemp("made-before") / "mockint.db"

    async def make() -> None:
        await (await open_store(path)).close()

    asyncio.run(make())
    return path


@pytest.fixture
async def store(
    location: str | Path, clock: SteadyClock, made_before: Path
) -> AsyncIterator[SqlStore]:
    """An open store with nothing in it."""
    if isinstance(location, Path):
        location.parent.mkdir()
        shutil.copy(made_before, location)
    store = await open_store(location, clock=clock)
    try:
        yield store
        await store.forget_all()
    finally:
        await store.close()


@pytest.fixture
def mine(store: SqlStore) -> SqlRepository:
    """The repository of one owner."""
    return store.of("local")


@pytest.fixture
def start_worker(location: str | Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `worker.py` on the location as a real process; leftovers are killed in the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, at: str | Path = location) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.worker", str(at), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
