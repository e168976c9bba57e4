"""Start, settings, accounts: in a real browser, with and without scripts, for everybody."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from app.settings import Settings
from app.web.security.secrets import link_key, read_secret
from tests.web.browser.site import Site
from tests.web.conftest import TOKEN, banks_in

PASSWORD = "correct horse battery"
DROP = """
([text, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  document.body.dispatchEvent(
    new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
"""
JOB = "岗位要求：\n- 熟悉数据备份与灾难恢复\n- 会用 Kubernetes 做资源调度\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(made_house: Path, tmp_path_factory: Any) -> AsyncIterator[Site]:
    """A server that asks for an access token, with nobody in it yet."""
    home = tmp_path_factory.mktemp("school") / "home"
    shutil.copytree(made_house / "home", home)
    site = Site(home, {"MOCKINT_BANK": banks_in(made_house), "MOCKINT_ACCESS_TOKEN": TOKEN})
    await site.start()
    yield site
    await site.stop()


def link_of(site: Site) -> str:
    """The link that the server printed."""
    return f"{site.url}/open/{link_key(read_secret(Settings(home=site.home)))}"


async def look_at(page: Page) -> None:
    """Nothing runs over the edge, and axe finds nothing to say."""
    root = "document.documentElement"
    assert await page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url
    found = (await Axe().run(page)).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], page.url


async def test_a_class_from_the_printed_link_to_a_member_without_scripts(
    school: Site, open_context
) -> None:
    teacher = await (await open_context()).new_page()
    await teacher.goto(link_of(school))
    await teacher.goto(f"{school.url}/settings")
    await teacher.locator("summary", has_text="创建账号").click()
    await teacher.get_by_label("名字").fill("李老师")
    await teacher.get_by_label("密码").fill(PASSWORD)
    await teacher.get_by_role("button", name="创建账号").click()
    await expect(teacher.get_by_role("status")).to_contain_text("账号已创建")
    await look_at(teacher)
    await teacher.goto(f"{school.url}/teams")
    await look_at(teacher)
    await teacher.get_by_label("新团队的名字").fill("一班")
    await teacher.get_by_role("button", name="创建").click()
    await teacher.get_by_role("button", name="生成邀请链接").click()
    link = teacher.get_by_label("邀请", exact=True)
    await expect(link).to_be_visible()  # the page after the click, not the one before
    await look_at(teacher)
    invitation = await link.input_value()

    phone = {"width": 360, "height": 740}
    context = await open_context(java_script_enabled=False, locale="en-GB", viewport=phone)
    member = await context.new_page()
    await member.goto(school.url)
    await expect(member).to_have_url(f"{school.url}/access")
    await member.goto(invitation)
    await member.get_by_label("Name").fill("Wang")
    await member.get_by_label("Password").fill(PASSWORD)
    await member.get_by_role("checkbox").check()
    await member.get_by_role("button", name="Make the account and join").click()
    await expect(member.get_by_text("sees your figures")).to_be_visible()
    await member.goto(school.url)
    await member.get_by_role("button", name="Begin").click()
    await expect(member).to_have_url(re.compile(r"/sessions/\w+"))

    await teacher.goto(f"{school.url}/teams")
    await teacher.get_by_role("link", name="一班").click()
    await expect(teacher.get_by_role("row", name="Wang")).to_contain_text("0")
    await look_at(teacher)


async def test_the_access_token_is_asked_for_once(school: Site, open_context) -> None:
    context = await open_context(forgiven=True)  # the browser reports the refusal
    page = await context.new_page()
    await page.goto(f"{school.url}/settings")
    await look_at(page)
    await page.get_by_label("访问口令").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("访问口令").fill(TOKEN)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{school.url}/settings")
    assert TOKEN not in await page.content()
    assert TOKEN not in school.log


@pytest.mark.parametrize(
    ("locale", "scheme", "width", "height"),
    [
        pytest.param("zh-CN", "light", 1280, 900, id="zh-light-wide"),
        pytest.param("en-GB", "dark", 360, 740, id="en-dark-phone"),
        pytest.param("zh-CN", "dark", 360, 740, id="zh-dark-phone"),
        pytest.param("en-GB", "light", 1920, 1080, id="en-light-wide"),
    ],
)
async def test_every_page_of_the_ground_can_be_used_by_everybody(
    similar: Site, open_context, locale: str, scheme: Any, width: int, height: int
) -> None:
    size = {"width": width, "height": height}
    context = await open_context(locale=locale, color_scheme=scheme, viewport=size, forgiven=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = await context.new_page()
    for path in ("/", "/settings", "/sign-in", "/nowhere"):
        await page.goto(similar.url + path)
        await look_at(page)
    assert {url.startswith(similar.url) for url in asked} == {True}


async def test_an_interview_is_begun_by_keyboard_alone(similar: Site, open_context) -> None:
    page = await (await open_context(locale="en-GB")).new_page()
    await page.goto(similar.url)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name") == "mode":
            break
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[name=mode][value=interview]")).to_be_checked()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/sessions/\w+"))


async def test_a_resume_dropped_anywhere_picks_the_questions(similar: Site, open_context) -> None:
    page = await (await open_context()).new_page()
    await page.goto(similar.url)
    await page.evaluate(DROP, [JOB, "岗位.md"])
    field = page.locator("#document")
    await expect(field).to_be_focused()
    assert await field.evaluate("field => field.files[0].name") == "岗位.md"
    await page.get_by_role("button", name="开始面试").click()
    await expect(page).to_have_url(re.compile(r"/sessions/\w+"))
    await page.goto(similar.url)
    await expect(page.get_by_role("heading", name="继续上次的面试")).to_be_visible()


async def test_what_cannot_be_read_leaves_the_pasted_text_in_its_box(
    similar: Site, open_context
) -> None:
    context = await open_context(forgiven=True)  # the browser reports the refusal
    page = await context.new_page()
    await page.goto(similar.url)
    await page.locator("#text").fill(JOB)
    await page.evaluate(DROP, ["%PDF-1.7 broken", "cv.pdf"])
    await page.get_by_role("button", name="开始面试").click()
    await expect(page.get_by_role("alert")).to_contain_text("cv.pdf")
    await expect(page.locator("#text")).to_have_value(JOB)
    await look_at(page)


async def test_topics_of_the_chosen_language_are_shown(similar: Site, open_context) -> None:
    page = await (await open_context()).new_page()
    await page.goto(similar.url)
    await expect(page.locator(".only-zh")).to_be_visible()
    await expect(page.locator(".only-en")).to_be_hidden()
    await page.get_by_text("English").first.click()
    await expect(page.locator(".only-en")).to_be_visible()
    await expect(page.locator(".only-zh")).to_be_hidden()


async def test_language_and_theme_are_chosen_on_the_page(similar: Site, open_context) -> None:
    page = await (await open_context(java_script_enabled=False)).new_page()
    await page.goto(f"{similar.url}/settings")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    await page.get_by_role("button", name="Dark").click()
    await expect(page).to_have_url(f"{similar.url}/settings")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("html")).to_have_css("background-color", "rgb(18, 22, 20)")


async def test_everything_is_exported_and_deleted(similar: Site, open_context) -> None:
    page = await (await open_context(locale="en-GB")).new_page()
    await page.goto(similar.url)
    await page.get_by_role("button", name="Begin").click()
    await page.goto(f"{similar.url}/settings")
    await expect(page.get_by_text("Interviews kept of you: 1")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export everything").click()
    exported = await (await download.value).path()
    await page.locator("summary", has_text="Delete everything of yours").click()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Delete everything", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("Everything of yours was deleted.")
    await expect(page.get_by_text("Interviews kept of you: 0")).to_be_visible()
    await page.locator("#export").set_input_files(exported)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The file was taken in")
    await look_at(page)
