"""Answers that were typed and not yet graded, kept so that nothing a person wrote is lost."""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from app.cli.interview.answers import clean

FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """The text typed so far for one question."""

    question_id: str
    text: str


class Drafts:
    """One small file a question under the data folder, readable by its owner alone."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def keep(self, question_id: str, text: str) -> bool:
        """Store a draft in place of the last one; blank text removes it. False if it failed.

        A failure does not raise: a full disk must not end the interview.
        """
        if not text.strip():
            self.forget(question_id)
            return True
        target = self._file(question_id)
        part = target.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 (a descriptor)
                json.dump({"question_id": question_id, "text": clean(text)}, file)
            part.replace(target)
        except OSError:
            return False
        return True

    def recall(self, question_id: str) -> str:
        """The draft for a question, or ""."""
        draft = _read(self._file(question_id))
        return draft.text if draft else ""

    def forget(self, question_id: str) -> None:
        """Remove the draft for a question, if there is one."""
        with contextlib.suppress(OSError):
            self._file(question_id).unlink(missing_ok=True)

    def forget_all(self) -> None:
        """Remove all drafts."""
        with contextlib.suppress(OSError):
            for file in self._folder.glob("*"):
                file.unlink(missing_ok=True)

    def latest(self) -> Draft | None:
        """The draft that was stored last."""
        try:
            files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
        except OSError:
            return None
        return next(filter(None, map(_read, reversed(files))), None)

    def _file(self, question_id: str) -> Path:
        name = hashlib.sha256(question_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return self._folder / f"{name}.json"


def _read(file: Path) -> Draft | None:
    """A draft file, or None where it is missing or was damaged."""
    try:
        data = json.loads(file.read_text("utf-8"))
        return Draft(str(data["question_id"]), str(data["text"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
