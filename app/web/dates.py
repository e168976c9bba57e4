"""Days and moments as people write them, in the language of the page and the server's time zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.language.messages import Translate
from app.web.languages import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
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
        year = "" if day.year == today.year else str(day.year)
        if self.language is Language.CHINESE:
            return f"{year and f'{year}年'}{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {year}".rstrip()

    def moment(self, when: datetime) -> str:
        """The day and the time of day, with 24 hours."""
        return f"{self.day(when)} {when.astimezone():%H:%M}"
