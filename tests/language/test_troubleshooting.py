"""The page on troubleshooting quotes what the code says."""

import re
from pathlib import Path

import pytest

from tests.language.test_failures import ALL, APP

PAGE = APP.parent / "docs" / "troubleshooting.md"
SAID = {site.text for site in ALL if site.text} | {
    "There is nothing at this address.",
    "Something that mockint needs does not work now.",
    "Not graded: {why}",
}


def quoted(page: Path) -> list[str]:
    """What the first cells of the tables on errors say, one for each message."""
    text = page.read_text("utf-8").split("## What an error says")[1].split("\n## ")[0]
    cells = re.findall(r"(?m)^\| ([^|]+) \|", text)
    parts = [part for cell in cells for part in re.split(r" / |; (?=[A-Z])", cell)]
    return [part for part in parts if part != "what is said"]


@pytest.mark.parametrize("message", quoted(PAGE))
def test_a_message_on_the_page_is_one_that_the_code_has(message: str) -> None:
    pieces = message.split("…")
    pattern = ".*".join(re.escape(piece.strip()) for piece in pieces)
    assert any(re.match(pattern, text) for text in SAID), "no error says this"
