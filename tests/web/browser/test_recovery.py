"""Nothing is lost: reloads, second windows, double clicks, dropped lines, killed servers."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.cli.material import CHINESE
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import Seen
from tests.scripted_llm.steps import Say, Step
from tests.web.browser.interview import CHINESE_ANSWER, GRADED, go_on, send, until_graded
from tests.web.browser.site import Site

KILLED_MS = 30_000
"""A claim of a killed process lapses after some seconds; then another takes the answer up."""


@pytest_asyncio.fixture(loop_scope="session")
async def mortal(judged: Site) -> AsyncIterator[Site]:
    """A server that a test may kill; it runs again afterwards."""
    yield judged
    await judged.kill()
    await judged.start()


def endless(seen: Seen) -> Step:
    """Says a verdict or two, then takes its time."""
    said = heuristic(seen)
    assert isinstance(said, Say)
    return replace(said, pause=2.0, piece=200)


async def test_a_draft_comes_back_after_a_reload_and_goes_when_it_was_sent(
    similar: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await page.fill(".box-text", CHINESE_ANSWER)
    await page.reload()
    await expect(page.locator(".box-text")).to_have_value(CHINESE_ANSWER)
    await expect(page.locator(".box-note")).to_contain_text("草稿")
    await page.click("#send")
    await until_graded(page)
    assert await drafts(page) == []
    await go_on(page, "again")
    await expect(page.locator(".box-text")).to_have_value(CHINESE_ANSWER)
    await page.fill(".box-text", "改了一半")
    await page.reload()
    await expect(page.locator(".box-text")).to_have_value("改了一半")
    await page.click("[formaction$=pause]")
    await page.wait_for_url(f"{similar.url}/")
    await page.go_back()
    await expect(page.locator(".box-text")).to_have_value("改了一半")
    await expect(page.locator(".chat-head")).to_contain_text("暂停过")


async def drafts(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('mockint draft'))"
    )
    return found


async def test_two_windows_show_the_same_and_share_a_draft(similar: Site, open_context) -> None:
    visitor = await open_context()
    one, other = await visitor.new_page(), await visitor.new_page()
    address = await similar.open_chat(visitor, CHINESE)
    await one.goto(address)
    await other.goto(address)
    await other.bring_to_front()
    await one.fill(".box-text", CHINESE_ANSWER)
    await expect(other.locator(".box-text")).to_have_value(CHINESE_ANSWER)
    await one.click("#send")
    await until_graded(one)
    await until_graded(other)
    await go_on(other, "next")
    await expect(one.locator(".question")).to_have_text(CHINESE[1].text)


async def test_what_another_window_has_left_behind_is_not_taken_and_stays_in_the_box(
    similar: Site, open_context
) -> None:
    visitor = await open_context(forgiven=True)
    one, other = await visitor.new_page(), await visitor.new_page()
    address = await similar.open_chat(visitor, CHINESE)
    await one.goto(address)
    await other.goto(address)
    await other.route("**/live*", lambda route: route.abort())
    await other.reload()
    await send(one, CHINESE_ANSWER)
    await until_graded(one)
    await other.fill(".box-text", "另一个窗口里写的。")
    await other.click("#send")
    await expect(other.locator("#trouble")).to_contain_text("刚才的操作没有保存")
    await expect(other.locator("#trouble")).to_contain_text("没有保存")
    await until_graded(other)
    assert await other.locator(".card").count() == 1


async def test_a_double_click_is_one_answer(similar: Site, open_context) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await page.fill(".box-text", CHINESE_ANSWER)
    await page.dblclick("#send")
    await until_graded(page)
    assert await page.locator(".card").count() == 1
    assert await page.locator("#trouble").count() == 0
    await page.dblclick("#choices [formaction$=next]")
    await expect(page.locator(".question")).to_have_text(CHINESE[1].text)
    await expect(page.locator(".turn")).to_have_count(2)


async def test_what_cannot_be_sent_stays_in_the_box_and_goes_out_once_the_line_is_back(
    similar: Site, open_context
) -> None:
    visitor = await open_context(forgiven=True)
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await visitor.set_offline(True)
    await send(page, CHINESE_ANSWER)
    await expect(page.locator("#trouble")).to_contain_text("没有发送成功")
    await expect(page.locator(".box-text")).to_have_value(CHINESE_ANSWER)
    await visitor.set_offline(False)
    await page.click("#send")
    await until_graded(page)


async def test_a_server_killed_in_the_middle_of_grading_goes_on_when_it_is_back(
    mortal: Site, open_context, persona
) -> None:
    persona(endless)
    visitor = await open_context(forgiven=True)
    page = await visitor.new_page()
    await page.goto(await mortal.open_chat(visitor, CHINESE))
    await send(page, CHINESE_ANSWER)
    await expect(page.locator(".card[data-state=grading]")).to_be_visible()
    await mortal.kill()
    await expect(page.locator("#link-state")).to_contain_text("正在重连")
    persona(heuristic)
    await mortal.start()
    await expect(page.locator("#link-state")).to_be_empty(timeout=KILLED_MS)
    await expect(page.locator(GRADED)).to_have_count(1, timeout=KILLED_MS)
    assert await page.locator(".chip").count() == 4
    assert await page.locator("#choices").is_visible()
