"""Real server processes as fixtures, a scripted model beside them, and both kinds of database."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scripted_llm.server import Persona, ScriptedLLM
from tests.web.server import Server

StartServer = Callable[..., Server]


@contextmanager
def model_at_work(persona: Persona) -> Iterator[ScriptedLLM]:
    """A scripted endpoint on a thread of its own, so that tests may wait."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = ScriptedLLM(persona)
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="session")
def indexed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index is made, to be copied: making it takes some seconds."""
    home = tmp_path_factory.mktemp("indexed")
    server = Server({"MOCKINT_HOME": str(home)})
    server.stop()
    return home


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting that names a database with nothing in it."""
    if request.param == "sqlite":
        return {}
    make: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return {"MOCKINT_DATABASE_URL": make()}


@pytest.fixture
def start(indexed_home: Path, home: Path) -> Iterator[StartServer]:
    """Starts servers on one home; what still runs is killed in the end."""
    shutil.copytree(indexed_home, home)
    (home / "mockint.db").unlink(missing_ok=True)
    started: list[Server] = []

    def start_one(*arguments: str, **environment: str) -> Server:
        server = Server({"MOCKINT_HOME": str(home)} | environment, *arguments)
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.kill()


def with_model(server: ScriptedLLM, **more: str) -> dict[str, str]:
    """The settings that have a scripted endpoint judge."""
    return {"OPENAI_BASE_URL": server.base_url, "MOCKINT_LLM_MODEL": "scripted"} | more
