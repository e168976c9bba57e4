"""A small endpoint that speaks the chat completions protocol and does what it is told.

It is a real HTTP/1.1 server on a real socket, on asyncio alone, so that hundreds of requests can
be under way at once and every fault is one that the network can show: a stream that stalls, a
connection that breaks, a refusal, a cut reply.
"""

import asyncio
import json
import math
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from tests.scripted_llm.steps import Raw, Refuse, Reset, Say, Stall, Step

MAX_BODY = 8_000_000
EMBEDDING_SIZE = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived; header names are in lower case, `at` is a monotonic time."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def user_text(self) -> str:
        """The text of the last user message."""
        return next((m["content"] for m in reversed(self.messages) if m["role"] == "user"), "")

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body.get("messages", [])


Persona = Callable[[Seen], Step]

NAMES = {
    "json_schema": lambda body: body.get("response_format", {}).get("type") == "json_schema",
    "json_object": lambda body: body.get("response_format", {}).get("type") == "json_object",
    "stream_options": lambda body: "stream_options" in body,
    "stream": lambda body: bool(body.get("stream")),
    "max_tokens": lambda body: "max_tokens" in body,
    "temperature": lambda body: "temperature" in body,
}
COMPLAINTS = {
    "json_schema": "Invalid value: 'json_schema' for 'response_format.type' is not supported.",
    "json_object": "response_format json_object is not supported by this model.",
    "stream_options": "Unrecognized request argument supplied: stream_options",
    "stream": "Streaming is not supported by this server.",
    "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    "temperature": "Unsupported value: 'temperature' does not support 0.0 with this model.",
}


class ScriptedLLM:
    """The endpoint. Steps that were scripted come first, in order; then the persona answers.

    `refuses` names parts of the protocol (keys of `COMPLAINTS`) that are turned down with HTTP
    `refusal_status`. `requests` remembers every chat request, `open_now` and `open_most` count
    those under way.
    """

    def __init__(
        self,
        persona: Persona | None = None,
        *,
        refuses: Iterable[str] = (),
        refusal_status: int = 400,
        model: str = "scripted",
        api_key: str = "",
    ) -> None:
        self.persona = persona or (lambda _seen: Say("{}"))
        self.refuses = set(refuses)
        self.refusal_status = refusal_status
        self.model = model
        self.api_key = api_key
        self.requests: list[Seen] = []
        self.open_now = 0
        self.open_most = 0
        self._script: deque[Step] = deque()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def script(self, *steps: Step) -> None:
        """Do these next, one for each request that is not refused."""
        self._script.extend(steps)

    @property
    def base_url(self) -> str:
        assert self._server is not None, "start the server first"
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}/v1"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = await asyncio.start_server(
            self._serve, host, port, backlog=1024, limit=MAX_BODY
        )

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def serve_forever(self) -> None:
        assert self._server is not None, "start the server first"
        await self._server.serve_forever()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            pass  # the server is stopping, and asyncio logs a cancelled handler as an error
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        seen = await _read_request(reader)
        if seen is None:
            return False
        answer = _Answer(writer)
        if self.api_key and seen.headers.get("authorization") != f"Bearer {self.api_key}":
            return await answer.json(
                401, _error("Incorrect API key provided", code="invalid_api_key")
            )
        match (seen.method, seen.path.partition("?")[0]):
            case ("POST", path) if path.endswith("/chat/completions"):
                return await self._chat(seen, answer)
            case ("POST", path) if path.endswith("/embeddings"):
                return await answer.json(200, _embeddings(seen.body))
            case ("GET", path) if path.endswith("/models"):
                models = [{"id": self.model, "object": "model", "created": 0, "owned_by": "tests"}]
                return await answer.json(200, {"object": "list", "data": models})
        return await answer.json(404, _error(f"No route {seen.method} {seen.path}"))

    async def _chat(self, seen: Seen, answer: "_Answer") -> bool:
        self.requests.append(seen)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            return await self._act(self._next_step(seen), seen, answer)
        finally:
            self.open_now -= 1

    def _next_step(self, seen: Seen) -> Step:
        for name in COMPLAINTS:
            if name in self.refuses and NAMES[name](seen.body):
                return Refuse(self.refusal_status, COMPLAINTS[name])
        return self._script.popleft() if self._script else self.persona(seen)

    async def _act(self, step: Step, seen: Seen, answer: "_Answer") -> bool:
        match step:
            case Refuse():
                await asyncio.sleep(step.delay)
                body = _error(step.message, param=step.param, code=step.code)
                return await answer.json(step.status, body, step.headers)
            case Raw():
                return await answer.send(step.status, step.body, step.content_type)
            case Reset() | Stall():
                return await self._break_off(step, seen, answer)
            case Say():
                await asyncio.sleep(step.delay)
                return await self._say(step, seen, answer)

    async def _say(self, step: Say, seen: Seen, answer: "_Answer") -> bool:
        if not seen.streamed:
            return await answer.json(200, self._completion(step, seen))
        await answer.open_stream()
        for chunk in self._chunks(step):
            await answer.event(chunk)
            if step.pause:
                await asyncio.sleep(step.pause)
        if seen.body.get("stream_options", {}).get("include_usage"):
            await answer.event({**self._head(), "choices": [], "usage": _usage(step, seen)})
        return await answer.end_stream()

    async def _break_off(self, step: Reset | Stall, seen: Seen, answer: "_Answer") -> bool:
        if seen.streamed and step.after:
            await answer.open_stream()
            await answer.event(self._chunk({"content": step.text[: step.after]}))
        if isinstance(step, Stall):
            await asyncio.sleep(step.seconds)
        answer.reset()
        return False

    def _head(self) -> dict[str, Any]:
        return {
            "id": "chatcmpl-scripted",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": self.model,
        }

    def _chunk(self, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**self._head(), "choices": [choice]}

    def _chunks(self, step: Say) -> Iterator[dict[str, Any]]:
        yield self._chunk({"role": "assistant", "content": ""})
        if step.thought:
            yield self._chunk({"reasoning_content": step.thought})
        for start in range(0, len(step.text), step.piece):
            yield self._chunk({"content": step.text[start : start + step.piece]})
        if step.finish is not None:
            yield self._chunk({}, step.finish)

    def _completion(self, step: Say, seen: Seen) -> dict[str, Any]:
        message = {"role": "assistant", "content": step.text}
        if step.thought:
            message["reasoning_content"] = step.thought
        choice = {"index": 0, "message": message, "finish_reason": step.finish or "stop"}
        head = {**self._head(), "object": "chat.completion"}
        return {**head, "choices": [choice], "usage": _usage(step, seen)}


class _Answer:
    """Writes one HTTP response; each method says whether the connection stays open."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def json(self, status: int, body: object, headers: Any = ()) -> bool:
        return await self.send(status, json.dumps(body), "application/json", headers)

    async def send(self, status: int, body: str, content_type: str, headers: Any = ()) -> bool:
        data = body.encode()
        head = {"content-type": content_type, "content-length": str(len(data)), **dict(headers)}
        self._writer.write(_head(status, head) + data)
        await self._writer.drain()
        return True

    async def open_stream(self) -> None:
        head = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
        self._writer.write(_head(200, head))
        await self._writer.drain()

    async def event(self, data: object) -> None:
        await self._piece(f"data: {json.dumps(data)}\n\n".encode())

    async def end_stream(self) -> bool:
        await self._piece(b"data: [DONE]\n\n")
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()
        return True

    async def _piece(self, data: bytes) -> None:
        self._writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self._writer.drain()

    def reset(self) -> None:
        """Break the connection without a proper end."""
        self._writer.transport.abort()


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Scripted",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _read_request(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = start.split(" ", 2)
    fields = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    raw = await reader.readexactly(min(int(headers.get("content-length", 0)), MAX_BODY))
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {}
    return Seen(method, path, headers, body if isinstance(body, dict) else {})


def _error(message: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return {"error": error}


def _usage(step: Say, seen: Seen) -> dict[str, Any]:
    """Token counts that are steady, not true: four characters a token."""
    asked = math.ceil(sum(len(message["content"]) for message in seen.messages) / 4)
    said = math.ceil(len(step.text) / 4)
    return {
        "prompt_tokens": asked,
        "completion_tokens": said,
        "total_tokens": asked + said,
        "prompt_tokens_details": {"cached_tokens": step.cached},
    }


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    texts = body.get("input", [])
    texts = [texts] if isinstance(texts, str) else texts
    data = [
        {"object": "embedding", "index": index, "embedding": _hashed(text)}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 0, "total_tokens": 0}
    return {"object": "list", "model": body.get("model", ""), "data": data, "usage": usage}


def _hashed(text: str) -> list[float]:
    """A unit vector from counts of hashed character pairs."""
    counts = [0.0] * EMBEDDING_SIZE
    for pair in zip(text, text[1:] + " ", strict=True):
        counts[zlib.crc32("".join(pair).encode()) % EMBEDDING_SIZE] += 1.0
    length = math.sqrt(sum(count * count for count in counts)) or 1.0
    return [count / length for count in counts]
