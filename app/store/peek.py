"""One look into a SQLite database without SQLAlchemy, for what must be known at once."""

import contextlib
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.store.rows import AskedRow

_SENT = """
(SELECT count(*) FROM answers AS a WHERE a.session_id = s.id AND a.step = 0 AND a.attempt = 1)
+ (SELECT count(*) FROM events AS e WHERE e.session_id = s.id AND e.kind = 'skip')
"""
_LAST = f"""
SELECT s.id, s.language, s.planned, {_SENT}, s.status
FROM sessions AS s
WHERE s.owner = ? AND substr(s.id, 1, length(?)) = ? AND (? <> '' OR {_SENT} > 0)
ORDER BY s.number DESC
LIMIT 1
"""  # noqa: S608 - only constants are put in
_ASKED = """
SELECT t.question_id, count(*), max(s.number), max(e.at)
FROM sessions AS s
JOIN turns AS t ON t.session_id = s.id
JOIN events AS e ON e.session_id = s.id AND e.seq = t.seq
WHERE s.owner = ?
GROUP BY t.question_id
ORDER BY t.question_id
"""
_NUMBERS = "SELECT number FROM sessions WHERE owner = ? ORDER BY number"


@dataclass(frozen=True, slots=True)
class LastSession:
    """The newest session in which something was sent; `sent` counts questions dealt with."""

    session_id: str
    language: str
    planned: int
    sent: int
    ended: bool


def peek_last(path: Path, owner: str, name: str = "") -> LastSession | None:
    """The owner's newest session, of those whose id begins with `name`, in milliseconds.

    None also where the file is missing, locked or unreadable: opening the store says why.
    """
    if not path.is_file():
        return None
    with contextlib.suppress(sqlite3.Error), _reading(path) as connection:
        row = connection.execute(_LAST, (owner, name, name, name)).fetchone()
        if row is not None:
            name, language, planned, sent, status = row
            return LastSession(name, language, planned, sent, status == "ended")
    return None


def peek_asked(path: Path, owner: str) -> tuple[AskedRow, ...] | None:
    """What `Archive.asked` says, in milliseconds; None where the file cannot be read now."""
    if not path.is_file():
        return ()
    with contextlib.suppress(sqlite3.Error), _reading(path) as connection:
        order = [number for (number,) in connection.execute(_NUMBERS, (owner,))]
        return tuple(
            AskedRow(name, times, len(order) - bisect_right(order, number), _moment(last_at))
            for name, times, number, last_at in connection.execute(_ASKED, (owner,))
        )
    return None


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    source = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(source, uri=True, timeout=0.2)) as connection:
        yield connection


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
