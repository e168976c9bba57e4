"""The summary of a report: written behind the page, once, held to the figures, not required."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import pytest

from app.domain.assessment import Usage
from app.domain.events import SessionStatus
from app.store.repository import SqlRepository
from tests.report.made import full_session
from tests.scripted_llm.server import ScriptedLLM, Seen
from tests.scripted_llm.steps import Refuse, Say, Step
from tests.web.browsing import Browser, House, opened

PER_DAY = 5000
TEXT = "平均 4.3 分。你超过了 90% 的人。<b>第 2 题</b>把 RDMA 说反了。"
KEPT = "平均 4.3 分。&lt;b&gt;第 2 题&lt;/b&gt;把 RDMA 说反了。"


@pytest.fixture
async def house(small_banks, scripted_llm: ScriptedLLM) -> AsyncIterator[House]:
    scripted_llm.persona = lambda _: Say(TEXT)
    async with opened(
        llm_model="scribe-7b",
        openai_base_url=scripted_llm.base_url,
        openai_api_key="any",
        llm_daily_tokens=PER_DAY,
        llm_attempts=1,
    ) as house:
        yield house


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with house.browser(language="zh") as made:
        await made.get(house.link())
        yield made


@pytest.fixture
async def mine(house: House) -> SqlRepository:
    return cast(SqlRepository, house.holdings.store.of("local"))


@pytest.fixture
async def path(mine: SqlRepository) -> str:
    """The report of a session that has ended."""
    name = await full_session(mine)
    await mine.change_status(name, SessionStatus.ENDED)
    return f"/sessions/{name}/report"


async def settled(browser: Browser, path: str) -> str:
    """The state of the summary once nobody writes any more."""
    async with asyncio.timeout(20):
        while True:
            state: str = (await browser.get(f"{path}/summary")).json()["state"]
            if state != "writing":
                return state
            await asyncio.sleep(0.02)


async def test_the_page_comes_at_once_and_the_summary_follows(
    browser: Browser, path: str, scripted_llm: ScriptedLLM
) -> None:
    scripted_llm.persona = lambda _: Say(TEXT, delay=0.5)
    page = (await browser.get(path)).text
    assert "scribe-7b 正在写小结" in page
    assert "js/summary.js" in page
    assert "下一步" in page
    assert await settled(browser, path) == "done"
    page = (await browser.get(path)).text
    assert KEPT in page
    assert "90%" not in page
    assert "由 scribe-7b 根据下面的判定写成" in page
    assert "http-equiv" not in page


async def test_one_state_is_paid_once_and_counts_towards_the_day(
    browser: Browser, mine: SqlRepository, path: str, scripted_llm: ScriptedLLM
) -> None:
    await asyncio.gather(*(browser.get(path) for _ in range(5)))
    await settled(browser, path)
    await browser.get(path)
    await browser.fill_in(f"{path}/summary", page=path)
    assert len(scripted_llm.requests) == 1
    text = (await browser.get("/settings")).text
    assert f"{PER_DAY:,}" not in text


async def test_files_and_programs_get_the_summary_once_it_is_there(
    browser: Browser, path: str
) -> None:
    before = await browser.get(f"{path}.json")
    assert json.loads(before.text)["summary"] == []
    await browser.get(path)
    await settled(browser, path)
    assert "第 2 题" in (await browser.get(f"{path}.md")).text
    assert KEPT in (await browser.get(f"{path}.html")).text
    for address in (f"{path}.json", f"/api/v1{path}"):
        found = json.loads((await browser.get(address)).text)["summary"]
        assert found == ["平均 4.3 分。", "<b>第 2 题</b>把 RDMA 说反了。"]


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Refuse(400), id="refused"),
        pytest.param(Say("你超过了 90% 的人。"), id="nothing left after the check"),
        pytest.param(Say(TEXT, finish="length"), id="cut off"),
    ],
)
async def test_a_summary_that_fails_is_told_and_can_be_had_again(
    browser: Browser, path: str, scripted_llm: ScriptedLLM, step: Step
) -> None:
    scripted_llm.persona = lambda _: step
    await browser.get(path)
    assert await settled(browser, path) == "failed"
    reply = await browser.get(path)
    assert reply.status_code == 200
    assert "没有给出可用的小结" in reply.text
    told = (await browser.get(f"{path}/summary")).json()["words"]  # what a script puts in place
    assert [word in reply.text for word in told] == [True]
    asked = len(scripted_llm.requests)
    await browser.get(path)
    assert len(scripted_llm.requests) == asked  # nothing is paid for unasked
    scripted_llm.persona = lambda _: Say(TEXT)
    again = await browser.fill_in(f"{path}/summary", page=path)
    assert again.headers["location"] == f"{path}#summary"
    assert await settled(browser, path) == "done"


async def test_whoever_has_spent_the_days_tokens_is_told_and_costs_nothing(
    browser: Browser, mine: SqlRepository, path: str, scripted_llm: ScriptedLLM
) -> None:
    await mine.add_usage(Usage(1, PER_DAY, 0, 0), purpose="assess")
    page = (await browser.get(path)).text
    assert "今天的语言模型用量已经用完" in page
    assert scripted_llm.requests == []


async def test_nothing_is_tried_again_with_the_days_tokens_spent_and_the_page_says_so(
    browser: Browser, mine: SqlRepository, path: str, scripted_llm: ScriptedLLM
) -> None:
    scripted_llm.persona = lambda _: Refuse(400)
    await browser.get(path)
    assert await settled(browser, path) == "failed"
    asked = len(scripted_llm.requests)
    assert "再试一次" in (await browser.get(path)).text
    await mine.add_usage(Usage(1, PER_DAY, 0, 0), purpose="assess")
    await browser.fill_in(f"{path}/summary", page=path)
    page = (await browser.get(path)).text
    assert "今天的语言模型用量已经用完" in page
    assert "再试一次" not in page
    assert len(scripted_llm.requests) == asked


async def test_a_session_that_goes_on_gets_one_only_when_asked(
    browser: Browser, mine: SqlRepository, scripted_llm: ScriptedLLM
) -> None:
    path = f"/sessions/{await full_session(mine)}/report"
    assert "写一段小结" in (await browser.get(path)).text
    assert scripted_llm.requests == []
    await browser.fill_in(f"{path}/summary", page=path)
    assert await settled(browser, path) == "done"


async def test_each_language_has_its_own(
    house: House, browser: Browser, path: str, scripted_llm: ScriptedLLM
) -> None:
    def speak(seen: Seen) -> Step:
        return Say("You averaged 4.3." if "English" in seen.messages[0]["content"] else TEXT)

    scripted_llm.persona = speak
    await browser.get(path)
    await settled(browser, path)
    async with house.browser() as english:
        await english.get(house.link())
        await english.get(path)
        await settled(english, path)
        assert "You averaged 4.3." in (await english.get(path)).text
    assert "平均 4.3 分" in (await browser.get(path)).text


async def test_a_writer_that_died_leaves_the_summary_to_the_next(
    browser: Browser, mine: SqlRepository, path: str
) -> None:
    name = path.split("/")[2]
    assert await mine.begin_summary(name, "d" * 64, model="m", seconds=60)
    assert not await mine.begin_summary(name, "d" * 64, model="m", seconds=60, again=True)
    assert await mine.begin_summary(name, "e" * 64, model="m", seconds=-1)
    assert await mine.summary(name, "e" * 64) is None
    assert await mine.begin_summary(name, "e" * 64, model="m", seconds=60)


async def test_without_a_model_nothing_is_said_of_a_summary(small_banks) -> None:
    async with opened() as house, house.browser(language="zh") as browser:
        await browser.get(house.link())
        mine = cast(SqlRepository, house.holdings.store.of("local"))
        page = await browser.get(f"/sessions/{await full_session(mine)}/report")
        assert 'id="summary"' not in page.text
        assert "小结" not in page.text
