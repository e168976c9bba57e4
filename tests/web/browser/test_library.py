"""Banks, history and the report in a real browser: dropping a file, writing, printing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from app.bank.importing import store_bank
from app.bank.reading import read_bank
from app.domain.events import LOCAL_OWNER, SessionStatus
from app.domain.question import Bank, KeyPoint, Question
from app.settings import Settings
from app.store.opening import open_store
from app.store.repository import SqlRepository
from app.web.security.secrets import link_key, read_secret
from app.wiring.stores import database_of
from tests.cli.material import ENGLISH
from tests.report.made import full_session, simple_session
from tests.web.browser.site import Site

ATTACKS = (
    "<script>window.hit = 1</script>",
    '"><img src=x onerror="window.hit=2">',
    "<svg onload=window.hit=3>",
    "[x](javascript:window.hit=4)",
    "</textarea><script>window.hit=5</script>",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "![x](http://127.0.0.1:9/a.png)",
    "<!-- --><iframe srcdoc='<script>parent.hit=6</script>'>",
)
HOSTILE = Bank(
    "hostile",
    f"Bank {ATTACKS[0]}",
    "en",
    tuple(
        Question(
            f"hostile-{place}",
            f"Q {text}",
            topic=f"T {text}",
            language="en",
            reference=f"R {text}\n\n{text}",
            key_points=(KeyPoint("kp1", f"P {text}", f"D {text}", follow_up=f"F {text}"),),
            tags=(text.replace(",", " "),),
        )
        for place, text in enumerate(ATTACKS)
    ),
)
NOTES = "---\nbank: dropped\nlanguage: en\n---\n## 1. Why is the sky blue?\nLight scatters.\n"
DROP = """
([text, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(
      new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def library(tmp_path_factory: Any) -> AsyncIterator[Site]:
    """A server whose banks may be changed, with two sessions of the person at the machine."""
    home = tmp_path_factory.mktemp("library") / "home"
    store_bank(Bank("own", "Mine", "en", ENGLISH), home / "banks" / "own.md")
    store_bank(HOSTILE, home / "banks" / "hostile.md")
    store = await open_store(database_of(Settings(home=home)))
    mine = store.of(LOCAL_OWNER)
    assert isinstance(mine, SqlRepository)
    for name in (await simple_session(mine, (4.0, 6.0, 8.0)), await full_session(mine)):
        await mine.change_status(name, SessionStatus.ENDED)
    await store.close()
    site = Site(home, {"MOCKINT_REQUEST_LIMIT": "100000"})
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


async def at_the_machine(library: Site, context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto(f"{library.url}/open/{link_key(read_secret(Settings(home=library.home)))}")
    return page


async def test_a_dropped_file_is_looked_over_then_kept(library: Site, open_context) -> None:
    page = await at_the_machine(library, await open_context(locale="en-GB"))
    await page.goto(f"{library.url}/banks")
    await page.get_by_role("link", name="Import a file").click()
    await page.wait_for_url("**/import")
    await page.evaluate(DROP, [NOTES, "dropped.md"])
    await expect(page.get_by_role("heading", level=1)).to_have_text("dropped.md")
    await expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    kept = library.home / "banks" / "dropped.md"
    assert not kept.exists()
    await page.get_by_role("button", name="Save as a bank").click()
    await expect(page.get_by_role("link", name="Why is the sky blue?")).to_be_visible()
    assert len(read_bank(kept).questions) == 1
    kept.unlink()
    await page.goto(f"{library.url}/banks")
    await expect(page.get_by_role("heading", name="dropped")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_question_is_edited_row_by_row(library: Site, open_context, scripts: bool) -> None:
    file = library.home / "banks" / "own.md"
    store_bank(Bank("own", "Mine", "en", ENGLISH), file, force=True)
    context = await open_context(locale="en-GB", java_script_enabled=scripts)
    page = await at_the_machine(library, context)
    await page.goto(f"{library.url}/banks/own/questions/scheduling-en")
    await page.get_by_role("link", name="Edit").click()
    await page.get_by_role("button", name="Add a row").click()
    row = page.get_by_role("group", name="Key point 4")
    await row.get_by_label("Title").fill("priorities")
    await row.get_by_label("What it says").fill("Urgent work first.\n\n- and fair")
    await row.get_by_label("Weight").fill("0.5")
    await page.get_by_role("button", name="Move key point 4 up").click()
    await page.get_by_label("Title").nth(2).press("Enter")
    await expect(page.get_by_text("Not saved yet.")).to_be_visible()
    assert read_bank(file).questions == ENGLISH
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved; it is asked from now on.")).to_be_visible()
    added = read_bank(file).questions[1].key_points[2]
    assert added == KeyPoint("kp3", "priorities", "Urgent work first.\n\n- and fair", 0.5)
    assert await page.get_by_text("Urgent work first.").count() == 1
    await expect(page.get_by_text("Urgent work first.")).to_be_hidden()
    await page.get_by_text("Key points (3)").click()
    await expect(page.get_by_text("Urgent work first.")).to_be_visible()


async def test_nothing_in_a_bank_is_run(library: Site, open_context) -> None:
    page = await at_the_machine(library, await open_context(locale="en-GB"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    paths = ["/banks", "/banks/hostile", "/banks?q=Q", "/banks/hostile?topic=T"]
    for place in range(len(ATTACKS)):
        own = f"/banks/hostile/questions/hostile-{place}"
        paths += [own, f"{own}/edit"]
    for path in paths:
        await page.goto(library.url + path)
        await page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        assert await page.evaluate("window.hit") is None, path
    assert {url.split("/")[2] for url in asked} == {library.url.removeprefix("http://")}
    form = page.locator("textarea[name=reference]")
    text = ATTACKS[-1]
    assert await form.input_value() == f"R {text}\n\n{text}"
    assert "7*7" in await page.inner_text("body") or "49" not in await page.inner_text("body")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
async def test_a_report_prints_light_whole_and_without_buttons(
    library: Site, open_context, language: str, tmp_path: Path
) -> None:
    context = await open_context(locale=language, color_scheme="dark")
    page = await at_the_machine(library, context)
    await page.goto(f"{library.url}/history")
    await page.locator(".sessions a").first.click()
    await expect(page.locator(".result")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(18, 22, 20)"
    )
    await page.emulate_media(media="print")
    quiet = "getComputedStyle(document.querySelector('.report-head .quiet')).color"
    assert await page.evaluate(quiet) == "rgb(85, 96, 91)"
    for hidden in (".header", ".footer", ".report-head .row", ".asked form"):
        await expect(page.locator(hidden).first).to_be_hidden()
    await expect(page.locator(".chart").first).to_be_visible()
    made = await page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert made.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", made)) <= 6


async def test_the_page_says_no_more_than_a_narrow_screen_shows(
    library: Site, open_context
) -> None:
    """Nothing runs over the edge, in either language and theme; axe finds nothing to say."""
    for language, scheme in (("zh-CN", "light"), ("en-GB", "dark")):
        context = await open_context(
            locale=language, color_scheme=scheme, viewport={"width": 360, "height": 740}
        )
        page = await at_the_machine(library, context)
        for path in (
            "/banks", "/banks/hostile", "/banks/hostile/questions/hostile-0", "/banks/-/import",
            "/banks/own/questions/backup-en/edit", "/banks/-/new", "/history", "/review",
            "/history/key-points?topic=存储",
        ):  # fmt: skip
            await page.goto(library.url + path)
            await fits_and_is_accessible(page)
        await page.goto(f"{library.url}/history")
        await page.locator(".sessions a").first.click()
        await expect(page.locator(".result")).to_be_visible()
        await fits_and_is_accessible(page)


async def fits_and_is_accessible(page: Page) -> None:
    root = "document.documentElement"
    assert await page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url
    found = await Axe().run(page)
    assert [(v["id"], v["nodes"][0]["target"]) for v in found.response["violations"]] == [], (
        page.url
    )
