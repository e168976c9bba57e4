"""Indexes of every kind, over real Chroma: files in a folder, and a server process."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.embedding.base import Embedder
from app.index.base import BankIndex
from app.index.chroma import ChromaIndex
from app.index.embedded import EmbeddedConnection
from app.index.in_memory import InMemoryIndex
from app.index.server import ServerConnection

OpenIndex = Callable[[Embedder], BankIndex]


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of `chroma run` in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma-server")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.kill()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the Chroma server ended at once"
        try:
            httpx.get(f"{url}/api/v2/heartbeat").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the Chroma server does not answer")


@pytest.fixture(scope="session")
def server_connection(chroma_server: str) -> Iterator[ServerConnection]:
    """One client for all tests, as opening one takes longer than most of them."""
    connection = ServerConnection(chroma_server)
    yield connection
    connection.close()


@pytest.fixture
def clean_server(server_connection: ServerConnection) -> ServerConnection:
    """The server without any collection of ours."""
    server_connection.wipe()
    return server_connection


@pytest.fixture(params=["embedded", "server", "in-memory"])
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenIndex]:
    """Opens indexes of one kind that share their place."""
    opened: list[BankIndex] = []

    def open_one(embedder: Embedder) -> BankIndex:
        if request.param == "in-memory":
            return InMemoryIndex(embedder)
        if request.param == "server":
            return ChromaIndex(embedder, request.getfixturevalue("clean_server"))
        index = ChromaIndex(embedder, EmbeddedConnection(tmp_path / "index"))
        opened.append(index)
        return index

    yield open_one
    for index in opened:
        index.close()
