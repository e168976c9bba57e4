"""The seam between mockint and any chat model."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from app.domain.assessment import Usage

OnText = Callable[[str], None]

RESTART = "\f"
"""What `on_text` hears where a retry starts the text anew; no reply holds it otherwise."""


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything that decides a reply, apart from the model.

    `schema` is the JSON Schema that the reply must follow, or None for free text; `schema_name`
    labels it (letters, digits, `_`). `temperature` is 0 to 2, `max_tokens` bounds the reply.
    `draw` tells repeated requests for the same text apart (0, 1, …); it is not sent, but it is
    part of the digest, so that each draw has a recording of its own.
    """

    messages: tuple[Message, ...]
    schema_name: str = ""
    schema: Mapping[str, Any] | None = field(default=None, hash=False)
    temperature: float = 0.0
    max_tokens: int = 4096
    draw: int = 0

    def digest(self, model: str) -> str:
        """SHA-256 (hex) of the full request to `model`; recordings are stored under it."""
        body = {
            "model": model,
            "messages": [[message.role, message.content] for message in self.messages],
            "schema_name": self.schema_name,
            "schema": self.schema,
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "draw": self.draw,
        }
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What came back. `complete` is False where the endpoint cut the text off (length limit)."""

    text: str
    model: str
    complete: bool = True
    usage: Usage = field(default_factory=lambda: Usage(calls=1))


class ChatModel(Protocol):
    """Answers a chat request."""

    @property
    def name(self) -> str:
        """The model's name as the endpoint knows it."""

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The whole reply; `on_text` is called with each piece of text as it arrives.

        A retry may start the text anew: `on_text` then hears `RESTART` first. Raises a
        `ChatModelError` where no usable reply came within the deadline.
        """

    async def aclose(self) -> None:
        """Let go of connections that the running event loop holds; safe to call again."""
