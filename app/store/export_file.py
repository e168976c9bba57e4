"""The file that moves data between machines: one JSON document a line.

The first line names format and version. Then comes a line for each session with its events, for
each memory card and for each usage entry. The last line has the number of lines before it and
their SHA-256, so that a file that was cut off is told from a whole one.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.domain.events import SessionMode
from app.errors import ExportUnusable, StoreError, filled

FORMAT = "mockint-export"
VERSION = 1


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventLine(_Strict):
    """An event; `data` holds all its fields."""

    kind: str
    key: str | None
    data: dict[str, Any]


class SessionLine(_Strict):
    """A session with all that happened in it; `reviewed` are numbers of answers."""

    id: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1, max_length=200)
    mode: SessionMode
    language: str
    created_at: AwareDatetime
    wishes: dict[str, Any]
    events: list[EventLine]
    reviewed: list[int]


class CardLine(_Strict):
    """A memory card."""

    owner: str = Field(min_length=1, max_length=200)
    question_id: str = Field(max_length=200)
    key_point_id: str = Field(max_length=200)
    due_at: AwareDatetime
    state: str


class UsageLine(_Strict):
    """What calls cost."""

    id: str = Field(min_length=1, max_length=32)
    owner: str = Field(min_length=1, max_length=200)
    at: AwareDatetime
    purpose: str = Field(max_length=32)
    model: str
    session_id: str | None
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class _End(_Strict):
    lines: int
    sha256: str


class _Line(_Strict):
    session: SessionLine | None = None
    card: CardLine | None = None
    usage: UsageLine | None = None
    end: _End | None = None


Entry = SessionLine | CardLine | UsageLine


class Writer:
    """Writes lines and, at the end, their digest."""

    def __init__(self, path: int) -> None:
        self._file = os.fdopen(path, "wb")
        self._digest = hashlib.sha256()
        self._lines = 0

    def add(self, **line: object) -> None:
        """Write one line; `line` has one field, named for what it holds."""
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=_moment)
        raw = text.encode() + b"\n"
        self._file.write(raw)
        self._digest.update(raw)
        self._lines += 1

    def finish(self) -> None:
        """Write the last line and make sure that it is on the disk."""
        self.add(end={"lines": self._lines, "sha256": self._digest.hexdigest()})
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file, whole or not."""
        self._file.close()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer whose file takes its name only once it is whole; only its owner can read it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        writer = Writer(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            writer.add(format=FORMAT, version=VERSION)
            yield writer
            writer.finish()
        finally:
            writer.close()
        part.replace(path)
    except OSError as error:
        raise StoreError(
            filled(
                "The export {path!r} cannot be written: {reason}.",
                path=str(path),
                reason=error.strerror,
            ),
            "Check the folder and the free space; a file that was there before is unchanged.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def reading(path: Path) -> Iterator[Entry]:
    """The entries of an exported file, checked one by one and, at the end, as a whole.

    Raises ExportUnusable where the file cannot be read, is of another version or is damaged; that
    may be after its last entry, so nothing may be kept before the iterator is through.
    """
    try:
        with path.open("rb") as file:
            yield from _entries(path, file)
    except OSError as error:
        raise ExportUnusable(
            filled(
                "The file {path!r} cannot be read: {reason}.", path=str(path), reason=error.strerror
            ),
            "Check its name.",
        ) from error


def _entries(path: Path, file: Any) -> Iterator[Entry]:
    digest, number = hashlib.sha256(), 0
    for number, raw in enumerate(file, start=1):
        if number == 1:
            _check_head(path, raw)
        else:
            line = _read_line(path, number, raw)
            if line.end is not None:
                if (line.end.lines, line.end.sha256) != (number - 1, digest.hexdigest()):
                    damaged(path, number, filled("its lines do not match the digest"))
                if file.read(1):
                    damaged(path, number + 1, filled("there is more after the end"))
                return
            entry = line.session or line.card or line.usage
            if entry is None:
                damaged(path, number, filled("the line is empty"))
            yield entry
        digest.update(raw)
    if number == 0:
        _check_head(path, b"")
    damaged(path, number, filled("the end is missing"))


def _check_head(path: Path, raw: bytes) -> None:
    try:
        head = json.loads(raw)
        is_ours = head["format"] == FORMAT
        version = head["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        is_ours, version = False, None
    if not is_ours:
        raise ExportUnusable(
            filled("The file {path!r} is not a mockint export.", path=str(path)),
            "Use a file that mockint export made. Nothing was changed.",
        )
    if version != VERSION:
        raise ExportUnusable(
            filled(
                "The file {path!r} has version {version!r}; this mockint reads {known}.",
                path=str(path),
                version=version,
                known=VERSION,
            ),
            "Upgrade mockint and try again. Nothing was changed.",
        )


def _read_line(path: Path, number: int, raw: bytes) -> _Line:
    try:
        return _Line.model_validate(json.loads(raw, parse_constant=_no_number))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        damaged(path, number, f"{place}: {error.errors()[0]['msg']}", error)
    except (ValueError, RecursionError) as error:
        damaged(path, number, filled("it is not JSON"), error)


def damaged(path: Path, line: int, what: str, error: Exception | None = None) -> NoReturn:
    """Raise ExportUnusable about one line."""
    raise ExportUnusable(
        filled(
            "The file {path!r} is damaged at line {line}: {what}.",
            path=str(path),
            line=line,
            what=what,
        ),
        "Export it again. Nothing was changed.",
    ) from error


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
