"""How somebody gets on, in figures only: no answer is read."""

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from app.domain.assessment import Status
from app.store.base import Archive


@dataclass(frozen=True, slots=True)
class Progress:
    """Interviews, graded answers, their mean score (0 to 10) and the last day; None without any."""

    interviews: int
    graded: int
    mean: float | None
    last_at: datetime | None


async def progress_of(archive: Archive) -> Progress:
    """The figures of one person; attempts with the reference on screen count for nothing.

    An interview under way tells nothing before its end, to its candidate or anybody else.
    """
    results = await archive.results(marks=False)
    graded = [
        one.score
        for one in results
        if one.status is Status.GRADED and one.score is not None and not one.read_reference
    ]
    return Progress(
        interviews=len({one.session_id for one in results}),
        graded=len(graded),
        mean=fmean(graded) if graded else None,
        last_at=max((one.sent_at for one in results), default=None),
    )
