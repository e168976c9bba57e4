"""Which answers count, over many sessions: the same rule as for one, from the rows of the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from app.domain.assessment import Status
from app.domain.events import SessionMode
from app.store.rows import ResultRow


@dataclass(frozen=True, slots=True)
class SessionMark:
    """What a session came to: `mean` is 0 to 10 over the `counted` questions, None without any.

    `answers` counts all answers to questions, `ungraded` those that nobody could grade.
    """

    id: str
    mode: SessionMode
    at: datetime
    mean: float | None
    counted: int
    answers: int
    ungraded: int


def mean_of(scores: Iterable[float]) -> float | None:
    """The mean to one decimal; None without any."""
    found = list(scores)
    return round(fmean(found), 1) if found else None


def counting_rows(rows: Iterable[ResultRow]) -> list[ResultRow]:
    """For each question of each session the newest answer that was graded without the reference.

    In the order of `rows`, which is that of the sessions and of sending.
    """
    newest: dict[tuple[str, int], ResultRow] = {}
    for row in rows:
        if row.status is Status.GRADED and row.score is not None and not row.read_reference:
            newest[row.session_id, row.position] = row
    return list(newest.values())


def session_marks(rows: Sequence[ResultRow]) -> list[SessionMark]:
    """One mark a session that holds an answer, oldest first."""
    scores: dict[str, list[float]] = {}
    for row in counting_rows(rows):
        assert row.score is not None
        scores.setdefault(row.session_id, []).append(row.score)
    first: dict[str, ResultRow] = {}
    answers: dict[str, int] = {}
    ungraded: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.session_id, row)
        answers[row.session_id] = answers.get(row.session_id, 0) + 1
        if row.status is Status.UNGRADED:
            ungraded[row.session_id] = ungraded.get(row.session_id, 0) + 1
    return [
        SessionMark(
            name,
            row.mode,
            row.session_at,
            mean_of(scores.get(name, ())),
            len(scores.get(name, ())),
            answers[name],
            ungraded.get(name, 0),
        )
        for name, row in first.items()
    ]
