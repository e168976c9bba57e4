"""Chroma on a server."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

from app.errors import VectorIndexError, filled
from app.index.faults import translated
from app.index.rows import PREFIX

if TYPE_CHECKING:
    from chromadb.api.client import Client

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 120.0


class ServerConnection:
    """A Chroma server at `url`, such as http://localhost:8000; it keeps order among clients.

    User and password in the URL are sent as HTTP basic authentication, for a proxy before the
    server, and never shown.
    """

    def __init__(self, url: str, *, greeting_seconds: float = _CONNECT_SECONDS) -> None:
        """Raises VectorIndexError for what is no URL; the first answer must come that soon."""
        parts = _split(url)
        self._parts = parts
        self._greeting_seconds = greeting_seconds
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
                f"{self.where}/api/v2/heartbeat", headers=headers, timeout=self._greeting_seconds
            )
        except httpx.HTTPError as error:
            raise VectorIndexError(
                filled(
                    "No Chroma server answers at {where}: {error}.",
                    where=self.where,
                    error=error or type(error).__name__,
                ),
                "Start it (chroma run), correct MOCKINT_CHROMA_URL, or unset it to use the "
                "embedded index.",
            ) from error
        if reply.status_code != HTTPStatus.OK:
            raise VectorIndexError(
                filled(
                    "{where} answers {status_code} where a Chroma server of version 1 "
                    "would say that it is alive.",
                    where=self.where,
                    status_code=reply.status_code,
                ),
                "Update the server to Chroma 1.0 or newer, or correct MOCKINT_CHROMA_URL.",
            )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise VectorIndexError(
            filled("{url!r} is not the URL of a Chroma server.", url=url.rpartition("@")[2]),
            "Set MOCKINT_CHROMA_URL to something like http://localhost:8000.",
        )
    return parts


def _sessions_of(client: Any) -> list[Any]:
    """The HTTP sessions inside Chroma's client, which neither limits their waiting nor closes them.

    There is no public way to them.
    """
    return [part._server._session for part in (client, client._admin_client)]
