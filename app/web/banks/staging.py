"""Uploaded files that wait for a decision: under a hard name, for whoever sent them, for a while.

They lie in a folder, since another worker may answer the next request.
"""

import contextlib
import hashlib
import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from app.errors import BankError, RequestUnusable, filled

KEPT_SECONDS = 3600
MOST_A_PERSON = 4
LONGEST_NAME = 100

_TOKEN = re.compile(r"[0-9a-f]{24}")
_UNFIT = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; `name` has no folder."""

    token: str
    name: str
    data: bytes


class Staging:
    """The folder; each person has one in it, named by a digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, owner: str, name: str, data: bytes) -> str:
        """The token of a new upload; the oldest of this person's give way to it."""
        self._sweep()
        token = secrets.token_hex(12)
        place = self._of(owner) / token
        try:
            place.mkdir(parents=True, mode=0o700)
            (place / "data").write_bytes(data)
            (place / "name.json").write_text(json.dumps(plain_name(name)), encoding="utf-8")
        except OSError as error:
            raise BankError(
                filled("The upload cannot be kept: {reason}.", reason=error.strerror),
                "Check the room on the disk.",
            ) from error
        for old in self._by_age(self._of(owner))[MOST_A_PERSON:]:
            shutil.rmtree(old, ignore_errors=True)
        return token

    def find(self, owner: str, token: str) -> Upload:
        """The upload. Raises RequestUnusable where it is gone, or another person's."""
        place = self._of(owner) / token
        try:
            if _TOKEN.fullmatch(token) is None:
                raise FileNotFoundError(token)
            name = json.loads((place / "name.json").read_text(encoding="utf-8"))
            return Upload(token, name, (place / "data").read_bytes())
        except (OSError, ValueError) as error:
            raise RequestUnusable(
                "This upload is not here any more; nothing was saved.", "Upload the file again."
            ) from error

    def drop(self, owner: str, token: str) -> None:
        """Let an upload go."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self._of(owner) / token, ignore_errors=True)

    def _of(self, owner: str) -> Path:
        return self._folder / hashlib.sha256(owner.encode()).hexdigest()[:24]

    def _sweep(self) -> None:
        """Remove what nobody decided about in time."""
        before = time.time() - KEPT_SECONDS
        with contextlib.suppress(OSError):
            for person in self._folder.iterdir():
                for old in self._by_age(person):
                    with contextlib.suppress(OSError):
                        if old.stat().st_mtime < before:
                            shutil.rmtree(old, ignore_errors=True)

    @staticmethod
    def _by_age(person: Path) -> list[Path]:
        """Newest first."""
        found: list[tuple[float, Path]] = []
        with contextlib.suppress(OSError):
            for one in person.iterdir():
                with contextlib.suppress(OSError):
                    found.append((one.stat().st_mtime, one))
        return [path for _, path in sorted(found, key=lambda entry: -entry[0])]


def plain_name(name: str) -> str:
    """A file's name without folders and signs that no name has, its ending kept."""
    name = _UNFIT.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().lstrip(".")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:LONGEST_NAME] or "bank"
    return f"{(stem or 'bank')[: LONGEST_NAME - 12]}.{ending[:10]}"
