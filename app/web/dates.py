"""Days and moments as people write them, in the language of the page and the server's time zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton

from app.language.messages import Translate
from app.web.languages import Language

_LOCALES = {Language.CHINESE: "zh_CN", Language.ENGLISH: "en_GB"}
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@dataclass(frozen=True, slots=True)
class Dates:
    """Says dates as seen from `today`."""

    language: Language
    say: Translate
    today: Callable[[], date] = date.today

    def day(self, when: date | datetime) -> str:
        """“today”, “20 Nov”, “20 Nov 2025”: no more than it takes to know the day."""
        day = when.astimezone().date() if isinstance(when, datetime) else when
        today = self.today()
        near = _NEAR.get((day - today) // timedelta(days=1))
        if near:
            return self.say(near)
        skeleton = "MMMd" if day.year == today.year else "yMMMd"
        return format_skeleton(skeleton, day, locale=_LOCALES[self.language])

    def moment(self, when: datetime) -> str:
        """The day and the time of day, with 24 hours."""
        return f"{self.day(when)} {when.astimezone():%H:%M}"
