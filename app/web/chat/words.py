"""The words that the chat page shares with the report."""

from dataclasses import dataclass

from app.domain.assessment import Band, Verdict
from app.domain.events import Judge, SessionMode
from app.language.messages import Translate, translator
from app.report import words

SIGNS = {
    Verdict.COVERED: "✓",
    Verdict.PARTIAL: "~",
    Verdict.MISSING: "–",
    Verdict.CONTRADICTED: "!",
}
SURE, DOUBTFUL = 0.75, 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the language of the page; `say` translates the catalogue `report`."""

    say: Translate

    def verdict(self, verdict: Verdict) -> str:
        """A verdict."""
        return words.verdict_word(verdict, self.say)

    def sign(self, verdict: Verdict) -> str:
        """A verdict's sign."""
        return SIGNS[verdict]

    def band(self, band: Band) -> str:
        """A band."""
        return words.band_word(band, self.say)

    def judge(self, judge: Judge) -> str:
        """Who judged."""
        return words.judge_word(judge, self.say)

    def mode(self, mode: SessionMode) -> str:
        """How a session is held."""
        return words.mode_word(mode, self.say)

    def time(self, seconds: float) -> str:
        """A time in minutes and seconds."""
        return words.minutes_word(seconds, self.say)

    def number(self, sign: str) -> str:
        """What stands before a quote: the number of its key point, or the sign of a finding."""
        return sign if sign.isdecimal() else words.sign_of(sign)


def words_in(language: str) -> Words:
    """The words of a language."""
    return Words(translator("report", language))
