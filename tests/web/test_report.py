"""The report of a session on the page and as files."""

import json
import re
from collections.abc import AsyncIterator
from typing import cast

import pytest

from app.domain.events import PlannedQuestion, SessionMode, SessionStatus, new_session_id
from app.store.repository import SqlRepository
from tests.report.made import (
    COVERED,
    HOSTILE,
    QUESTIONS,
    full_session,
    grade,
    judged,
    simple_session,
)
from tests.report.test_pages import Page
from tests.web.browsing import Browser, House


@pytest.fixture
async def mine(house: House) -> SqlRepository:
    return cast(SqlRepository, house.holdings.store.of("local"))


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with house.browser() as made:
        await made.get(house.link())
        yield made


async def interview(mine: SqlRepository) -> str:
    """An interview under way, with a graded answer."""
    session = await mine.open_session(
        new_session_id(),
        mode=SessionMode.INTERVIEW,
        language="zh",
        plan=[PlannedQuestion(QUESTIONS[0].id)],
    )
    await mine.ask(session.id, QUESTIONS[0], position=1)
    sent = await mine.answer(session.id, "定期保存", position=1, key="k")
    verdicts = (COVERED, "定期保存"), (COVERED, ""), (COVERED, "")
    await grade(mine, session.id, sent.seq, judged(QUESTIONS[0], "定期保存", 7.7, *verdicts))
    return session.id


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_report_shows_words_verdicts_figures_and_what_to_do(
    house: House, mine: SqlRepository, language: str
) -> None:
    await simple_session(mine, (4.0, 6.0))
    name = await full_session(mine)
    async with house.browser(language=language) as browser:
        await browser.get(house.link())
        reply = await browser.get(f"/sessions/{name}/report")
    page = Page(reply.text)
    assert page.open == []
    assert "4.3" in page.text
    for words in {
        "zh": (
            "面试报告",
            "下一步",
            "已覆盖",
            "说反了",
            "追问",
            "要点之外",
            "用表格看",
            "2 分 5 秒",
        ),
        "en": ("Interview report", "Next steps", "covered", "contradicted", "Follow-up", "beyond"),
    }[language]:
        assert words in page.text
    assert "机房失火呢？" in page.text
    assert "会弹钢琴" in page.text
    assert "style" not in {name for name, _ in page.attributes}


async def test_markup_in_an_answer_is_shown_and_not_obeyed(
    browser: Browser, mine: SqlRepository
) -> None:
    text = (await browser.get(f"/sessions/{await full_session(mine)}/report")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert HOSTILE in Page(text).text
    assert "{{ 7*7 }}" in Page(text).text


async def test_a_report_can_be_taken_away(browser: Browser, mine: SqlRepository) -> None:
    name = await full_session(mine)
    replies = {
        form: await browser.get(f"/sessions/{name}/report.{form}")
        for form in ("md", "html", "json")
    }
    for form, reply in replies.items():
        assert reply.status_code == 200
        assert f"mockint-{name}.{form}" in reply.headers["content-disposition"]
        assert reply.headers["content-disposition"].startswith("attachment")
    assert replies["md"].text.startswith("# Interview report")
    assert "<title>Interview report" in replies["html"].text
    assert json.loads(replies["json"].text)["session"]["id"] == name
    assert (await browser.get(f"/sessions/{name}/report.exe")).status_code == 422


async def test_nothing_of_an_interview_is_told_before_its_end(
    browser: Browser, mine: SqlRepository
) -> None:
    name = await interview(mine)
    page = await browser.get(f"/sessions/{name}/report")
    assert "The report comes at the end" in page.text
    assert (await browser.get(f"/sessions/{name}/report.json")).status_code == 409
    history = (await browser.get("/history")).text
    review = (await browser.get("/review")).text
    assert "Nothing is due: no answer has been graded yet" in review
    for text in (page.text, history, review):
        assert re.search(r"(?<!\d)7\.7(?!\d)", text) is None  # times have such digits, too
        assert "定期保存" not in text
    assert "graded at the end" in history
    await mine.change_status(name, SessionStatus.ENDED)
    assert "7.7" in (await browser.get(f"/sessions/{name}/report")).text
    assert "7.7" in (await browser.get("/history")).text


async def test_only_what_the_banks_still_hold_can_be_answered_again(
    browser: Browser, mine: SqlRepository
) -> None:
    gone = await full_session(mine)
    assert 'action="/practise"' not in (await browser.get(f"/sessions/{gone}/report")).text
    reply = await browser.fill_in("/practise", {"question": "backup"})
    page = (await browser.get(f"{reply.headers['location']}/report")).text
    assert page.count('action="/practise"') == 1


async def test_a_session_is_deleted_for_good(browser: Browser, mine: SqlRepository) -> None:
    name = await full_session(mine)
    path = f"/sessions/{name}/report"
    reply = await browser.fill_in(f"/sessions/{name}/forget", page=path)
    assert reply.headers["location"] == "/history"
    assert (await browser.get(path)).status_code == 404
