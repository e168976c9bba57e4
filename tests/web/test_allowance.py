"""Whoever has spent the day's LLM tokens keeps everything, and costs nothing more."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.assessment import Assessment, Status, Usage
from app.domain.events import Wishes
from app.interview.host import Host
from app.interview.opening import open_interview
from tests.cli.material import CHINESE
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import ScriptedLLM
from tests.web.browsing import House, opened

PATIENCE = 20.0
PER_DAY = 5000


@pytest.fixture
async def frugal(small_banks, scripted_llm: ScriptedLLM) -> AsyncIterator[House]:
    """A server with a model, and few tokens for each visitor."""
    scripted_llm.persona = heuristic
    async with opened(
        llm_model="scripted",
        openai_base_url=scripted_llm.base_url,
        openai_api_key="any",
        llm_daily_tokens=PER_DAY,
    ) as house:
        yield house


async def graded(house: House, owner: str) -> tuple[Host, Assessment]:
    """What the server makes of an answer of this owner's."""
    repository = house.holdings.store.of(owner)
    host = await open_interview(repository, CHINESE[:1], Wishes(count=1), language="zh")
    await host.send("定期备份，副本放到异地，按季度演练。", key="a")
    house.holdings.room.desk.take_up(host.session)
    async with asyncio.timeout(PATIENCE):
        while True:
            await host.reload()
            record = host.turn.attempt.main.counting
            if record is not None:
                return host, record.assessment
            await asyncio.sleep(0.05)


async def test_answers_beyond_the_days_tokens_are_kept_ungraded_with_the_similarity_view(
    frugal: House, scripted_llm: ScriptedLLM
) -> None:
    spent = frugal.holdings.store.of("b-spent")
    await spent.add_usage(Usage(1, PER_DAY, 0, 0), purpose="assess")
    _, assessment = await graded(frugal, "b-spent")
    assert assessment.status is Status.UNGRADED
    assert len(assessment.key_points) == len(CHINESE[0].key_points)
    assert "今天的语言模型用量已经用完" in assessment.notices[0]
    assert scripted_llm.requests == []


async def test_others_go_on_being_judged_by_the_model(
    frugal: House, scripted_llm: ScriptedLLM
) -> None:
    await frugal.holdings.store.of("b-spent").add_usage(Usage(1, PER_DAY, 0, 0), purpose="assess")
    _, assessment = await graded(frugal, "b-other")
    assert assessment.status is Status.GRADED
    assert assessment.grader.model == "scripted"
    assert scripted_llm.requests


async def test_what_grading_costs_is_counted_towards_the_day(
    frugal: House, scripted_llm: ScriptedLLM
) -> None:
    async with frugal.browser() as browser:
        await browser.get("/")
        await graded(frugal, await frugal.owner_of(browser))
        text = (await browser.get("/settings")).text
    left = f"{PER_DAY:,} tokens"
    assert "tokens" in text
    assert left not in text
