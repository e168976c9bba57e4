"""Ways to reach Chroma."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.index.embedded import EmbeddedConnection
from app.index.server import ServerConnection

__all__ = ["Connection", "EmbeddedConnection", "ServerConnection", "connect"]

if TYPE_CHECKING:
    from chromadb.api.client import Client


class Connection(Protocol):
    """A Chroma client that is opened at its first use. Safe to call from threads."""

    where: str

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


def connect(folder: Path, url: str = "") -> Connection:
    """To the server at `url`, or to files under `folder` where it is empty; opens nothing yet."""
    return ServerConnection(url) if url else EmbeddedConnection(folder)
