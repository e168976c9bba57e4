"""Strings that would be scripts go through every text of the chat page, and nothing executes."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.domain.question import KeyPoint, Question
from tests.scripted_llm.server import Seen
from tests.scripted_llm.steps import Say, Step
from tests.web.browser.interview import go_on, send, until_graded
from tests.web.browser.site import Site

FLAG = "window.executed=1"
CORPUS = (
    f"<script>{FLAG}</script>",
    f"</script><script>{FLAG}</script>",
    f"<img src=x onerror={FLAG}>",
    f"<svg onload={FLAG}>",
    f"<svg><script>{FLAG}</script></svg>",
    f"<math><mtext><img src=x onerror={FLAG}></mtext></math>",
    f'"><img src=x onerror="{FLAG}">',
    f"' autofocus onfocus='{FLAG}' x='",
    f'" autofocus onfocus="{FLAG}" x="',
    f"</textarea><img src=x onerror={FLAG}>",
    f"</title><img src=x onerror={FLAG}>",
    f"</template><img src=x onerror={FLAG}>",
    f"<!--><img src=x onerror={FLAG}>-->",
    "<iframe srcdoc='<script>parent.executed=1</script>'></iframe>",
    f"<a href='javascript:{FLAG}'>link</a>",
    f"[link](javascript:{FLAG})",
    f"<details open ontoggle={FLAG}>",
    f"<style>@import 'javascript:{FLAG}'</style>",
    f"<meta http-equiv=refresh content='0;url=javascript:{FLAG}'>",
    f"<form action='javascript:{FLAG}'><button autofocus>",
    f"{{{{ ''.__class__ }}}} {{% raw %}} ${{{FLAG}}}",
    f"&lt;script&gt;{FLAG}&lt;/script&gt; &#60;img src=x onerror={FLAG}&#62;",
    f"\u202e\u0000<im\u0000g src=x onerror={FLAG}>\u2028{FLAG}",
    f"data: {FLAG}\n\nevent: card\ndata: {{}}",
)
WATCH = """
  window.refused = [];
  addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective
    + " " + event.blockedURI + " " + event.sample));
"""


def text(number: int, words: str = "") -> str:
    """One of the corpus, with plain words around it."""
    return f"{words} {CORPUS[number % len(CORPUS)]} {words}".strip()


QUESTION = Question(
    id="hostile",
    text=text(2, "备份怎么做？"),
    topic=text(7),
    language="zh",
    reference="".join(CORPUS).replace("\u0000", ""),
    key_points=tuple(
        KeyPoint(f"kp{n}", text(n, "备份"), text(n + 3, "备份"), follow_up=text(n + 5, "备份"))
        for n in range(1, 7)
    ),
    tags=tuple(CORPUS[:3]),
)
ANSWER = "先做备份。\n" + "\n".join(one.replace("\u0000", "") for one in CORPUS)


def hostile(seen: Seen) -> Step:
    """A model whose every word is one of the corpus, its quotes the candidate's own."""
    lines = [line for line in ANSWER.splitlines() if line.strip()]
    points = [
        {
            "id": f"kp{n}",
            "reason": text(n + 8),
            "quote": lines[n % len(lines)],
            "verdict": ("covered", "partial", "contradicted")[n % 3],
        }
        for n in range(1, 7)
        if f"kp{n}" in seen.user_text
    ]
    body: dict[str, Any] = {
        "key_points": points,
        "errors": [{"quote": lines[4], "why": text(n)} for n in range(3)],
        "beyond": [{"quote": lines[6], "why": text(n)} for n in range(3, 6)],
        "strengths": list(CORPUS[:8]),
        "improvements": list(CORPUS[8:16]),
        "follow_up": text(3, "备份"),
    }
    return Say(json.dumps(body, ensure_ascii=False), pause=0.02, piece=120)


async def assert_harmless(page: Page, state: str) -> None:
    assert await page.evaluate("window.executed") is None, state
    assert await page.evaluate("window.refused") == [], state
    foreign = "#chat :is(script, img, iframe, style, meta, math, [onerror], [onload], [onfocus])"
    assert await page.locator(foreign).count() == 0, state
    assert await page.locator("#chat a[href^='javascript']").count() == 0, state


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_nothing_that_anybody_writes_executes(
    judged: Site, open_context, persona, locale: str
) -> None:
    persona(hostile)
    visitor = await open_context(locale=locale)
    page = await visitor.new_page()
    await page.add_init_script(WATCH)
    await page.goto(await judged.open_chat(visitor, [QUESTION]))
    await assert_harmless(page, "question")
    for step, come in (("hint", ".hint"), ("repeat", ".asked"), ("explain", ".asked >> nth=1")):
        await page.click(f".tools [formaction$={step}]")
        await page.wait_for_selector(come)
    await send(page, f"<img src=x onerror={FLAG}>？")
    await page.wait_for_selector("#doubt")
    await assert_harmless(page, "doubt")
    await page.click("#doubt [formaction$=say]")
    await page.wait_for_selector(".said")
    await page.fill(".box-text", ANSWER)
    await page.reload()
    await expect(page.locator(".box-text")).to_have_value(ANSWER)
    await assert_harmless(page, "draft")
    await page.click("#send")
    await page.wait_for_selector(".card")
    await until_graded(page)
    await assert_harmless(page, "card")
    assert FLAG in await page.inner_text(".words")
    await page.hover("a.chip-face >> nth=0")
    await page.locator("summary[data-key=d]").click()
    await page.locator(".appeal input[type=radio]").first.check()
    await page.fill(".appeal textarea", "".join(CORPUS)[:600].replace("\u0000", ""))
    await page.click(".appeal .button-main")
    await page.wait_for_selector(".hearing .tag")
    await assert_harmless(page, "appeal")
    await go_on(page, "follow-up")
    await page.wait_for_selector(".asked-text")
    await send(page, ANSWER)
    await until_graded(page, 2)
    await page.locator("form[action$=reference] button").click()
    await page.wait_for_selector(".reference")
    await assert_harmless(page, "reference")
    await page.reload()
    await assert_harmless(page, "reload")
    await page.click("#more-end summary")
    await page.click("#more-end .button-danger")
    await page.wait_for_selector("#ended")
    await assert_harmless(page, "ended")


async def test_what_the_page_writes_into_itself_is_watched(similar: Site, open_context) -> None:
    visitor = await open_context(forgiven=True)
    page = await visitor.new_page()
    await page.add_init_script(WATCH)
    await page.goto(await similar.open_chat(visitor, [QUESTION]))
    await page.evaluate(
        f"""() => {{
          const link = document.createElement("a");
          link.setAttribute("href", "javascript:{FLAG}");
          document.getElementById("chat").append(link);
          link.click();
        }}"""
    )
    await page.wait_for_function("window.refused.length > 0")
    assert await page.evaluate("window.executed") is None
