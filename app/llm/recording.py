"""Keeping the replies of a chat model, and answering from what was kept."""

import itertools
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain.assessment import Usage
from app.errors import ChatModelError, RecordingMissing, filled
from app.llm.base import ChatModel, ChatReply, ChatRequest, OnText

_turn = itertools.count()


class RecordedMessage(BaseModel):
    """One chat message of a recorded request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    content: str


class Recording(BaseModel):
    """One reply as it lies in `DIGEST.json`.

    `model` is the name that was asked for and is part of the digest, `answered_by` the name that
    the endpoint gave. `date` is UTC. `messages` are there for readers; the digest stands for them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest: str
    model: str
    answered_by: str
    date: str
    complete: bool
    usage: dict[str, int]
    schema_name: str
    temperature: float
    max_tokens: int
    draw: int
    messages: tuple[RecordedMessage, ...]
    text: str

    def as_reply(self) -> ChatReply:
        """The reply that was recorded."""
        return ChatReply(self.text, self.answered_by, self.complete, Usage(**self.usage))


class RecordingModel:
    """Passes requests on to another model and writes each reply under its request's digest."""

    def __init__(self, chat: ChatModel, directory: Path) -> None:
        self._chat = chat
        self._directory = directory

    @property
    def name(self) -> str:
        """The name of the model that answers."""
        return self._chat.name

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The other model's reply; a recording that was there is replaced.

        Raises ChatModelError where the recording cannot be written.
        """
        reply = await self._chat.reply(request, on_text)
        _write(self._directory, _recording(request, self._chat.name, reply))
        return reply

    async def aclose(self) -> None:
        """Close the other model's connections."""
        await self._chat.aclose()


class ReplayModel:
    """Answers from recordings and never from anywhere else.

    `model` is the name to look recordings up under; left empty, it is the one that the recordings
    themselves carry.
    """

    def __init__(self, directory: Path, model: str = "") -> None:
        """Raises RecordingMissing where there are no recordings, or of several models."""
        self._directory = directory
        self._name = model or _only_model(directory)
        self._used: set[str] = set()
        self.missed = 0

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self._name

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The recorded reply; raises RecordingMissing where there is none for this request.

        `missed` counts those.
        """
        digest = request.digest(self._name)
        try:
            reply = _read(self._directory / f"{digest}.json", digest).as_reply()
        except RecordingMissing:
            self.missed += 1
            raise
        self._used.add(digest)
        if on_text is not None and reply.text:
            on_text(reply.text)
        return reply

    async def aclose(self) -> None:
        """Nothing to close."""

    def unused(self) -> list[Path]:
        """Recordings that no request of this instance asked for, sorted by name."""
        return [path for path in recording_files(self._directory) if path.stem not in self._used]


def recording_files(directory: Path) -> list[Path]:
    """All recordings in a folder, sorted by name."""
    return sorted(directory.glob("[0-9a-f]*.json"))


def _recording(request: ChatRequest, model: str, reply: ChatReply) -> Recording:
    usage = reply.usage
    return Recording(
        digest=request.digest(model),
        model=model,
        answered_by=reply.model,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        complete=reply.complete,
        usage={
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
        },
        schema_name=request.schema_name,
        temperature=request.temperature,
        max_tokens=request.max_tokens,
        draw=request.draw,
        messages=tuple(
            RecordedMessage(role=message.role, content=message.content)
            for message in request.messages
        ),
        text=reply.text,
    )


def _write(directory: Path, recording: Recording) -> None:
    """Write whole or not at all, so that an interrupted run leaves no half recording."""
    path = directory / f"{recording.digest}.json"
    draft = directory / f".{recording.digest}.{os.getpid()}.{next(_turn)}.tmp"
    text = json.dumps(recording.model_dump(mode="json"), ensure_ascii=False, indent=1)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ChatModelError(
            filled(
                "The reply could not be recorded in {directory!r}: {reason}.",
                directory=str(directory),
                reason=error.strerror,
            ),
            "Choose a folder that can be written to, or make room on the disk.",
        ) from error


def _read(path: Path, digest: str) -> Recording:
    try:
        recording = Recording.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise RecordingMissing(
            filled(
                "No recording {digest} in {parent!r} for this request.",
                digest=digest,
                parent=str(path.parent),
            ),
            "A prompt, question, answer, model or option has changed since; record again with "
            "--record and a live endpoint.",
        ) from error
    except (OSError, ValidationError) as error:
        raise RecordingMissing(
            filled("The recording {path!r} cannot be read.", path=str(path)),
            "Delete it and record it again.",
        ) from error
    if recording.digest != digest:
        raise RecordingMissing(
            filled("The recording {path!r} belongs to another request.", path=str(path)),
            "Delete it and record it again.",
        )
    return recording


def _only_model(directory: Path) -> str:
    names = set(_models(directory))
    if len(names) == 1:
        return names.pop()
    message = "There are recordings of {count} models in {folder!r}."
    raise RecordingMissing(
        filled(message, count=len(names), folder=str(directory))
        if names
        else filled("There are no recordings in {folder!r}.", folder=str(directory)),
        "Name the model to replay with MOCKINT_LLM_MODEL, or record with --record first.",
    )


def _models(directory: Path) -> Iterator[str]:
    for path in recording_files(directory):
        yield _read(path, path.stem).model
