"""Signs, words and colours of the terminal face: each meaning has all three."""

from dataclasses import dataclass

from rich.console import Console

from app.domain.assessment import Band, Verdict
from app.language.messages import Translate

CIRCLED_ONE = 0x2460
CIRCLED_COUNT = 20
WIDEST = 92
NARROW = 60

SUCCESS, WARNING, FAILURE, QUIET, ACCENT = "green", "yellow", "red", "dim", "cyan"

VERDICT_STYLES = {
    Verdict.COVERED: SUCCESS,
    Verdict.PARTIAL: WARNING,
    Verdict.MISSING: QUIET,
    Verdict.CONTRADICTED: FAILURE,
}
BAND_STYLES = {
    Band.EXCELLENT: SUCCESS,
    Band.GOOD: SUCCESS,
    Band.FAIR: WARNING,
    Band.WEAK: FAILURE,
    Band.POOR: FAILURE,
}


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters to draw with."""

    verdicts: dict[Verdict, str]
    full: str
    hollow: str
    bullet: str
    wrong: str
    beyond: str
    rule: str
    circled: bool


RICH_SIGNS = Signs(
    {
        Verdict.COVERED: "✓",
        Verdict.PARTIAL: "~",
        Verdict.MISSING: "-",
        Verdict.CONTRADICTED: "!",
    },
    full="▰",
    hollow="▱",
    bullet="•",
    wrong="✗",
    beyond="✚",
    rule="─",
    circled=True,
)
ASCII_SIGNS = Signs(
    {
        Verdict.COVERED: "+",
        Verdict.PARTIAL: "~",
        Verdict.MISSING: "-",
        Verdict.CONTRADICTED: "!",
    },
    full="#",
    hollow=".",
    bullet="-",
    wrong="x",
    beyond="*",
    rule="-",
    circled=False,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw on one terminal: its width in cells, its signs, and the language to speak.

    `attributes` says that the terminal shows bold and underline; where it does not, brackets
    stand around quotes.
    """

    width: int
    signs: Signs
    say: Translate
    attributes: bool

    @property
    def narrow(self) -> bool:
        """Too narrow for key point, bar and title in one line."""
        return self.width < NARROW

    def number(self, index: int) -> str:
        """The marker of the key point at `index`, counted from 0: ①, ② … or [1], [2] …"""
        if self.signs.circled and index < CIRCLED_COUNT:
            return chr(CIRCLED_ONE + index)
        return f"[{index + 1}]"

    def bar(self, share: float, cells: int) -> str:
        """A bar for a share of 0 to 1; full only at 1, hollow only at 0 (both to a percent)."""
        percent = round(share * 100)
        filled = round(share * cells)
        if 0 < percent < 100:
            filled = min(max(filled, 1), cells - 1)
        return self.signs.full * filled + self.signs.hollow * (cells - filled)


def look_of(console: Console, say: Translate) -> Look:
    """What this console can show."""
    unicode = "utf" in console.encoding.lower()
    return Look(
        width=min(console.width, WIDEST),
        signs=RICH_SIGNS if unicode else ASCII_SIGNS,
        say=say,
        attributes=console.is_terminal and not console.is_dumb_terminal,
    )


def verdict_word(verdict: Verdict, say: Translate) -> str:
    """The verdict in the person's language."""
    return {
        Verdict.COVERED: say("covered"),
        Verdict.PARTIAL: say("partial"),
        Verdict.MISSING: say("missing"),
        Verdict.CONTRADICTED: say("contradicted"),
    }[verdict]


def band_word(band: Band, say: Translate) -> str:
    """The band in the person's language."""
    return {
        Band.POOR: say("poor"),
        Band.WEAK: say("weak"),
        Band.FAIR: say("fair"),
        Band.GOOD: say("good"),
        Band.EXCELLENT: say("excellent"),
    }[band]
