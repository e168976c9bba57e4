"""Looking back on the page: sessions, topics, key points, what is due."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.assessment import Verdict
from app.domain.events import Judge, SessionMode
from app.domain.question import Question
from app.interview.host import Host
from app.interview.plan import Plan
from app.report.knowledge import knowledge_of
from app.store.opening import open_store
from app.wiring.stores import database_of
from tests.cli.material import CHINESE, ENGLISH, grade
from tests.report.test_pages import Page
from tests.store.made import SteadyClock
from tests.web.browsing import Browser, House


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with house.browser() as made:
        await made.get(house.link())
        yield made


async def answered(
    house: House, question: Question, text: str, *, days_ago: int = 0, owner: str = "local"
) -> str:
    """A session of the past in which a question was answered and graded by the rules."""
    clock = SteadyClock()
    clock.now = datetime.now(UTC) - timedelta(days=days_ago)
    store = await open_store(database_of(house.holdings.settings), clock=clock)
    mine = store.of(owner)
    host = await Host.begin(mine, Plan.of((question,)))
    answer = await host.send(text, key="k")
    claim = await mine.claim(host.session.id, answer.seq, holder="test", seconds=60)
    assert claim is not None
    await mine.assess(claim, grade(question, text), judged_by=Judge.MODEL)
    await host.end()
    await store.close()
    return host.session.id


async def test_a_newcomer_is_told_what_comes(house: House) -> None:
    async with house.browser() as browser:
        assert "After your first interview" in (await browser.get("/history")).text
        assert "no answer has been graded yet" in (await browser.get("/review")).text


async def test_key_points_are_shown_as_known_or_not_in_words(
    browser: Browser, house: House
) -> None:
    await answered(house, CHINESE[0], "定期备份，不演练", days_ago=40)
    page = Page((await browser.get("/history")).text)
    assert page.open == []
    assert "定期备份: covered, due for review" in page.text
    assert "演练: contradicted, due for review" in page.text
    details = Page((await browser.get("/history/key-points?topic=存储与备份")).text)
    assert "异地备份 due for review" in re.sub(r"\s+", " ", details.text)
    nothing = await browser.get("/history/key-points?topic=<script>")
    assert "No question of this topic" in nothing.text
    assert "<script>" not in nothing.text


async def test_sessions_are_paged_newest_first(browser: Browser, house: House) -> None:
    names = [await answered(house, CHINESE[1], "容器化", days_ago=30 - n) for n in range(22)]
    first, second = [
        re.findall(r'href="/sessions/(\w+)/report"', (await browser.get(f"/history?page={n}")).text)
        for n in (1, 2)
    ]
    assert [*first, *second] == names[::-1]
    assert (await browser.get("/history?page=0")).status_code == 422
    assert (await browser.get("/history?page=99")).text.count('aria-current="page">2<') == 1


async def test_days_in_a_row_and_topics_weakest_first(browser: Browser, house: House) -> None:
    await answered(house, CHINESE[0], "定期备份", days_ago=1)
    await answered(house, CHINESE[1], "容器化 负载均衡")
    text = Page((await browser.get("/history")).text).text
    assert re.search(r"Days in a row\s*2\s*longest: 2", text)
    assert text.index("存储与备份") < text.index("算力")


async def test_a_review_is_begun_with_a_button(browser: Browser, house: House) -> None:
    await answered(house, CHINESE[0], "定期备份", days_ago=40)
    await answered(house, ENGLISH[1], "containers", days_ago=30)
    page = (await browser.get("/review")).text
    assert "Due now: 2 questions" in page
    assert "异地备份" not in page  # what a good answer says is not given away
    reply = await browser.fill_in("/review", {"count": "1"}, page="/review")
    name = reply.headers["location"].removeprefix("/sessions/")
    session = await house.holdings.store.of("local").load(name)
    assert session.start.mode is SessionMode.REVIEW
    assert len(session.plan) == 1


async def test_with_nothing_due_the_next_day_is_named(browser: Browser, house: House) -> None:
    await answered(house, CHINESE[0], "定期备份")
    assert re.search(r"Next due: (today|tomorrow|\d+ \w{3})", (await browser.get("/review")).text)
    reply = await browser.fill_in("/review", {"count": "1"}, page="/")
    assert reply.headers["location"] == "/review"


async def test_one_question_can_be_practised(browser: Browser, house: House) -> None:
    reply = await browser.fill_in("/practise", {"question": "backup"})
    name = reply.headers["location"].removeprefix("/sessions/")
    session = await house.holdings.store.of("local").load(name)
    assert [turn.question.id for turn in session.turns] == ["backup"]
    assert (await browser.fill_in("/practise", {"question": "gone"})).status_code == 404


async def test_the_newest_answer_says_what_is_known(house: House) -> None:
    await answered(house, CHINESE[0], "不演练", days_ago=3)
    await answered(house, CHINESE[0], "演练")
    rows = await house.holdings.store.of("local").results()
    (topic,) = knowledge_of(rows, CHINESE[:1])
    points = {point.title: point.verdict for point in topic.questions[0].points}
    assert points["演练"] is Verdict.COVERED
    assert topic.counts[Verdict.CONTRADICTED] == 0


async def test_what_others_did_is_in_nobodys_history(house: House) -> None:
    await answered(house, CHINESE[0], "定期备份", owner="b-somebody")
    async with house.browser() as stranger:
        assert "After your first interview" in (await stranger.get("/history")).text
