"""What a scripted endpoint can do with one request."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Say:
    """A reply. `delay` is seconds before the first byte, `pause` seconds between two pieces.

    Streamed replies go out in pieces of `piece` characters. `finish` is the finish reason;
    "length" is how an endpoint says that it cut the text off. `thought` goes out as
    `reasoning_content` before the text.
    """

    text: str
    delay: float = 0.0
    pause: float = 0.0
    piece: int = 24
    finish: str | None = "stop"
    thought: str = ""
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Refuse:
    """An HTTP error with a body as OpenAI writes it."""

    status: int
    message: str = "scripted refusal"
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks: before anything is sent, or after `after` characters of `text`."""

    text: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Stall:
    """The stream stops after `after` characters of `text`, and the connection stays open."""

    text: str = ""
    after: int = 0
    seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Raw:
    """Any body at all: web pages, broken JSON, errors with status 200."""

    body: str
    status: int = 200
    content_type: str = "application/json"


Step = Say | Refuse | Reset | Stall | Raw
