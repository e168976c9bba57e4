"""The box, the keys, the clock and the voice."""

import re

from playwright.async_api import Page, expect

from tests.cli.material import CHINESE, ENGLISH
from tests.web.browser.interview import CHINESE_ANSWER, send, until_graded
from tests.web.browser.site import Site

SPEECH = """
  const voice = { lang: "zh-CN", name: "test" };
  const said = (window.said = []);
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [voice], addEventListener() {}, cancel() {},
    speak: (one) => { said.push([one.lang, one.text]); setTimeout(() => one.onend?.(), 50); },
  }});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  window.SpeechRecognition = class {
    start() {
      window.heardIn = this.lang;
      setTimeout(() => this.onresult({ results: [[{ transcript: "定期备份" }]] }), 30);
    }
    stop() { this.onend(); }
  };
"""
SILENCE = """
  delete window.SpeechRecognition; delete window.webkitSpeechRecognition;
  Object.defineProperty(window, "speechSynthesis", { value: undefined });
"""


async def opened(similar: Site, open_context, script: str = "", **options: object) -> Page:
    visitor = await open_context(**options)
    page: Page = await visitor.new_page()
    if script:
        await page.add_init_script(script)
    await page.goto(await similar.open_chat(visitor, CHINESE, minutes=20))
    return page


async def test_enter_makes_a_new_line_until_it_is_chosen_to_send(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context)
    await page.focus(".box-text")
    await page.keyboard.type("定期备份")
    await page.keyboard.press("Enter")
    await expect(page.locator(".box-text")).to_have_value("定期备份\n")
    await page.click("#more-wishes summary")
    await page.check("[data-wish=enter]")
    await page.reload()
    await page.focus(".box-text")
    await page.keyboard.press("End")
    await page.keyboard.press("Shift+Enter")
    assert await page.locator(".card").count() == 0
    await page.keyboard.type("异地备份")
    await page.keyboard.press("Enter")
    await until_graded(page)
    await expect(page.locator(".words")).to_contain_text("异地备份")


async def test_enter_with_the_code_of_an_input_method_sends_nothing(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context)
    await page.evaluate("localStorage.setItem('mockint wish enter', 'yes')")
    await page.reload()
    await page.fill(".box-text", CHINESE_ANSWER)
    prevented = await page.evaluate("""() => {
      const key = { key: "Enter", bubbles: true, cancelable: true };
      const press = (more) => {
        const event = new KeyboardEvent("keydown", { ...key, ...more });
        document.querySelector(".box-text").dispatchEvent(event);
        return event.defaultPrevented;
      };
      return [press({ keyCode: 229 }), press({ isComposing: true }), press({ isComposing: true,
        ctrlKey: true })];
    }""")
    assert prevented == [False, False, False]
    assert await page.locator(".card").count() == 0


async def test_the_box_grows_and_counts_near_the_limit_and_keeps_what_is_too_long(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context, forgiven=True)
    box = page.locator(".box-text")
    low = (await box.bounding_box())["height"]
    await box.fill("一行\n" * 14)
    assert (await box.bounding_box())["height"] > low
    long = "长" * 12_001
    await box.fill(long)
    await expect(page.locator(".box-note")).to_have_text("已有 12001 字，最多可发送 12000 字。")
    await page.click("#send")
    await expect(page.locator("#trouble")).to_contain_text("12000")
    await expect(box).to_have_value(long)


async def test_letters_do_what_the_buttons_do_and_can_be_turned_off(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context)
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    listed = await page.locator("#keys dt kbd").all_inner_texts()
    assert {"h", "s", "t", "e", "r", "f", "n", "a", "g", "c", "d", "p", "q", "?"} <= set(listed)
    await page.keyboard.press("Escape")
    await page.keyboard.press("h")
    await expect(page.locator(".hint")).to_have_count(1)
    await page.keyboard.press("/")
    await page.keyboard.type("hsq")
    await expect(page.locator(".box-text")).to_have_value("hsq")
    await page.keyboard.press("Escape")
    await page.click("#more-wishes summary")
    await page.uncheck("[data-wish=letters]")
    await page.keyboard.press("Escape")
    await page.keyboard.press("h")
    await page.wait_for_timeout(300)
    await expect(page.locator(".hint")).to_have_count(1)


async def test_the_clock_shows_the_pace_if_wished_and_the_time_is_kept_with_the_answer(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context)
    await expect(page.locator(".clock")).to_be_hidden()
    await page.click("#more-wishes summary")
    await page.check("[data-wish=clock]")
    await expect(page.locator(".clock")).to_have_text(re.compile(r"0:0[1-9] / 10:00"))
    await send(page, CHINESE_ANSWER)
    await until_graded(page)
    await expect(page.locator(".card .label").first).to_contain_text("秒")


async def test_questions_are_read_aloud_and_answers_dictated_where_the_browser_can(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context, SPEECH)
    await page.click("[data-read=question-1]")
    assert await page.evaluate("window.said") == [["zh-CN", CHINESE[0].text]]
    await page.fill(".box-text", "我会做。")
    await page.click("#dictate")
    await expect(page.locator("#dictate")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".box-text")).to_have_value("我会做。定期备份")
    assert await page.evaluate("window.heardIn") == "zh-CN"
    await page.click("#dictate")
    await expect(page.locator("#dictate")).to_have_attribute("aria-pressed", "false")


async def test_where_the_browser_has_no_voice_there_is_no_button(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context, SILENCE)
    await expect(page.locator("#dictate")).to_be_hidden()
    await expect(page.locator("[data-read]").first).to_be_hidden()


async def test_a_voice_of_another_language_reads_nothing(similar: Site, open_context) -> None:
    visitor = await open_context(locale="en-GB")
    page = await visitor.new_page()
    await page.add_init_script(SPEECH)
    await page.goto(await similar.open_chat(visitor, ENGLISH))
    await expect(page.locator("[data-read]").first).to_be_hidden()


async def test_a_tap_on_a_chip_keeps_its_words_lit_and_overlapping_words_belong_to_both(
    similar: Site, open_context
) -> None:
    page = await opened(similar, open_context, has_touch=True, is_mobile=True)
    await send(page, CHINESE_ANSWER)
    await until_graded(page)
    chip = page.locator("a.chip-face").first
    await chip.tap()
    lit = page.locator(".ev.is-lit")
    await expect(lit.first).to_be_visible()
    assert "定期备份" in "".join(await lit.all_inner_texts())
    await chip.tap()
    await expect(lit).to_have_count(0)
    await page.locator(".ev").last.tap()
    await expect(page.locator(".chip.is-lit")).not_to_have_count(0)
