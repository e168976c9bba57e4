"""Chat models behind any endpoint that speaks OpenAI's chat completions protocol."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from app.domain.assessment import Usage
from app.errors import ChatModelUnreachable, SettingsError, filled
from app.llm.backoff import Backoff
from app.llm.base import RESTART, ChatReply, ChatRequest, OnText
from app.llm.dialect import Dialect
from app.llm.endpoint_errors import (
    Failure,
    TryFailed,
    complaint_message,
    complaint_of,
    error_in,
    failure_in_reply,
    failure_not_completion,
    failure_of_connection,
    failure_of_status,
)
from app.llm.places import Places
from app.llm.thinking import ThinkingFilter, strip_thinking

if TYPE_CHECKING:
    import openai

OPENAI_URL: Final = "https://api.openai.com/v1"
MAX_DIALECT_CHANGES: Final = 8
LONGEST_REPLY: Final = 1_000_000
"""Characters; some servers heed no limit on tokens, and a model can repeat itself for ever."""
_CUT_OFF: Final = frozenset({"length", "content_filter"})
_NO_KEY: Final = "none"  # the library insists on a key; servers that need none ignore it


class OpenAICompatibleModel:
    """A chat model behind a URL, hosted or local.

    One instance may serve several event loops, one after the other or in threads; each gets its
    own connections, and `concurrency` holds for all of them together. What a server refuses of
    the protocol (JSON schema, streaming, …) is left out of all later calls of the instance.

    `deadline` bounds one `reply` in seconds: the wait for a place, all tries and the pauses
    between them. `stall` is the longest silence within a streamed reply once it has begun.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str = "",
        api_key: str = "",
        deadline: float = 90.0,
        attempts: int = 4,
        concurrency: int = 4,
        stall: float = 30.0,
        backoff: Backoff | None = None,
    ) -> None:
        """Raises SettingsError for an address or a key that no request could carry."""
        _check_url(base_url)
        _check_key(api_key)
        self._model = model
        self._base_url = base_url or OPENAI_URL
        self._api_key = api_key
        self._deadline = deadline
        self._attempts = attempts
        self._places = Places(concurrency)
        self._stall = stall
        self._backoff = backoff or Backoff()
        self._dialect = Dialect()
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, openai.AsyncOpenAI] = (
            WeakKeyDictionary()
        )

    @property
    def name(self) -> str:
        """The model's name as the endpoint knows it."""
        return self._model

    @property
    def endpoint(self) -> str:
        """Scheme, host and path of the endpoint, without anything secret."""
        parts = urlsplit(self._base_url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}"

    @property
    def dialect(self) -> Dialect:
        """What the endpoint is known to take so far."""
        return self._dialect

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The whole reply, streamed where `on_text` is given; see `ChatModel.reply`."""
        call = _Call(self, self._client(), request, on_text)
        try:
            async with asyncio.timeout(self._deadline) as limit, self._places:
                return await call.run(limit.when())
        except TimeoutError as error:
            raise self._too_late(call) from error

    def _too_late(self, call: "_Call") -> ChatModelUnreachable:
        last = (
            filled(" The last try: {message}", message=call.failure.error.message)
            if call.failure
            else ""
        )
        queued = "" if call.started else filled(" The call was still waiting for others to end.")
        return ChatModelUnreachable(
            filled(
                "No full reply from {model!r} at {endpoint} within {deadline:g} seconds."
                "{queued}{last}",
                model=self._model,
                endpoint=self.endpoint,
                deadline=self._deadline,
                queued=queued,
                last=last,
            ),
            "Try again, or raise MOCKINT_LLM_DEADLINE; MOCKINT_LLM_CONCURRENCY bounds how many "
            "calls run at once.",
        )

    async def aclose(self) -> None:
        """Close the connections that the running event loop holds."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def _client(self) -> "openai.AsyncOpenAI":
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            import openai  # noqa: PLC0415 - takes most of a second, and only graders need it

            client = openai.AsyncOpenAI(
                api_key=self._api_key or _NO_KEY,
                base_url=self._base_url,
                max_retries=0,
                timeout=self._deadline,
            )
            self._clients[loop] = client
        return client

    def adopt(self, used: Dialect, plainer: Dialect) -> None:
        """Speak `plainer` from now on, unless another call changed the dialect meanwhile."""
        if self._dialect is used:
            self._dialect = plainer


class _Call:
    """One request through tries, pauses and changes of dialect, until there is a reply."""

    def __init__(
        self,
        owner: OpenAICompatibleModel,
        client: "openai.AsyncOpenAI",
        request: ChatRequest,
        on_text: OnText | None,
    ) -> None:
        self._owner = owner
        self._client = client
        self._request = request
        self._on_text = on_text
        self._shown = False
        self.started = False
        self.failure: Failure | None = None

    async def run(self, until: float | None) -> ChatReply:
        """The reply; raises the last try's error where no further try fits before `until`."""
        self.started = True
        tries = 0
        while True:
            tries += 1
            try:
                return await self._try()
            except TryFailed as error:
                self.failure = error.failure
                if not error.failure.retry or tries >= self._owner._attempts:
                    raise error.failure.error from error.__cause__
                pause = self._owner._backoff.wait(tries, error.failure.retry_after)
            if until is not None and asyncio.get_running_loop().time() + pause >= until:
                raise self.failure.error
            await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        """Wait, and tell the listener that the text starts anew."""
        await asyncio.sleep(pause)
        if self._shown and self._on_text is not None:
            self._on_text(RESTART)
            self._shown = False

    async def _try(self) -> ChatReply:
        """One try; a refusal that a plainer dialect avoids does not count as one."""
        import openai  # noqa: PLC0415 - see _line

        owner = self._owner
        for _ in range(MAX_DIALECT_CHANGES):
            dialect = owner.dialect
            try:
                return await self._send(dialect)
            except openai.APIStatusError as error:
                plainer = dialect.after_refusal(error.status_code, complaint_of(error))
                if plainer is None:
                    failure = failure_of_status(error, owner.endpoint, owner._api_key)
                    raise TryFailed(failure) from error
                owner.adopt(dialect, plainer)
            except openai.APIConnectionError as error:
                raise TryFailed(failure_of_connection(error, owner.endpoint)) from error
            except openai.APIError as error:
                raise self._broken(complaint_message(error)) from error
            except ValueError as error:
                raise self._broken("it is not valid JSON") from error
        raise self._broken("it keeps refusing what it asked for")

    async def _send(self, dialect: Dialect) -> ChatReply:
        stream = self._on_text is not None and dialect.streaming
        body = dialect.body(self._owner.name, self._request, stream=stream)
        answered = await cast(Any, self._client.chat.completions).create(**body)
        if not stream:
            return self._whole(answered)
        if _is_json(answered):
            await answered.close()
            unstreamed = replace(dialect, streaming=False)
            self._owner.adopt(dialect, unstreamed)
            return await self._send(unstreamed)
        return await self._collect(answered)

    def _whole(self, completion: Any) -> ChatReply:
        """A reply that came in one piece."""
        choices = getattr(completion, "choices", None)
        if not isinstance(choices, list) or not choices:
            raise self._not_a_choice(completion)
        text = strip_thinking(_text(getattr(choices[0], "message", None)))
        self._show(text)
        finish = getattr(choices[0], "finish_reason", None)
        return self._reply(text, completion.model, finish, getattr(completion, "usage", None))

    async def _collect(self, stream: Any) -> ChatReply:
        """A reply that comes in pieces."""
        pieces: list[str] = []
        length = 0
        thinking = ThinkingFilter()
        model = finish = usage = None
        async for chunk in self._chunks(stream):
            if problem := error_in(chunk):
                raise self._broken(problem)
            usage = getattr(chunk, "usage", None) or usage
            model = getattr(chunk, "model", None) or model
            for choice in (getattr(chunk, "choices", None) or [])[:1]:
                finish = getattr(choice, "finish_reason", None) or finish
                piece = _text(getattr(choice, "delta", None))
                pieces.append(piece)
                length += len(piece)
                self._show(thinking.feed(piece))
            if length > LONGEST_REPLY:
                raise self._broken(f"it goes on beyond {LONGEST_REPLY} characters")
        text = strip_thinking("".join(pieces))
        if finish is None and not text:
            raise self._broken("the stream ended before it began")
        return self._reply(text, model, finish or "length", usage)

    async def _chunks(self, stream: Any) -> AsyncIterator[Any]:
        """The stream's chunks; silence longer than `stall` once it has begun ends the try."""
        chunks = aiter(stream)
        silence: float | None = None
        try:
            while True:
                try:
                    async with asyncio.timeout(silence):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except TimeoutError as error:
                    raise self._broken(f"silence for {self._owner._stall:g} seconds") from error
                silence = self._owner._stall
                yield chunk
        finally:
            await stream.close()

    def _show(self, text: str) -> None:
        if text and self._on_text is not None:
            self._shown = True
            self._on_text(text)

    def _not_a_choice(self, completion: Any) -> TryFailed:
        problem = error_in(completion)
        if problem or hasattr(completion, "choices"):
            return self._broken(problem or "it holds no choice")
        return TryFailed(failure_not_completion(self._owner.endpoint))

    def _broken(self, detail: str) -> TryFailed:
        return TryFailed(failure_in_reply(detail, self._owner.endpoint, self._owner._api_key))

    def _reply(self, text: str, model: Any, finish: Any, usage: Any) -> ChatReply:
        return ChatReply(
            text=text,
            model=model if isinstance(model, str) and model else self._owner.name,
            complete=finish not in _CUT_OFF,
            usage=_usage(usage),
        )


def _is_json(stream: Any) -> bool:
    """Whether a server that was asked to stream sends one piece of JSON all the same."""
    return "json" in stream.response.headers.get("content-type", "").lower()


def _text(message: Any) -> str:
    """The visible text of a message or delta; what a model thought aloud is not part of it."""
    content = getattr(message, "content", None)
    return content if isinstance(content, str) else ""


def _usage(usage: Any) -> Usage:
    details = getattr(usage, "prompt_tokens_details", None)
    cached = _count(details, "cached_tokens") or _count(usage, "prompt_cache_hit_tokens")
    return Usage(
        calls=1,
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        cached_tokens=cached,
    )


def _count(source: Any, field: str) -> int:
    value = getattr(source, field, None)
    return value if isinstance(value, int) and value >= 0 else 0


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise SettingsError(
            "OPENAI_BASE_URL is not the address of an endpoint.",
            "Write it in full, such as http://localhost:11434/v1 or https://api.deepseek.com/v1.",
        )


def _check_key(key: str) -> None:
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(
            "OPENAI_API_KEY holds characters that no key has.",
            "Copy it again, without quotes, spaces or line breaks.",
        )


def load_library() -> None:
    """Import what the first request would wait for: up to seconds on a busy machine."""
    import openai.resources.chat.completions  # noqa: PLC0415 - see _line

    del openai
