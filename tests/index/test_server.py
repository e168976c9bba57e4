"""A Chroma server that is shared, slow, old, gone or not one at all."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from app.errors import VectorIndexError
from app.index.base import SyncReport
from app.index.chroma import ChromaIndex
from app.index.connection import connect
from app.index.server import ServerConnection
from tests.index.banks import CountingEmbedder, large_bank, small_bank

BANK = small_bank()


@contextmanager
def serve(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """Answers every request alike; the URL, and the Authorization headers that came."""
    authorizations: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            authorizations.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads a log."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", authorizations
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def index_at(url: str) -> ChromaIndex:
    return ChromaIndex(CountingEmbedder(), ServerConnection(url))


def test_two_clients_share_what_one_has_embedded(
    clean_server: ServerConnection, chroma_server: str
) -> None:
    first, second = CountingEmbedder(), CountingEmbedder()
    ChromaIndex(first, clean_server).sync(BANK)
    connection = ServerConnection(f"{chroma_server}/")
    assert ChromaIndex(second, connection).sync(BANK) == SyncReport(0, 0, 4)
    assert second.texts == []
    connection.close()


def test_clients_that_sync_one_bank_at_once_leave_it_whole(
    clean_server: ServerConnection, chroma_server: str
) -> None:
    connections = [ServerConnection(chroma_server) for _ in range(3)]
    indexes = [ChromaIndex(CountingEmbedder(), connection) for connection in connections]
    bank = large_bank(300)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda index: index.sync(bank), indexes))
    last = ChromaIndex(CountingEmbedder(), clean_server)
    last.sync(bank)
    with clean_server.use() as client:
        assert sorted(c.count() for c in client.list_collections()) == [300, 900]
    assert last.sync(bank) == SyncReport(0, 0, 300)
    for connection in connections:
        connection.close()


def test_a_client_that_syncs_later_takes_over(clean_server: ServerConnection) -> None:
    first = ChromaIndex(CountingEmbedder(), clean_server)
    second = ChromaIndex(CountingEmbedder(), clean_server)
    told: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 1:
            second.sync(large_bank(300))

    assert first.sync(large_bank(300, wording="旧"), meanwhile).embedded == 128
    assert second.sync(large_bank(300)) == SyncReport(0, 0, 300)


def test_nothing_of_others_is_removed_with_ours(clean_server: ServerConnection) -> None:
    with clean_server.use() as client:
        client.get_or_create_collection("somebody-elses", embedding_function=None)
    index = ChromaIndex(CountingEmbedder(), clean_server)
    index.sync(BANK)
    index.rebuild()
    assert index.nearest_questions(["如何做数据备份？"], 1)[0][0].question_id == "backup"
    clean_server.wipe()
    with clean_server.use() as client:
        assert [collection.name for collection in client.list_collections()] == ["somebody-elses"]
        client.delete_collection("somebody-elses")


def test_a_server_that_is_down_is_an_error_with_a_remedy() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(VectorIndexError, match=f"No Chroma server .*:{port}") as caught:
        index_at(f"http://127.0.0.1:{port}").sync(BANK)
    assert "chroma run" in caught.value.remedy


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        pytest.param(404, b'{"detail":"Not Found"}', "answers 404", id="old-chroma"),
        pytest.param(410, b"The v1 API is deprecated.", "answers 410", id="other-version"),
        pytest.param(200, b"<html>", "failed", id="a-web-page"),
        pytest.param(200, b"{}", "failed", id="another-service"),
        pytest.param(401, b"", "answers 401", id="no-key"),
        pytest.param(500, b"oops", "answers 500", id="broken"),
    ],
)
def test_what_is_no_chroma_server_of_today_is_an_error_with_a_remedy(
    status: int, body: bytes, message: str
) -> None:
    with serve(status, body) as (url, _), pytest.raises(VectorIndexError, match=message) as caught:
        index_at(url).sync(BANK)
    assert "MOCKINT_CHROMA_URL" in caught.value.remedy


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        connection = ServerConnection(
            f"http://127.0.0.1:{silent.getsockname()[1]}", greeting_seconds=0.1
        )
        with pytest.raises(VectorIndexError, match="No Chroma server answers"), connection.use():
            pass


def test_user_and_password_are_sent_and_never_shown() -> None:
    with serve(401, b"") as (url, authorizations):
        secret = url.replace("http://", "http://me:p%40ss@")
        with pytest.raises(VectorIndexError) as caught:
            index_at(secret).sync(BANK)
    assert authorizations == ["Basic bWU6cEBzcw=="]
    assert "p%40ss" not in str(caught.value)
    assert "p@ss" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "chroma", "ftp://localhost", "http://", "http://localhost:port"]
)
def test_what_is_no_url_is_an_error_with_an_example(url: str, tmp_path: Any) -> None:
    with pytest.raises(VectorIndexError, match="not the URL") as caught:
        connect(tmp_path, url)
    assert "http://localhost:8000" in caught.value.remedy
