"""What the candidate knows, key point by key point, as the newest answers showed it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.assessment import Verdict
from app.domain.question import Question
from app.interview.review import DueQuestion
from app.report.counting import counting_rows
from app.store.rows import ResultRow


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A key point, how the newest answer stood to it, and whether it is due for review."""

    id: str
    title: str
    verdict: Verdict
    due: bool


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question as answered last; points that the question no longer has are left out."""

    question: Question
    at: datetime
    session_id: str
    score: float
    points: tuple[KnownPoint, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A topic with its answered questions, those least known first.

    `counts` are key points by verdict; `unasked` questions of the topic were never answered.
    """

    topic: str
    questions: tuple[KnownQuestion, ...]
    counts: Mapping[Verdict, int]
    unasked: int

    @property
    def points(self) -> int:
        """Key points in all."""
        return sum(self.counts.values())


def knowledge_of(
    rows: Sequence[ResultRow], questions: Iterable[Question], due: Sequence[DueQuestion] = ()
) -> tuple[Knowledge, ...]:
    """By topic, the one with most left to learn first. Only what the banks hold is looked at."""
    newest = {row.question_id: row for row in counting_rows(rows)}
    coming = {(one.question.id, point.key_point_id) for one in due for point in one.points}
    topics: dict[str, list[KnownQuestion]] = {}
    unasked: Counter[str] = Counter()
    for question in questions:
        row = newest.get(question.id)
        if row is None:
            unasked[question.topic] += 1
        else:
            topics.setdefault(question.topic, []).append(_known(question, row, coming))
    found = [_topic(topic, known, unasked[topic]) for topic, known in topics.items()]
    return tuple(sorted(found, key=lambda one: (-_left(one.counts), one.topic)))


def _known(question: Question, row: ResultRow, coming: set[tuple[str, str]]) -> KnownQuestion:
    assert row.score is not None
    marks = {mark.id: mark.verdict for mark in row.marks}
    points = tuple(
        KnownPoint(point.id, point.title, marks[point.id], (question.id, point.id) in coming)
        for point in question.key_points
        if point.id in marks
    )
    return KnownQuestion(question, row.sent_at, row.session_id, row.score, points)


def _topic(topic: str, known: Sequence[KnownQuestion], unasked: int) -> Knowledge:
    counts = Counter(point.verdict for one in known for point in one.points)
    weakest = sorted(known, key=lambda one: (one.score, one.question.id))
    return Knowledge(topic, tuple(weakest), counts, unasked)


def _left(counts: Mapping[Verdict, int]) -> int:
    return sum(count for verdict, count in counts.items() if verdict is not Verdict.COVERED)
