"""The file of a run while it grows, and as it is read again.

While a run is under way its graded cases are appended to `OUT.partial.jsonl`; at the end they
are copied in case order into OUT, one case a line, without ever being held together.
"""

import json
import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from app.errors import EvalError, filled
from app.evals.lines import CaseRow, Line, row_of

FORMAT = "mockint-run/1"

_ABSENT = -1
_TAIL = b"}\n"


class PartialRun:
    """The graded cases of an unfinished run, kept so that it can go on after an interruption.

    `done` tells which case numbers are graded. Cases that were left ungraded are graded again.
    """

    def __init__(self, out: Path, inputs: str, *, fresh: bool = False) -> None:
        """Opens or creates the file; raises EvalError where it belongs to another run."""
        self.path = out.with_name(out.name + ".partial.jsonl")
        self._offsets = array("q")
        self._lengths = array("q")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            if fresh:
                self.path.unlink(missing_ok=True)
            self._file: IO[bytes] = self.path.open("a+b")
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._check_header(inputs)

    def resume(self) -> Iterator[CaseRow]:
        """What earlier runs finished; to be read once, before anything is added."""
        self._file.seek(self._begin)
        end = self._begin
        while (line := self._file.readline()).endswith(_TAIL):
            try:
                number, row = _read(line)
            except (ValueError, KeyError, TypeError):
                break
            if row.graded:
                self._remember(number, end, line)
                yield row
            end += len(line)
        self._file.truncate(end)  # a line that was cut off by the interruption
        self._file.seek(end)

    def done(self, number: int) -> bool:
        """Whether this case has a grade."""
        return number < len(self._offsets) and self._offsets[number] != _ABSENT

    def add(self, number: int, line: bytes) -> None:
        """Append one graded case; `line` is a JSON object with its line end."""
        wrapped = b'{"n":%d,"case":' % number + line[:-1] + _TAIL
        offset = self._file.tell()
        try:
            self._file.write(wrapped)
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._remember(number, offset, wrapped)

    def assemble(self, out: Path, head: dict[str, Any]) -> None:
        """Write OUT from `head` and the cases in order, then remove the partial file."""
        draft = out.with_name(f".{out.name}.{os.getpid()}.tmp")
        try:
            with draft.open("wb") as file:
                for key, value in ({"format": FORMAT} | head).items():
                    opening = b"{" if key == "format" else b" "
                    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
                    file.write(opening + json.dumps(key).encode() + b": ")
                    file.write(text.encode(errors="replace") + b",\n")
                file.write(b' "cases": [\n')
                self._copy_cases(file)
                file.write(b"]}\n")
            draft.replace(out)
        except OSError as error:
            raise _unwritable(out, error) from error
        finally:
            draft.unlink(missing_ok=True)
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; what was graded stays in it."""
        self._file.close()

    def _copy_cases(self, file: IO[bytes]) -> None:
        first = True
        for number, offset in enumerate(self._offsets):
            if offset == _ABSENT:
                continue
            self._file.seek(offset)
            wrapped = self._file.read(self._lengths[number])
            file.write(b"" if first else b",\n")
            file.write(wrapped[wrapped.index(b'"case":') + 7 : -len(_TAIL)])
            first = False
        file.write(b"\n")

    def _check_header(self, inputs: str) -> None:
        header = json.dumps({"format": FORMAT, "inputs": inputs}).encode() + b"\n"
        self._begin = len(header)
        self._file.seek(0)
        found = self._file.read(self._begin)
        if not found:
            self._file.write(header)
            self._file.flush()
        elif found != header:
            self._file.close()
            raise EvalError(
                filled(
                    "{path!r} holds an unfinished run over other cases, banks or graders.",
                    path=str(self.path),
                ),
                "Finish that run with its own command, or start over with --fresh.",
            )

    def _remember(self, number: int, offset: int, line: bytes) -> None:
        missing = number + 1 - len(self._offsets)
        if missing > 0:
            self._offsets.extend([_ABSENT] * missing)
            self._lengths.extend([0] * missing)
        self._offsets[number] = offset
        self._lengths[number] = len(line)


class RunFile:
    """A finished run. `head` holds everything but the cases."""

    def __init__(self, path: Path) -> None:
        """Reads the head; raises EvalError for a file that is no run."""
        self.path = path
        self.head: dict[str, Any] = {}
        self._cases_at = 0
        self._loaded: list[Line] | None = None
        try:
            with path.open("rb") as file:
                self._read_head(file)
        except OSError as error:
            raise EvalError(
                filled(
                    "The run {path!r} cannot be read: {reason}.",
                    path=str(path),
                    reason=error.strerror,
                ),
                "Give a file that `mockint eval run --out` wrote.",
            ) from error
        except (ValueError, UnicodeDecodeError) as error:
            raise self._broken() from error

    def lines(self) -> Iterator[Line]:
        """The graded cases in order, one at a time."""
        if self._loaded is not None:
            yield from self._loaded
            return
        with self.path.open("rb") as file:
            file.seek(self._cases_at)
            for line in file:
                text = line.strip().rstrip(b",")
                if text.startswith(b"]"):
                    return
                if text:
                    yield json.loads(text)

    def _read_head(self, file: IO[bytes]) -> None:
        """Line by line where mockint laid the file out, else as any JSON."""
        first = file.readline()
        if first.strip() != b'{"format": "%s",' % FORMAT.encode():
            self._load(json.loads(first + file.read()))
            return
        parts = [first]
        for line in iter(file.readline, b""):
            if line.strip() == b'"cases": [':
                self.head = json.loads(b"".join(parts).rstrip().rstrip(b",") + b"}")
                self._cases_at = file.tell()
                return
            parts.append(line)
        raise ValueError("no cases")

    def _load(self, data: Any) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
            raise self._broken()
        self._loaded = data.pop("cases")
        self.head = data

    def _broken(self) -> EvalError:
        return EvalError(
            filled("{path!r} is not the result of a run.", path=str(self.path)),
            "Give a file that `mockint eval run --out` wrote.",
        )


def _read(line: bytes) -> tuple[int, CaseRow]:
    data = json.loads(line)
    return int(data["n"]), row_of(data["case"])


def _unwritable(path: Path, error: OSError) -> EvalError:
    return EvalError(
        filled("{path!r} cannot be written: {reason}.", path=str(path), reason=error.strerror),
        "Choose another place with --out, or make room on the disk.",
    )
