"""Every test of the store runs on SQLite and on PostgreSQL (tests/postgresql.py)."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from app.store.opening import open_store
from app.store.repository import SqlRepository, SqlStore
from tests.postgresql import on_server
from tests.store.made import SteadyClock

ROOT = Path(__file__).parents[2]


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
    on_server("DROP SCHEMA IF EXISTS public CASCADE", empty)
    on_server("CREATE SCHEMA public", empty)
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
