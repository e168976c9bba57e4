"""Whole interviews, as they are held in the browser."""

import asyncio
import re
from dataclasses import replace

from playwright.async_api import expect

from app.domain.events import SessionMode
from tests.cli.material import CHINESE, ENGLISH
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import Seen
from tests.scripted_llm.steps import Say, Step
from tests.web.browser.interview import (
    CHINESE_ANSWER,
    ENGLISH_ANSWER,
    GRADED,
    compose,
    go_on,
    send,
    until_graded,
)
from tests.web.browser.site import Site


def thoughtful(seen: Seen) -> Step:
    """The heuristic judge, so slow that each verdict can be seen to come."""
    said = heuristic(seen)
    assert isinstance(said, Say)
    return replace(said, pause=0.06)


async def test_an_interview_in_chinese_from_a_job_description_to_its_report(
    judged: Site, open_context, persona
) -> None:
    persona(thoughtful)
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(judged.url)
    await page.fill("#count", "1")
    await page.fill("#text", "负责数据备份和灾难恢复，熟悉容灾演练。")
    await page.click(".begin .button-main")
    await expect(page.locator(".question")).to_have_text(CHINESE[0].text)
    await expect(page.locator(".grader").first).to_contain_text("由模型 scripted 评分")

    # An input method: Enter that picks a word sends nothing.
    await page.evaluate("localStorage.setItem('mockint wish enter', 'yes')")
    await page.reload()
    await page.focus(".box-text")
    keyboard = await visitor.new_cdp_session(page)
    await keyboard.send(
        "Input.imeSetComposition", {"text": "ding qi", "selectionStart": 7, "selectionEnd": 7}
    )
    await keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    await compose(page, "ding qi bei fen", CHINESE_ANSWER)
    await expect(page.locator(".box-text")).to_have_value(CHINESE_ANSWER)
    await expect(page.locator(".card")).to_have_count(0)
    await page.evaluate(_HEAR)
    await page.keyboard.press("Enter")

    # Verdicts come one by one, beside the words that they rest on.
    await expect(page.locator(".card[data-state=grading] .chip-open")).to_have_count(4)
    counts = await page.evaluate(_COUNT_CHIPS)
    assert counts == sorted(counts)
    assert len(set(counts) & {1, 2, 3}) >= 2, counts
    await until_graded(page)
    assert await page.locator(".words").inner_text() != ""
    await page.hover(".chip-covered a.chip-face")
    await expect(page.locator(".ev.is-lit").first).to_be_visible()
    await asyncio.wait_for(page.evaluate(_IS_HEARD, "已覆盖"), PATIENCE_S)

    # A follow-up, a hint, and what they do to the question's score.
    await go_on(page, "follow-up")
    await expect(page.locator(".asked-text")).to_be_visible()
    await page.click("button[name=hint]")
    await expect(page.locator(".hint")).to_contain_text("提示 1/3")
    await expect(page.locator(".hint")).to_contain_text("最多得 90%")
    await send(page, "每季度演练一次，不演练的备份等于没有备份。")
    await until_graded(page, 2)
    await expect(page.locator(GRADED).last).to_contain_text("本题得分")

    # A disputed verdict is heard.
    await page.locator("summary[data-key=d]").click()
    await page.locator(".appeal input[type=radio]").first.check()
    await page.fill(".appeal textarea", "我说了副本放到另一座城市。")
    await page.click(".appeal .button-main")
    await expect(page.locator(".hearing")).to_contain_text(re.compile("改判|维持原判"))

    await go_on(page, "next")
    await expect(page.locator("#ended")).to_contain_text("面试结束了")
    report = page.locator("#ended a.button-main")
    assert await report.get_attribute("href") == f"{_path(page.url)}/report"


PATIENCE_S = 30.0
_HEAR = """
() => {
  const said = document.getElementById("said");
  window.heard = [];
  const hear = new MutationObserver(() => window.heard.push(said.textContent));
  hear.observe(said, { childList: true });
}
"""

# It is said in breaths, each in the place of the last one.
_IS_HEARD = """
(words) => new Promise((done) => {
  const look = () => window.heard.join().includes(words) ? done(true) : setTimeout(look, 100);
  look();
})
"""

_COUNT_CHIPS = """
() => new Promise((done) => {
  const counts = [];
  const look = () => {
    const card = document.querySelector(".card");
    counts.push(card.querySelectorAll(".chip:not(.chip-open)").length);
    if (card.dataset.state === "graded") done(counts);
    else requestAnimationFrame(look);
  };
  look();
})
"""


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3].split("#")[0].split("?")[0]


async def test_an_interview_in_english_checked_by_the_candidate_with_number_keys(
    similar: Site, open_context
) -> None:
    visitor = await open_context(locale="en-GB", color_scheme="dark")
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, ENGLISH[:1]))
    await page.keyboard.press("/")
    await page.keyboard.type(ENGLISH_ANSWER)
    await page.keyboard.press("Control+Enter")
    await until_graded(page)
    before = await page.locator(".score-figure").inner_text()
    await page.keyboard.press("c")
    await expect(page.locator(".check-point")).to_have_count(4)
    for key in "1121":
        await page.keyboard.press(key)
    chosen = page.locator(".check-point input:checked")
    assert [await one.get_attribute("value") for one in await chosen.all()] == [
        "covered",
        "covered",
        "partial",
        "covered",
    ]
    await page.keyboard.press("Enter")
    await expect(page.locator(".score")).to_contain_text("confirmed by the candidate")
    assert float(await page.locator(".score-figure").inner_text()) > float(before)

    # Another attempt is compared with this one.
    await page.keyboard.press("a")
    await expect(page.locator(".box-text")).to_have_value(ENGLISH_ANSWER)
    await send(page, f"{ENGLISH_ANSWER} A written recovery plan, and rehearsals each quarter.")
    await until_graded(page, 2)
    await expect(page.locator(".comparison")).to_contain_text("Compared with the attempt before")
    await expect(page.locator(".check")).to_have_count(0)
    await page.keyboard.press("q")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ended")).to_contain_text("on average")


async def test_an_interview_keeps_a_straight_face_until_it_has_ended(
    judged: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    received: list[str] = []
    page.on("response", lambda reply: received.append(reply.url))
    address = await judged.open_chat(visitor, CHINESE, mode=SessionMode.INTERVIEW)
    await page.goto(address)
    await send(page, CHINESE_ANSWER)
    await expect(page.locator(".asked-text")).to_be_visible()
    await page.click("[formaction$=skip]")
    await expect(page.locator(".question")).to_have_text(CHINESE[1].text)
    await page.locator(".turn-past summary").click()
    await expect(page.locator(".card[data-state=noted]")).to_contain_text("记下了")
    await page.wait_for_timeout(800)
    assert await page.locator(".chip").count() == 0
    await page.keyboard.press("q")
    await page.click("#more-end .button-danger")
    await expect(page.locator("#ended")).to_be_visible()
    await until_graded(page)
    assert await page.locator(".chip").count() == 4


async def test_hints_repeat_explain_and_skip_leave_the_words_in_the_box(
    similar: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await page.fill(".box-text", "写了一半")
    for number, cost in ((1, "90%"), (2, "75%"), (3, "50%")):
        await expect(page.locator("button[name=hint]")).to_contain_text(cost)
        await page.click("button[name=hint]")
        await expect(page.locator(".hint")).to_have_count(number)
    await expect(page.locator("button[name=hint]")).to_have_count(0)
    await page.click("[formaction$=repeat]")
    await expect(page.locator(".asked")).to_contain_text(CHINESE[0].text)
    await page.click("[formaction$=explain]")
    await expect(page.locator(".asked")).to_have_count(2)
    await expect(page.locator(".box-text")).to_have_value("写了一半")
    await page.click("[formaction$=skip]")
    await expect(page.locator(".question")).to_have_text(CHINESE[1].text)
    await expect(page.locator(".box-text")).to_have_value("")


async def test_talk_is_taken_for_an_answer_only_when_the_candidate_says_so(
    similar: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await send(page, "这里的备份指的是什么？")
    await expect(page.locator("#doubt")).to_contain_text("这是你的回答吗")
    await expect(page.locator("#doubt .button-main")).to_be_focused()
    await page.click("#doubt [formaction$=say]")
    await expect(page.locator(".said")).to_contain_text("指的是什么")
    await expect(page.locator(".asked")).to_be_visible()
    await expect(page.locator(".box-text")).to_have_value("")
    assert await page.locator(".card").count() == 0


async def test_an_answer_that_cannot_be_graded_says_why_and_can_be_tried_again(
    judged: Site, open_context, persona
) -> None:
    persona(lambda _seen: Say("I would rather talk about the weather."))
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await judged.open_chat(visitor, CHINESE))
    await send(page, CHINESE_ANSWER)
    ungraded = page.locator(".card[data-state=ungraded]")
    await expect(ungraded).to_contain_text("未评分")
    await expect(ungraded.locator(".margin .label")).to_contain_text("不是评分")
    assert await ungraded.locator(".chip").count() == 4
    assert await ungraded.locator(".score-figure").count() == 0
    persona(thoughtful)
    await page.click("[data-key=g]")
    await expect(page.locator(".card[data-state=grading]")).to_be_visible()
    await until_graded(page)


async def test_a_summary_comes_onto_the_report_without_moving_what_is_being_read(
    judged: Site, open_context, persona
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await judged.open_chat(visitor, CHINESE[:1]))
    await send(page, CHINESE_ANSWER)
    await until_graded(page)
    persona(lambda _seen: Say("你超过了 97% 的人。", delay=0.5))
    await go_on(page, "next")
    await page.click("#ended a.button-main")
    summary = page.locator("#summary")
    await expect(summary).to_have_attribute("data-state", "writing")
    again = summary.locator("button")
    await expect(again).to_be_hidden()
    await page.click("details.no-print > summary")
    await expect(again).to_be_visible()
    await expect(summary).to_contain_text("没有给出可用的小结")
    await expect(page.locator("details.no-print[open]")).to_have_count(1)
    persona(lambda _seen: Say("定期备份讲得清楚。", delay=0.5))
    await again.click()
    await expect(summary).to_have_attribute("data-state", "done")
    await expect(summary.locator("p").first).to_have_text("定期备份讲得清楚。")
    await expect(again).to_be_hidden()


async def test_an_answer_after_the_reference_says_that_it_does_not_count(
    similar: Site, open_context
) -> None:
    visitor = await open_context()
    page = await visitor.new_page()
    await page.goto(await similar.open_chat(visitor, CHINESE))
    await page.keyboard.press("r")
    await page.click("#more-reference button")
    await expect(page.locator(".reference")).to_contain_text("按季度演练")
    await go_on(page, "again")
    await send(page, CHINESE_ANSWER)
    await until_graded(page)
    await expect(page.locator(GRADED)).to_contain_text("不计入成绩")
