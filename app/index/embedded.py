"""Chroma inside this process."""

import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.errors import VectorIndexError, filled
from app.index.faults import IndexDamaged, translated
from app.index.process_lock import ProcessLock

if TYPE_CHECKING:
    from chromadb.api.client import Client

_FILES = "chroma-"
_READ_PATIENCE = 30.0
_SYNC_PATIENCE = 600.0


class EmbeddedConnection:
    """Chroma inside this process, with its files under `folder`.

    Embedded Chroma is made for one process: a second one that writes, or only opens the files
    while they are being written, leaves them broken, and an open client does not see what
    others wrote. So every use holds a lock between processes, and a client that was opened
    before somebody else's change is opened again.

    `unfinished` stands in the folder while Chroma is at work, and stays when a write fails or
    the process dies inside Chroma. Whoever finds it starts over with no files, because
    half-written ones can crash the whole process at each start. They are derived data: the next
    sync makes them anew. New files get a folder of a new name, for a client that was closed
    still has its files open for a while. `state` names that folder and the last change.
    """

    def __init__(self, folder: Path) -> None:
        self.where = str(folder)
        self._folder = folder
        self._unfinished = folder / "unfinished"
        self._spoilt = False
        self._state_file = folder / "state"
        self._state = ("", "")
        self._lock = ProcessLock(folder / "lock")
        self._mutex = threading.RLock()
        self._holders = 0
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
        with self.hold(_READ_PATIENCE), self._mutex, translated(self.where, ours=True):
            self._unfinished.touch()
            try:
                if self._client is None:
                    self._client = self._open()
                yield self._client
            finally:
                if not self._spoilt:
                    self._unfinished.unlink(missing_ok=True)

    @contextmanager
    def write(self) -> Iterator["Client"]:
        with self.use() as client:
            self._write_state(self._state[0])
            try:
                yield client
            except BaseException:
                self._spoilt = True
                raise

    def wipe(self) -> None:
        with self.hold(), self._mutex:
            self._start_over()

    def close(self) -> None:
        with self._mutex:
            self._close_client()
            if not self._holders:
                self._lock.close()

    def _enter(self, patience: float) -> None:
        self._lock.acquire(patience)
        try:
            state = self._read_state()
            if self._unfinished.exists() or state is None:
                self._start_over()
            elif state != self._state:
                self._close_client()
                self._state = state
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> "Client":
        try:
            return self._open_files()
        except IndexDamaged:
            self._start_over()
            self._unfinished.touch()
            return self._open_files()

    def _open_files(self) -> "Client":
        import chromadb  # noqa: PLC0415 - takes half a second, and only an index needs it
        from chromadb.config import Settings  # noqa: PLC0415 - the same

        with translated(self.where, ours=True):
            files = self._folder / self._state[0]
            files.mkdir(parents=True, exist_ok=True)
            settings = Settings(_env_file=None, anonymized_telemetry=False)
            return cast("Client", chromadb.PersistentClient(files, settings))

    def _close_client(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            client.close()

    def _start_over(self) -> None:
        """From here on there are no vectors; old files go as far as nobody has them open."""
        self._close_client()
        try:
            self._write_state(f"{_FILES}{uuid.uuid4().hex[:12]}")
            for old in self._folder.glob(f"{_FILES}*"):
                if old.name != self._state[0]:
                    shutil.rmtree(old, ignore_errors=True)
            self._unfinished.unlink(missing_ok=True)
        except OSError as error:
            raise VectorIndexError(
                filled(
                    "The index at {where} cannot be started over: {error}.",
                    where=self.where,
                    error=error,
                ),
                "Close other programs that use the folder and delete it by hand.",
            ) from error
        self._spoilt = False

    def _read_state(self) -> tuple[str, str] | None:
        """The folder of the files and the last change, or None where nothing usable is said."""
        try:
            files, _, change = self._state_file.read_text().partition(" ")
        except (OSError, ValueError):
            return None
        return (files, change) if files.startswith(_FILES) and files.isascii() else None

    def _write_state(self, files: str) -> None:
        self._state = (files, uuid.uuid4().hex)
        self._state_file.write_text(" ".join(self._state))
