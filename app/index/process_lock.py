"""A lock between processes."""

import sqlite3
from pathlib import Path

from app.errors import VectorIndexError, filled


class ProcessLock:
    """Held by at most one process at a time, and let go by the system when that process dies.

    An exclusive SQLite transaction does this on every system without a further dependency. Not
    safe to call from threads: the owner sees to that.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def acquire(self, patience: float) -> None:
        """Wait up to `patience` seconds; raises VectorIndexError when it is still held then."""
        try:
            if self._connection is None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._connection = sqlite3.connect(
                    self._file, isolation_level=None, check_same_thread=False
                )
            self._connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise VectorIndexError(
                    filled(
                        "Another mockint has been writing the index in {parent!r} for more than "
                        "{patience:.0f} seconds.",
                        parent=str(self._file.parent),
                        patience=patience,
                    ),
                    "Wait until it is done and try again.",
                ) from error
            raise self._unusable(error) from error
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._unusable(error) from error

    def release(self) -> None:
        """Let the next process have it."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Release, and close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unusable(self, error: Exception) -> VectorIndexError:
        self.close()
        return VectorIndexError(
            filled(
                "The index folder {parent!r} cannot be used: {error}.",
                parent=str(self._file.parent),
                error=error,
            ),
            "Make the folder writable, or set MOCKINT_HOME to a folder that is.",
        )
