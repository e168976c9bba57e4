"""Who judges for whom: the language model does so until a visitor's tokens of the day are spent."""

from dataclasses import dataclass

from app.interview.panel import Panel
from app.store.base import Archive
from app.web.security.limits import tokens_left


@dataclass(frozen=True, slots=True)
class Allowance:
    """`panel` judges within the tokens that a visitor has a day, `spent` beyond them.

    `per_day` is 0 without a bound.
    """

    panel: Panel
    spent: Panel
    per_day: int = 0

    async def panel_of(self, archive: Archive) -> Panel:
        """Who judges for the owner of this archive now."""
        return self.spent if await tokens_left(archive, self.per_day) == 0 else self.panel
