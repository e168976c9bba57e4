"""Ways to reach Chroma: files of our own, or a server."""

import shutil
import threading
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from app.errors import VectorIndexError
from app.index.faults import IndexDamaged, translated
from app.index.process_lock import ProcessLock

if TYPE_CHECKING:
    from chromadb.api.client import Client

PREFIX = "mockint-"
"""What the name of every collection of ours starts with."""

_READ_PATIENCE = 30.0
_SYNC_PATIENCE = 600.0
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 120.0


class Connection(Protocol):
    """A Chroma client that is opened at its first use. Safe to call from threads."""

    where: str
    ours: bool

    def hold(self) -> AbstractContextManager[None]:
        """Keep other processes out for a longer piece of work."""

    def use(self) -> AbstractContextManager["Client"]:
        """The client, for a few calls; their errors are translated."""

    def write(self) -> AbstractContextManager["Client"]:
        """The client, for calls that change something."""

    def wipe(self) -> None:
        """Remove everything that mockint keeps there."""

    def close(self) -> None:
        """Close the client; the next use opens it again."""


class EmbeddedConnection:
    """Chroma inside this process, with its files under `folder`.

    Embedded Chroma is made for one process: a second one that writes, or only opens the files
    while they are being written, leaves them broken, and an open client does not see what
    others wrote. So every use holds a lock between processes, and a client that was opened
    before somebody else's change is opened again. `writing` marks a write under way; whoever
    finds it after the writer died throws the files away, because Chroma can crash the whole
    process on half-written ones. They are derived data: the next sync makes them anew.
    """

    ours = True

    def __init__(self, folder: Path) -> None:
        self.where = str(folder)
        self._files = folder / "chroma"
        self._writing = folder / "writing"
        self._generation = folder / "generation"
        self._lock = ProcessLock(folder / "lock")
        self._mutex = threading.RLock()
        self._holders = 0
        self._seen = ""
        self._client: Client | None = None

    @contextmanager
    def hold(self, patience: float = _SYNC_PATIENCE) -> Iterator[None]:
        with self._mutex:
            if not self._holders:
                self._enter(patience)
            self._holders += 1
        try:
            yield
        finally:
            with self._mutex:
                self._holders -= 1
                if not self._holders:
                    self._lock.release()

    @contextmanager
    def use(self) -> Iterator["Client"]:
        with self.hold(_READ_PATIENCE), self._mutex:
            if self._client is None:
                self._client = self._open()
            with translated(self.where, ours=True):
                yield self._client

    @contextmanager
    def write(self) -> Iterator["Client"]:
        with self.use() as client:
            self._writing.touch()
            self._next_generation()
            yield client
            self._writing.unlink()

    def wipe(self) -> None:
        with self.hold(), self._mutex:
            self._remove_files()

    def close(self) -> None:
        with self._mutex:
            self._close_client()
            if not self._holders:
                self._lock.close()

    def _enter(self, patience: float) -> None:
        self._lock.acquire(patience)
        try:
            if self._writing.exists():
                self._remove_files()
            elif self._read_generation() != self._seen:
                self._close_client()
                self._seen = self._read_generation()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> "Client":
        try:
            return self._open_files()
        except IndexDamaged:
            self._remove_files()
            return self._open_files()

    def _open_files(self) -> "Client":
        import chromadb  # noqa: PLC0415 - takes half a second, and only an index needs it
        from chromadb.config import Settings  # noqa: PLC0415 - the same

        with translated(self.where, ours=True):
            self._files.mkdir(parents=True, exist_ok=True)
            settings = Settings(_env_file=None, anonymized_telemetry=False)
            return cast("Client", chromadb.PersistentClient(self._files, settings))

    def _close_client(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            client.close()

    def _remove_files(self) -> None:
        self._close_client()
        try:
            self._next_generation()
            if self._files.exists():
                shutil.rmtree(self._files)
            self._writing.unlink(missing_ok=True)
        except OSError as error:
            raise VectorIndexError(
                f"The damaged index at {self.where} cannot be removed: {error}.",
                "Close other programs that use the folder and delete it by hand.",
            ) from error

    def _read_generation(self) -> str:
        return self._generation.read_text() if self._generation.exists() else ""

    def _next_generation(self) -> None:
        self._seen = uuid.uuid4().hex
        self._generation.write_text(self._seen)


class ServerConnection:
    """A Chroma server at `url`, such as http://localhost:8000; it keeps order among clients.

    User and password in the URL are sent as HTTP basic authentication, for a proxy before the
    server, and never shown.
    """

    ours = False

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise VectorIndexError(
                f"{url!r} is not the URL of a Chroma server.",
                "Set MOCKINT_CHROMA_URL to something like http://localhost:8000.",
            )
        self._parts = parts
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        self.where = bare.geturl().rstrip("/")
        self._mutex = threading.RLock()
        self._client: Client | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        yield

    @contextmanager
    def use(self) -> Iterator["Client"]:
        with self._mutex:
            if self._client is None:
                self._client = self._open()
            client = self._client
        with translated(self.where, ours=False):
            yield client

    def write(self) -> AbstractContextManager["Client"]:
        return self.use()

    def wipe(self) -> None:
        with self.use() as client:
            for collection in client.list_collections():
                if collection.name.startswith(PREFIX):
                    client.delete_collection(collection.name)

    def close(self) -> None:
        with self._mutex:
            if self._client is not None:
                client, self._client = self._client, None
                sessions = _sessions_of(client)
                client.close()
                for session in sessions:
                    session.close()

    def _open(self) -> "Client":
        import chromadb  # noqa: PLC0415 - takes half a second, and only an index needs it
        import httpx  # noqa: PLC0415 - comes with chromadb
        from chromadb.config import Settings  # noqa: PLC0415 - the same

        headers = self._headers()
        self._greet(httpx, headers)
        https = self._parts.scheme == "https"
        with translated(self.where, ours=False):
            client = cast(
                "Client",
                chromadb.HttpClient(
                    self.where if self._parts.path.strip("/") else str(self._parts.hostname),
                    self._parts.port or (443 if https else 80),
                    https,
                    headers,
                    Settings(_env_file=None, anonymized_telemetry=False),
                ),
            )
            for session in _sessions_of(client):
                session.timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
            return client

    def _headers(self) -> dict[str, str]:
        if self._parts.username is None:
            return {}
        pair = f"{unquote(self._parts.username)}:{unquote(self._parts.password or '')}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _greet(self, httpx: ModuleType, headers: dict[str, str]) -> None:
        """Raise VectorIndexError unless a present-day Chroma answers, and soon."""
        try:
            reply = httpx.get(
                f"{self.where}/api/v2/heartbeat", headers=headers, timeout=_CONNECT_SECONDS
            )
        except httpx.HTTPError as error:
            raise VectorIndexError(
                f"No Chroma server answers at {self.where}: {error or type(error).__name__}.",
                "Start it (chroma run), correct MOCKINT_CHROMA_URL, or unset it to use the "
                "embedded index.",
            ) from error
        if reply.status_code != HTTPStatus.OK:
            raise VectorIndexError(
                f"{self.where} answers {reply.status_code} where a Chroma server of version 1 "
                "would say that it is alive.",
                "Update the server to Chroma 1.0 or newer, or correct MOCKINT_CHROMA_URL.",
            )


def _sessions_of(client: Any) -> list[Any]:
    """The HTTP sessions inside Chroma's client, which neither limits their waiting nor closes them.

    There is no public way to them.
    """
    return [part._server._session for part in (client, client._admin_client)]


def connect(folder: Path, url: str = "") -> Connection:
    """To the server at `url`, or to files under `folder` where it is empty; opens nothing yet."""
    return ServerConnection(url) if url else EmbeddedConnection(folder)
