"""The README's pictures: `python -m tests.web.browser.screenshots docs/images`.

A real server with the shipped banks and no language model, as on a first visit, looked at with a
real browser.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from app.bank.reading import read_bank
from app.resources import resource_dir
from tests.browser.chromium import FLAGS, find_chromium
from tests.web.browser.interview import GRADED, send, until_graded
from tests.web.browser.site import Site

ENGLISH = (
    "ai-datacenter.en.md",
    "ai-datacenter-03-en",
    "Everything is encrypted, TLS in transit and AES-256 at rest, with the keys in a KMS. Access "
    "is denied by default and granted by role, and every read of raw data is logged. We take "
    "backups every night. Firewalls are not needed inside our own network.",
)
CHINESE = (
    "ai-datacenter.zh.md",
    "ai-datacenter-03",
    "传输用 TLS，落盘用 AES-256 加密，密钥放在 KMS 里统一轮换。\n"
    "访问按最小权限来给，读原始数据要审批，都留审计日志。\n"
    "另外定期备份，每个季度演练一次恢复。",
)
SHOTS = (
    ("chat-light.png", ENGLISH, {"width": 1180, "height": 900}, "light", "en-US"),
    ("chat-dark.png", CHINESE, {"width": 1180, "height": 900}, "dark", "zh-CN"),
    ("chat-phone.png", CHINESE, {"width": 390, "height": 844}, "light", "zh-CN"),
)


async def shoot(folder: Path) -> None:
    """Write the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        site = Site(Path(home) / "home", {})
        await site.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=find_chromium(), args=list(FLAGS)
                )
                for name, answered, size, scheme, locale in SHOTS:
                    context = await browser.new_context(
                        viewport=size, color_scheme=scheme, locale=locale, device_scale_factor=1.5
                    )
                    await _shoot_card(site, context, answered, folder / name)
                await _shoot_start(site, browser, folder / "start-light.png")
        finally:
            await site.stop()


async def _shoot_card(
    site: Site, context: BrowserContext, answered: tuple[str, str, str], file: Path
) -> None:
    bank, question_id, answer = answered
    questions = read_bank(resource_dir("corpus") / bank).questions
    question = next(one for one in questions if one.id == question_id)
    page = await context.new_page()
    await page.goto(await site.open_chat(context, [question]))
    await send(page, answer)
    await until_graded(page)
    await expect(page.locator(GRADED)).to_be_visible()
    await page.evaluate("scrollTo(0, 0)")
    await page.screenshot(path=file)
    print(file)


async def _shoot_start(site: Site, browser: Browser, file: Path) -> None:
    context = await browser.new_context(
        viewport={"width": 1180, "height": 900}, locale="en-US", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(site.url)
    await page.screenshot(path=file)
    print(file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    asyncio.run(shoot(parser.parse_args().folder))
