"""Looking back over all sessions: scores over time, topics, days in a row, what is due when."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from app.domain.question import Question
from app.interview.review import DueQuestion, due_questions, due_times
from app.report.counting import SessionMark, counting_rows, mean_of, session_marks
from app.store.rows import MemoryCard, ResultRow

DAYS_AHEAD = 14
TREND = 5
"""Sessions whose mean is compared with that of as many before them."""


@dataclass(frozen=True, slots=True)
class TopicMark:
    """A topic over all sessions; `means` are those of its sessions, oldest first."""

    topic: str
    mean: float
    counted: int
    means: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many key points become due on a day to come."""

    day: date
    key_points: int


@dataclass(frozen=True, slots=True)
class History:
    """Sessions are oldest first, topics weakest first.

    `streak` counts days in a row with an answer, up to today or yesterday; `longest` is the
    longest ever. `recent` and `before` are the means of the last sessions and of those before
    them, None without any. `due` are questions due now; `ahead` says what becomes due later.
    """

    sessions: tuple[SessionMark, ...]
    topics: tuple[TopicMark, ...]
    mean: float | None
    counted: int
    ungraded: int
    streak: int
    longest: int
    recent: float | None
    before: float | None
    due: tuple[DueQuestion, ...]
    ahead: tuple[DueDay, ...]

    def as_json(self) -> dict[str, Any]:
        """The history as JSON-ready values; times in ISO 8601 with their offset."""
        return {
            "overall": {
                "mean": self.mean, "counted": self.counted, "ungraded": self.ungraded,
                "recent": self.recent, "before": self.before,
            },
            "streak": {"days": self.streak, "longest": self.longest},
            "sessions": [
                {**asdict(mark), "mode": mark.mode.value, "at": mark.at.isoformat()}
                for mark in self.sessions
            ],
            "topics": [asdict(mark) for mark in self.topics],
            "due": [due_as_json(one) for one in self.due],
            "ahead": [
                {"day": one.day.isoformat(), "key_points": one.key_points} for one in self.ahead
            ],
        }  # fmt: skip


def due_as_json(due: DueQuestion) -> dict[str, Any]:
    """A due question as JSON-ready values."""
    return {
        "question_id": due.question.id,
        "text": due.question.text,
        "topic": due.question.topic,
        "difficulty": due.question.difficulty,
        "due_at": due.due_at.isoformat(),
        "forgotten": round(due.forgotten, 4),
        "key_points": [
            {
                "id": point.key_point_id,
                "title": point.title,
                "due_at": point.due_at.isoformat(),
                "memory": round(point.memory, 4),
            }
            for point in due.points
        ],
    }


def look_back(
    rows: Sequence[ResultRow],
    cards: Sequence[MemoryCard],
    questions: Sequence[Question],
    now: datetime,
    zone: tzinfo | None = None,
) -> History:
    """The history of all `rows`, oldest first. `zone` is where days begin; None: this machine's."""
    marks = session_marks(rows)
    counting = counting_rows(rows)
    means = [mark.mean for mark in marks if mark.mean is not None]
    today = now.astimezone(zone).date()
    streak, longest = _streaks({row.sent_at.astimezone(zone).date() for row in rows}, today)
    due = due_questions(questions, cards, now)
    return History(
        sessions=tuple(marks),
        topics=_topics(counting),
        mean=mean_of(row.score for row in counting if row.score is not None),
        counted=len(counting),
        ungraded=sum(mark.ungraded for mark in marks),
        streak=streak,
        longest=longest,
        recent=mean_of(means[-TREND:]),
        before=mean_of(means[-2 * TREND : -TREND]),
        due=due,
        ahead=_ahead(due_times(questions, cards, now), now, zone),
    )


def _topics(counting: Iterable[ResultRow]) -> tuple[TopicMark, ...]:
    by_topic: dict[str, dict[str, list[float]]] = {}
    for row in counting:
        assert row.score is not None
        by_topic.setdefault(row.topic, {}).setdefault(row.session_id, []).append(row.score)
    marks = []
    for topic, sessions in by_topic.items():
        scores = [score for found in sessions.values() for score in found]
        means = tuple(mean_of(found) or 0.0 for found in sessions.values())
        marks.append(TopicMark(topic, mean_of(scores) or 0.0, len(scores), means))
    return tuple(sorted(marks, key=lambda mark: (mark.mean, mark.topic)))


def _streaks(days: set[date], today: date) -> tuple[int, int]:
    """Days in a row up to today or yesterday, and the most ever; days to come do not count."""
    longest = run = 0
    last: date | None = None
    for day in sorted(day for day in days if day <= today):
        run = run + 1 if last is not None and day - last == timedelta(days=1) else 1
        longest = max(longest, run)
        last = day
    goes_on = last is not None and today - last <= timedelta(days=1)
    return (run if goes_on else 0), longest


def _ahead(times: Iterable[datetime], now: datetime, zone: tzinfo | None) -> tuple[DueDay, ...]:
    """Key points that become due on each of the coming days; days without any are left out."""
    today = now.astimezone(zone).date()
    counts: dict[date, int] = {}
    for at in times:
        day = at.astimezone(zone).date()
        if at > now and day <= today + timedelta(days=DAYS_AHEAD):
            counts[day] = counts.get(day, 0) + 1
    return tuple(DueDay(day, counts[day]) for day in sorted(counts))
