"""What somebody does at the page of an interview."""

from playwright.async_api import CDPSession, Page, expect

GRADED = ".card[data-state=graded]"
CHINESE_ANSWER = "先做定期备份，全量加增量。\n再做异地备份，副本放到另一座城市。恢复预案也要写。"
ENGLISH_ANSWER = (
    "Scheduled backups, full and incremental, by recovery point. "
    "Off-site copies go where the same event cannot reach them."
)


async def send(page: Page, text: str) -> None:
    """Write and send an answer."""
    await page.fill(".box-text", text)
    await page.click("#send")


async def until_graded(page: Page, cards: int = 1) -> None:
    """Wait until so many answers are graded and it can be gone on."""
    await expect(page.locator(GRADED)).to_have_count(cards)


async def go_on(page: Page, step: str) -> None:
    """Press one of the choices."""
    await page.click(f"#choices [formaction$={step}]")


async def compose(page: Page, pinyin: str, words: str) -> CDPSession:
    """Type Chinese as an input method does: letters that become words."""
    keyboard = await page.context.new_cdp_session(page)
    for end in range(1, len(pinyin) + 1):
        await keyboard.send(
            "Input.imeSetComposition",
            {"text": pinyin[:end], "selectionStart": end, "selectionEnd": end},
        )
    await keyboard.send("Input.insertText", {"text": words})
    return keyboard


async def has_no_sideways_scroll(page: Page) -> bool:
    wide: bool = await page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    return wide
