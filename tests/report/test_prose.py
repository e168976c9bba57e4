from app.domain.assessment import Usage
from app.errors import ChatModelUnreachable
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatReply, ChatRequest, OnText
from app.report.gathering import gather_report
from app.report.prose import summarise_report
from app.store.repository import SqlRepository
from tests.report.made import full_session, simple_session
from tests.store.made import SteadyClock

PROMPTS = Prompts()


class ScriptedChat:
    """Says one thing, and remembers what it was asked; None for an endpoint that is down."""

    name = "scripted"

    def __init__(self, text: str | None, *, complete: bool = True) -> None:
        self._text = text
        self._complete = complete
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        self.requests.append(request)
        if self._text is None:
            raise ChatModelUnreachable("No reply.")
        return ChatReply(self._text, self.name, self._complete, Usage(1, 200, 30))

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_sentences_with_made_up_numbers_never_reach_the_report(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    chat = ScriptedChat("平均 4.3 分。你超过了 90% 的人。第 2 题把 RDMA 说反了。满分一百分！")
    assert await summarise_report(mine, report, chat, PROMPTS) == (
        "平均 4.3 分。",
        "第 2 题把 RDMA 说反了。",
    )


async def test_the_model_sees_no_word_of_the_candidate(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    chat = ScriptedChat("好。")
    await summarise_report(mine, report, chat, PROMPTS)
    sent = "".join(message.content for message in chat.requests[0].messages)
    assert "定期保存" in sent  # a title
    assert not any(words in sent for words in ("script", "断电", "另一个城市", "理由在这里"))


async def test_a_model_that_fails_or_is_cut_off_costs_the_summary_and_no_more(
    mine: SqlRepository,
) -> None:
    report = await gather_report(mine, await full_session(mine))
    assert await summarise_report(mine, report, ScriptedChat(None), PROMPTS) == ()
    assert await summarise_report(mine, report, ScriptedChat("好。", complete=False), PROMPTS) == ()


async def test_a_summary_is_counted_and_written_once(
    mine: SqlRepository, clock: SteadyClock
) -> None:
    report = await gather_report(mine, await full_session(mine))
    before, chat = await mine.usage_since(clock.now), ScriptedChat("平均 4.3 分。")
    first = await summarise_report(mine, report, chat, PROMPTS)
    assert await summarise_report(mine, report, chat, PROMPTS) == first == ("平均 4.3 分。",)
    assert len(chat.requests) == 1
    after = await mine.usage_since(clock.now)
    assert after.calls - before.calls == 1
    assert after.prompt_tokens - before.prompt_tokens == 200
    assert after.completion_tokens - before.completion_tokens == 30


async def test_a_summary_that_failed_is_tried_again(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    assert await summarise_report(mine, report, ScriptedChat(None), PROMPTS) == ()
    again = await summarise_report(mine, report, ScriptedChat("平均 4.3 分。"), PROMPTS)
    assert again == ("平均 4.3 分。",)


async def test_nothing_graded_is_nothing_to_sum_up(mine: SqlRepository) -> None:
    chat = ScriptedChat("好。")
    report = await gather_report(mine, await simple_session(mine, (None,)))
    assert await summarise_report(mine, report, chat, PROMPTS) == ()
    assert chat.requests == []
