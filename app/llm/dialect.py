"""What an OpenAI-compatible server takes, learned from what it refuses."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from app.llm.base import ChatRequest

_REFUSALS = frozenset({400, 404, 405, 415, 422, 501})
_UNKNOWN = re.compile(
    r"unsupported|not supported|unknown|unrecogni[sz]ed|not permitted|extra", re.I
)


class ReplyFormat(StrEnum):
    """How a reply is held to JSON, the strictest first."""

    SCHEMA = "json_schema"
    JSON = "json_object"
    TEXT = "text"


_LOOSER = {ReplyFormat.SCHEMA: ReplyFormat.JSON, ReplyFormat.JSON: ReplyFormat.TEXT}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parts of the protocol that servers differ in; the default is the fullest."""

    reply_format: ReplyFormat = ReplyFormat.SCHEMA
    streaming: bool = True
    stream_usage: bool = True
    limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def body(self, model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        """The request as this server takes it."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [
                {"role": message.role, "content": message.content} for message in request.messages
            ],
            self.limit_field: request.max_tokens,
        }
        if self.temperature:
            body["temperature"] = request.temperature
        if request.schema is not None and self.reply_format is not ReplyFormat.TEXT:
            body["response_format"] = self._response_format(request)
        if stream and self.streaming:
            body["stream"] = True
            if self.stream_usage:
                body["stream_options"] = {"include_usage": True}
        return body

    def _response_format(self, request: ChatRequest) -> dict[str, Any]:
        if self.reply_format is ReplyFormat.JSON:
            return {"type": "json_object"}
        schema = {
            "name": request.schema_name or "reply",
            "schema": dict(request.schema or {}),
            "strict": True,
        }
        return {"type": "json_schema", "json_schema": schema}

    def after_refusal(self, status: int, complaint: str) -> "Dialect | None":
        """A plainer dialect that leaves out what the server complained of.

        `complaint` is the name of the parameter, if the server gave one, and its message. None
        where the refusal has nothing to do with the dialect.
        """
        if status not in _REFUSALS:
            return None
        return (
            self._without_format(complaint)
            or self._other_limit(complaint)
            or self._without_stream(complaint)
            or self._without_temperature(complaint)
        )

    def _without_format(self, complaint: str) -> "Dialect | None":
        named = re.search(
            r"response_format|json_schema|json_object|json mode|structured output|guided|grammar",
            complaint,
            re.I,
        )
        looser = _LOOSER.get(self.reply_format)
        return replace(self, reply_format=looser) if named and looser else None

    def _other_limit(self, complaint: str) -> "Dialect | None":
        if self.limit_field == "max_tokens":
            asks_other = "max_completion_tokens" in complaint
            return replace(self, limit_field="max_completion_tokens") if asks_other else None
        refused = "max_completion_tokens" in complaint and _UNKNOWN.search(complaint)
        return replace(self, limit_field="max_tokens") if refused else None

    def _without_stream(self, complaint: str) -> "Dialect | None":
        if self.stream_usage and re.search(r"stream_options|include_usage", complaint):
            return replace(self, stream_usage=False)
        if self.streaming and re.search(r"\bstream(ing)?\b", complaint, re.I):
            return replace(self, streaming=False)
        return None

    def _without_temperature(self, complaint: str) -> "Dialect | None":
        named = self.temperature and "temperature" in complaint
        return replace(self, temperature=False) if named else None
