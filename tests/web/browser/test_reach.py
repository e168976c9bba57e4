"""For everybody: screen readers, small screens, dark rooms, no scripts, slow lines."""

import asyncio
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from app.domain.question import Question
from tests.cli.material import CHINESE, ENGLISH
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import Seen
from tests.scripted_llm.steps import Say, Step
from tests.web.browser.interview import (
    CHINESE_ANSWER,
    ENGLISH_ANSWER,
    GRADED,
    go_on,
    has_no_sideways_scroll,
    send,
    until_graded,
)
from tests.web.browser.site import Site

LIGHT_WEIGHT = 60_000
GRAVE = ("serious", "critical")

Tongue = tuple[str, tuple[Question, ...], str, str]
CHINESE_LIGHT: Tongue = ("zh-CN", CHINESE, CHINESE_ANSWER, "light")
ENGLISH_DARK: Tongue = ("en-GB", ENGLISH, ENGLISH_ANSWER, "dark")


async def look_at(page: Page, state: str) -> None:
    """No grave violation of accessibility, and nothing wider than the screen."""
    await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    found = await Axe().run(page)
    grave = [
        f"{state}: {one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in GRAVE
    ]
    assert grave == []
    assert await has_no_sideways_scroll(page), state


@pytest.mark.parametrize(
    ("tongue", "width"),
    [
        pytest.param(CHINESE_LIGHT, 1280, id="zh-light-wide"),
        pytest.param(ENGLISH_DARK, 360, id="en-dark-phone"),
    ],
)
async def test_every_state_can_be_reached_by_everybody(
    judged: Site, open_context, persona, tongue: Tongue, width: int
) -> None:
    locale, questions, answer, scheme = tongue
    visitor = await open_context(
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 780},
        reduced_motion="reduce",
    )
    page = await visitor.new_page()
    # The policy forbids scripts from elsewhere; the one that looks for violations is let in.
    await visitor.route(re.compile("/sessions/"), _without_policy)
    await page.goto(await judged.open_chat(visitor, questions))
    await look_at(page, "box")
    more = page.locator("#rest > summary")
    if await more.is_visible():
        await more.click()
        await look_at(page, "more")
    await page.click("[data-keys-open]")
    await look_at(page, "keys")
    await page.keyboard.press("Escape")
    await send(page, "什么意思？" if questions is CHINESE else "What do you mean?")
    await page.wait_for_selector("#doubt")
    await look_at(page, "doubt")
    await page.click("#doubt [formaction$=say]")
    await page.wait_for_selector(".said")
    await page.click("button[name=hint]")
    await page.wait_for_selector(".hint")
    await page.click("#more-wishes summary")
    await look_at(page, "talk, hint and wishes")
    persona(slow)
    await send(page, answer)
    await page.wait_for_selector(".card[data-state=grading] .chip:not(.chip-open)")
    await look_at(page, "filling in")
    persona(heuristic)
    await until_graded(page)
    await page.locator("a.chip-face").first.focus()
    await expect(page.locator(".ev.is-lit").first).to_be_visible()
    await look_at(page, "graded, lit")
    await page.locator("summary[data-key=d]").click()
    await look_at(page, "appeal")
    await page.locator(".appeal input[type=radio]").first.check()
    await page.fill(".appeal textarea", "…")
    await page.click(".appeal .button-main")
    await page.wait_for_selector(".hearing .tag")
    await page.click("form[action$=reference] button")
    await page.wait_for_selector(".reference")
    await look_at(page, "heard, reference")
    await go_on(page, "next")
    await page.wait_for_selector(".turn-past")
    await page.click(".turn-past summary")
    await look_at(page, "second question, first one opened")
    persona(lambda _seen: Say("no"))
    await send(page, answer)
    await page.wait_for_selector(".card[data-state=ungraded]")
    await look_at(page, "ungraded")
    await page.click("#more-end summary")
    await page.click("#more-end .button-danger")
    await page.wait_for_selector("#ended")
    await look_at(page, "ended")


def slow(seen: Seen) -> Step:
    said = heuristic(seen)
    assert isinstance(said, Say)
    return Say(said.text, pause=0.25, piece=60)


async def _without_policy(route) -> None:
    if route.request.resource_type != "document":
        await route.continue_()
        return
    reply = await route.fetch(max_redirects=0)
    kept = {k: v for k, v in reply.headers.items() if k != "content-security-policy"}
    await route.fulfill(response=reply, headers=kept)


_ROWS = """
(selector) => {
  const boxes = [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect());
  const shown = boxes.filter((box) => box.height > 0).sort((a, b) => a.top - b.top);
  let [rows, end] = [0, -Infinity];
  for (const box of shown) {
    if (box.top >= end - 1) rows += 1;
    end = Math.max(end, box.bottom);
  }
  return rows;
}
"""


async def test_self_check_can_be_reached_by_everybody(similar: Site, open_context) -> None:
    visitor = await open_context(viewport={"width": 360, "height": 780})
    await visitor.route(re.compile("/sessions/"), _without_policy)
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    assert await page.evaluate(_ROWS, ".box-send, .tools > *") == 2
    await send(page, CHINESE_ANSWER)
    await until_graded(page)
    assert await page.evaluate(_ROWS, "#choices > .row .button, .tools > *") <= 2
    await page.click("a[data-key=c]")
    await page.wait_for_selector(".check")
    await look_at(page, "check")
    await page.click(".check .button-main")
    await expect(page.locator(".score")).to_contain_text("由你本人确认")
    await go_on(page, "again")
    await page.click("#send")
    await page.wait_for_selector(".comparison")
    await look_at(page, "compared")


async def test_a_whole_interview_without_scripts(judged: Site, open_context) -> None:
    visitor = await open_context(java_script_enabled=False, locale="en-GB")
    page = await visitor.new_page()
    address = await judged.open_chat(visitor, ENGLISH)
    await page.goto(address)
    assert not await page.locator(".only-script").first.is_visible()
    await page.fill(".box-text", "half a thought")
    await page.click("button[name=hint]")
    await expect(page.locator(".hint")).to_have_count(1)
    await expect(page.locator(".box-text")).to_have_value("half a thought")
    await page.fill(".box-text", ENGLISH_ANSWER)
    await page.click("#send")
    await expect(page.locator(GRADED)).to_have_count(1, timeout=20_000)  # by meta refresh
    await page.click("a.chip-face >> nth=0")
    assert "#w-" in page.url
    await go_on(page, "follow-up")
    await page.fill(".box-text", "A recovery plan that says who does what.")
    await page.click("#send")
    await expect(page.locator(GRADED)).to_have_count(2, timeout=20_000)
    await page.locator("summary[data-key=d]").click()
    await page.locator(".appeal input[type=radio]").first.check()
    await page.fill(".appeal textarea", "I said so.")
    await page.click(".appeal .button-main")
    await expect(page.locator(".hearing .tag").first).to_be_visible(timeout=20_000)
    await go_on(page, "next")
    await page.click("[formaction$=skip]")
    await expect(page.locator("#ended")).to_be_visible()


async def test_by_keyboard_alone_from_the_question_to_the_next(similar: Site, open_context) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await tab_to(page, "textarea")
    await page.keyboard.type("定期备份，异地备份。")
    await tab_to(page, "#send")
    await page.keyboard.press("Enter")
    await until_graded(page)
    await tab_to(page, "#choices [formaction$=next]")
    await page.keyboard.press("Enter")
    await expect(page.locator(".question")).to_have_text(CHINESE[1].text)
    await expect(page.locator(".box-text")).to_be_focused()


async def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


async def test_the_page_with_all_that_it_loads_is_light_and_comes_from_here(
    similar: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    weights: dict[str, int] = {}

    async def weigh(request) -> None:
        if "/live" not in request.url:
            sizes = await request.sizes()
            weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    tasks: list[asyncio.Task[None]] = []
    page.on("requestfinished", lambda request: tasks.append(asyncio.create_task(weigh(request))))
    await page.goto(await similar.open_chat(visitor, CHINESE), wait_until="load")
    await expect(page.locator("html")).to_have_class(re.compile("scripted"))
    await page.wait_for_timeout(300)
    await asyncio.gather(*tasks)
    assert all(url.startswith(similar.url) for url in weights)
    assert sum(weights.values()) < LIGHT_WEIGHT, sorted(weights.items(), key=lambda x: -x[1])
