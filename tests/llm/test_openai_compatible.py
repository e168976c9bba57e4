"""The chat model against a real endpoint that replies well, badly, late, or not at all."""

import asyncio
import socket
from typing import Any

import pytest

from app.domain.assessment import Usage
from app.errors import ChatModelError, ChatModelRefused, ChatModelUnreachable, SettingsError
from app.llm.backoff import Backoff
from app.llm.base import ChatRequest
from app.llm.dialect import ReplyFormat
from app.llm.openai_compatible import LONGEST_REPLY, OpenAICompatibleModel
from tests.llm.conftest import SCHEMA, Connect
from tests.scripted_llm.server import ScriptedLLM
from tests.scripted_llm.steps import Raw, Refuse, Reset, Say, Stall, Step

WORD = '{"word": "早"}'
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def listener(streamed: bool) -> tuple[list[str], Any]:
    heard: list[str] = []
    return heard, (heard.append if streamed else None)


@both_ways
async def test_a_good_reply_comes_whole_with_its_model_and_usage(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest, streamed: bool
) -> None:
    scripted_llm.script(Say(WORD, piece=3, cached=5))
    heard, on_text = listener(streamed)

    reply = await connect().reply(request_, on_text)

    assert (reply.text, reply.model, reply.complete) == (WORD, "scripted", True)
    assert reply.usage == Usage(calls=1, prompt_tokens=7, completion_tokens=4, cached_tokens=5)
    assert "".join(heard) == (WORD if streamed else "")
    assert len(heard) == (5 if streamed else 0)


async def test_the_request_carries_messages_schema_and_limits(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    await connect(api_key="sk-test-123456").reply(request_)

    (seen,) = scripted_llm.requests
    assert seen.headers["authorization"] == "Bearer sk-test-123456"
    assert seen.body == {
        "model": "scripted",
        "messages": [
            {"role": "system", "content": "Answer in JSON."},
            {"role": "user", "content": "Say a word."},
        ],
        "max_tokens": 64,
        "temperature": 0.0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "word", "schema": SCHEMA, "strict": True},
        },
    }


@both_ways
@pytest.mark.parametrize(
    ("refuses", "status", "absent"),
    [
        pytest.param({"json_schema"}, 400, "json_schema", id="no JSON schema"),
        pytest.param({"json_schema"}, 404, "json_schema", id="no JSON schema, 404"),
        pytest.param({"json_schema", "json_object"}, 422, "response_format", id="no JSON mode"),
        pytest.param({"stream_options"}, 400, "stream_options", id="no usage in streams"),
        pytest.param({"stream"}, 501, "'stream'", id="no streams"),
        pytest.param({"max_tokens"}, 400, "'max_tokens'", id="another name for the limit"),
        pytest.param({"temperature"}, 400, "temperature", id="no temperature"),
        pytest.param(
            {"json_schema", "json_object", "stream_options", "stream", "max_tokens", "temperature"},
            400,
            "response_format",
            id="nothing but the bare protocol",
        ),
    ],
)
async def test_what_a_server_refuses_is_left_out_and_remembered(
    scripted_llm: ScriptedLLM,
    connect: Connect,
    request_: ChatRequest,
    streamed: bool,
    refuses: set[str],
    status: int,
    absent: str,
) -> None:
    scripted_llm.refuses, scripted_llm.refusal_status = refuses, status
    scripted_llm.script(Say(WORD), Say(WORD))
    _, on_text = listener(streamed)
    model = connect(attempts=1)

    assert (await model.reply(request_, on_text)).text == WORD
    tried = len(scripted_llm.requests)
    assert (await model.reply(request_, on_text)).text == WORD

    assert len(scripted_llm.requests) == tried + 1, "the second call knows the dialect"
    assert absent not in str(scripted_llm.requests[-1].body)


async def test_a_refused_format_falls_back_one_step_at_a_time(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.refuses = {"json_schema"}
    model = connect()

    await model.reply(request_)

    formats = [seen.body["response_format"]["type"] for seen in scripted_llm.requests]
    assert formats == ["json_schema", "json_object"]
    assert model.dialect.reply_format is ReplyFormat.JSON


async def test_a_server_that_ignores_the_wish_to_stream_is_understood(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    whole = '{"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", '
    whole += '"choices": [{"index": 0, "finish_reason": "stop", "message": '
    whole += '{"role": "assistant", "content": "early"}}]}'
    scripted_llm.script(Raw(whole), Raw(whole))
    heard: list[str] = []

    reply = await connect().reply(request_, heard.append)

    assert (reply.text, heard) == ("early", ["early"])


@both_ways
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        pytest.param(Refuse(500), "", id="500"),
        pytest.param(Refuse(503), "", id="503"),
        pytest.param(Refuse(408), "", id="408"),
        pytest.param(Refuse(409), "", id="409"),
        pytest.param(Refuse(429), "", id="429"),
        pytest.param(Reset(), "", id="reset before the reply"),
        pytest.param(Reset('{"wo', after=4), '{"wo', id="reset within the reply"),
        pytest.param(Raw('{"choices": ['), "", id="broken JSON"),
        pytest.param(
            Raw('{"error": {"message": "overloaded"}}'), "", id="an error with status 200"
        ),
        pytest.param(Raw('{"choices": []}'), "", id="no choice"),
    ],
)
async def test_a_passing_trouble_is_tried_again(
    scripted_llm: ScriptedLLM,
    connect: Connect,
    request_: ChatRequest,
    streamed: bool,
    trouble: Step,
    said: str,
) -> None:
    scripted_llm.script(trouble, Say(WORD, piece=100))
    heard, on_text = listener(streamed)

    reply = await connect(attempts=2).reply(request_, on_text)

    assert reply.text == WORD
    if streamed:
        assert heard == ([said, "\f", WORD] if said else [WORD])


async def test_a_stream_that_falls_silent_is_tried_again(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Stall('{"wo', after=4), Say(WORD, piece=100))
    heard: list[str] = []

    reply = await connect(stall=0.1).reply(request_, heard.append)

    assert (reply.text, heard) == (WORD, ['{"wo', "\f", WORD])


async def test_a_stream_that_does_not_end_is_broken_off(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Say("字" * (LONGEST_REPLY + 2), piece=LONGEST_REPLY // 2))
    heard: list[str] = []

    with pytest.raises(ChatModelError, match="goes on beyond"):
        await connect(attempts=1).reply(request_, heard.append)

    assert sum(map(len, heard)) <= LONGEST_REPLY + LONGEST_REPLY // 2


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        pytest.param(Refuse(400, "context length exceeded"), "MOCKINT_LLM_MODEL", id="400"),
        pytest.param(Refuse(401), "OPENAI_API_KEY", id="401"),
        pytest.param(Refuse(402), "account", id="402"),
        pytest.param(Refuse(403), "OPENAI_API_KEY", id="403"),
        pytest.param(Refuse(404, "model not found"), "OPENAI_BASE_URL", id="404"),
        pytest.param(Refuse(413), "context", id="413"),
        pytest.param(Refuse(429, code="insufficient_quota"), "Top up", id="429 without credit"),
    ],
)
async def test_a_refusal_that_stays_is_told_at_once_with_the_setting_to_change(
    scripted_llm: ScriptedLLM,
    connect: Connect,
    request_: ChatRequest,
    refusal: Refuse,
    remedy: str,
) -> None:
    scripted_llm.script(refusal, Say(WORD))

    with pytest.raises(ChatModelRefused) as caught:
        await connect().reply(request_)

    assert caught.value.status == refusal.status
    assert remedy in caught.value.remedy
    assert len(scripted_llm.requests) == 1


@pytest.mark.parametrize(
    ("steps", "remedy"),
    [
        pytest.param([Refuse(500)] * 3, "endpoint's own log", id="500"),
        pytest.param([Refuse(429)] * 3, "MOCKINT_LLM_CONCURRENCY", id="429"),
        pytest.param([Reset()] * 3, "OPENAI_BASE_URL", id="reset"),
    ],
)
async def test_tries_are_bounded_and_the_last_error_is_told(
    scripted_llm: ScriptedLLM,
    connect: Connect,
    request_: ChatRequest,
    steps: list[Step],
    remedy: str,
) -> None:
    scripted_llm.script(*steps, Say(WORD))

    with pytest.raises(ChatModelError) as caught:
        await connect(attempts=3).reply(request_)

    assert remedy in caught.value.remedy
    assert len(scripted_llm.requests) == 3


async def test_an_endpoint_that_is_not_there_is_named(request_: ChatRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    model = OpenAICompatibleModel(
        "scripted", base_url=f"http://user:pw@127.0.0.1:{port}/v1?x=1", attempts=1
    )

    with pytest.raises(ChatModelUnreachable, match=f"http://127.0.0.1:{port}/v1 ") as caught:
        await model.reply(request_)

    assert "pw" not in str(caught.value)
    await model.aclose()


async def test_a_web_page_in_place_of_a_reply_points_at_the_address(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Raw("<html>Welcome</html>", content_type="text/html"))

    with pytest.raises(ChatModelRefused, match="does not send chat completions") as caught:
        await connect().reply(request_)

    assert "/v1" in caught.value.remedy


@both_ways
async def test_the_deadline_ends_a_call_that_never_answers(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest, streamed: bool
) -> None:
    scripted_llm.script(Stall())
    _, on_text = listener(streamed)

    with pytest.raises(ChatModelUnreachable, match=r"within 0\.2 seconds") as caught:
        await connect(deadline=0.2).reply(request_, on_text)

    assert "MOCKINT_LLM_DEADLINE" in caught.value.remedy


async def test_retry_after_is_waited_for(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Refuse(429, headers={"retry-after": "0.3"}), Say(WORD))

    await connect().reply(request_)

    first, second = scripted_llm.requests
    assert second.at - first.at >= 0.3


async def test_a_retry_after_beyond_the_deadline_is_not_waited_for(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Refuse(429, headers={"retry-after": "3600"}), Say(WORD))

    with pytest.raises(ChatModelRefused, match="HTTP 429"):
        await connect().reply(request_)

    assert len(scripted_llm.requests) == 1


async def test_calls_under_way_are_bounded(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.persona = lambda _seen: Say(WORD, delay=0.02)
    model = connect(concurrency=3)

    replies = await asyncio.gather(*(model.reply(request_) for _ in range(12)))

    assert [reply.text for reply in replies] == [WORD] * 12
    assert scripted_llm.open_most == 3


async def test_waiting_for_a_place_counts_against_the_deadline(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.persona = lambda _seen: Stall()
    model = connect(concurrency=1, deadline=0.2)

    calls = (model.reply(request_) for _ in range(5))
    ends = await asyncio.gather(*calls, return_exceptions=True)

    assert all(isinstance(end, ChatModelUnreachable) for end in ends)
    assert "still waiting for others" in str(ends[-1])


def test_one_model_serves_several_event_loops_one_after_the_other(request_: ChatRequest) -> None:
    model: list[OpenAICompatibleModel] = []

    async def once(port: int) -> tuple[str, int]:
        server = ScriptedLLM(lambda _seen: Say(WORD))
        await server.start(port=port)
        port = int(server.base_url.split(":")[2].removesuffix("/v1"))
        if not model:
            model.append(OpenAICompatibleModel("scripted", base_url=server.base_url, attempts=1))
        reply = await model[0].reply(request_)
        await model[0].aclose()
        await server.stop()
        return reply.text, port

    text, port = asyncio.run(once(0))
    again, _ = asyncio.run(once(port))

    assert text == again == WORD


@both_ways
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Say('<think>{"word": 1}</think>\n' + WORD, piece=3), id="think tags"),
        pytest.param(Say("I wonder…</think>" + WORD, piece=300), id="closing tag alone"),
        pytest.param(Say(WORD, thought="a long thought"), id="reasoning_content"),
    ],
)
async def test_thoughts_are_no_part_of_the_reply(
    scripted_llm: ScriptedLLM,
    connect: Connect,
    request_: ChatRequest,
    streamed: bool,
    step: Say,
) -> None:
    scripted_llm.script(step)
    _, on_text = listener(streamed)

    assert (await connect().reply(request_, on_text)).text == WORD


@both_ways
@pytest.mark.parametrize("finish", ["length", "content_filter"])
async def test_a_reply_that_was_cut_off_says_so(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest, streamed: bool, finish: str
) -> None:
    scripted_llm.script(Say('{"wor', finish=finish))
    _, on_text = listener(streamed)

    reply = await connect().reply(request_, on_text)

    assert (reply.text, reply.complete) == ('{"wor', False)


async def test_no_key_shows_in_an_error(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    key = "opaque.key.0123456789"
    message = f"bad key {key} or sk-proj-abcdef123456"
    scripted_llm.script(Refuse(400, message), Refuse(401, message))
    model = connect(api_key=key)

    for _ in range(2):
        with pytest.raises(ChatModelRefused) as caught:
            await model.reply(request_)
        assert key not in str(caught.value)
        assert "abcdef123456" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        pytest.param({"base_url": "localhost:8000/v1"}, "OPENAI_BASE_URL", id="no scheme"),
        pytest.param({"base_url": "http://"}, "OPENAI_BASE_URL", id="no host"),
        pytest.param({"api_key": "sk-一二三"}, "OPENAI_API_KEY", id="not ASCII"),
        pytest.param({"api_key": "sk-abc\n"}, "OPENAI_API_KEY", id="line break"),
    ],
)
def test_settings_that_no_request_can_carry_are_refused(
    options: dict[str, str], setting: str
) -> None:
    with pytest.raises(SettingsError, match=setting) as caught:
        OpenAICompatibleModel("scripted", **options)

    assert "sk-" not in str(caught.value)


async def test_a_cancelled_call_frees_its_place(
    scripted_llm: ScriptedLLM, connect: Connect, request_: ChatRequest
) -> None:
    scripted_llm.script(Stall(), Say(WORD))
    model = connect(concurrency=1)
    call = asyncio.create_task(model.reply(request_))
    while not scripted_llm.requests:  # noqa: ASYNC110 - the server keeps no event for this
        await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert (await model.reply(request_)).text == WORD


def test_backoff_grows_within_its_cap_and_spreads_over_the_whole_range() -> None:
    longest = Backoff(base=1.0, cap=5.0, draw=lambda: 1.0)
    shortest = Backoff(base=1.0, cap=5.0, draw=lambda: 0.0)

    assert [longest.wait(failures) for failures in (1, 2, 3, 4, 5)] == [1, 2, 4, 5, 5]
    assert shortest.wait(5) == 0.0
    assert shortest.wait(1, retry_after=7.0) == 7.0
