"""What to practise next: spaced repetition over key points, rolled up to questions.

Each key point that an answer was graded on has a memory card, kept by the FSRS scheduler (the
`fsrs` library). The grade becomes a rating by this table:

====================================  ======
how the answer stood to the key point  rating
====================================  ======
missing or contradicted               Again
partial                               Hard
covered, after a hint                 Hard
covered                               Good
covered to 0.9 and more, no hint,
and the whole answer is excellent     Easy
====================================  ======

An ungraded answer touches no card, nor does one given with the reference answer read: neither
says what the candidate remembers. Similarity alone never reaches the top band, so it never rates
Easy. Steps of minutes, which suit cards turned over at a desk, are left out: intervals are days.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from app.domain.assessment import Band, Status, Verdict
from app.domain.question import Question
from app.interview.draw import kinds_of
from app.store.base import Archive
from app.store.rows import AnswerKey, KeyPointMark, MemoryCard, ResultRow

if TYPE_CHECKING:
    from fsrs import Card, Rating, Scheduler

RETENTION = 0.9
"""The probability of remembering at which a key point becomes due."""

LONGEST_DAYS = 365
EASY_COVERAGE = 0.9
TRIES = 5
AHEAD = timedelta(days=1)
"""A card reviewed further in the future than this was written while the clock was wrong."""


@dataclass(frozen=True, slots=True)
class DuePoint:
    """A key point that is due; `memory` is the chance, 0 to 1, that it is still known."""

    key_point_id: str
    title: str
    due_at: datetime
    memory: float


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """A question with key points due, weakest first.

    `forgotten` is the share of the question's weight, 0 to 1, that is expected to be lost.
    """

    question: Question
    points: tuple[DuePoint, ...]
    forgotten: float

    @property
    def due_at(self) -> datetime:
        """Since when the first of them has been due."""
        return min(point.due_at for point in self.points)


async def record_reviews(archive: Archive) -> int:
    """Let all answers graded since the last time have their effect on the cards; how many had.

    May be repeated, and run in two processes: each answer counts once, and all are stored in one
    transaction. An answer dated before the card's last review, as after setting back the clock,
    counts as given on that day.
    """
    for _ in range(TRIES):
        known = await archive.cards()
        rows = await archive.unreviewed()
        if not rows:
            return 0
        deck = _Deck(known)
        for row in rows:
            deck.take(row)
        answers = [AnswerKey(row.session_id, row.answer) for row in rows]
        if await archive.save_cards(answers, deck.changed, known=known):
            return len(rows)
    return 0  # others are at it: they, or the next call, will see to what is left


async def current_cards(archive: Archive) -> tuple[MemoryCard, ...]:
    """The cards as they would be after `record_reviews`; nothing is stored."""
    deck = _Deck(await archive.cards())
    for row in await archive.unreviewed():
        deck.take(row)
    return deck.cards


def counts_as_memory(row: ResultRow) -> bool:
    """Whether an answer says what the candidate remembers."""
    return row.status is Status.GRADED and not row.read_reference


def rating_of(row: ResultRow, mark: KeyPointMark) -> "Rating":
    """The rating of one key point, by the table above."""
    from fsrs import Rating  # noqa: PLC0415 - a tenth of a second, wanted only for reviews

    if mark.verdict in (Verdict.MISSING, Verdict.CONTRADICTED):
        return Rating.Again
    if mark.verdict is Verdict.PARTIAL or row.hints:
        return Rating.Hard
    if row.band is Band.EXCELLENT and mark.coverage >= EASY_COVERAGE:
        return Rating.Easy
    return Rating.Good


def due_questions(
    questions: Iterable[Question], cards: Sequence[MemoryCard], now: datetime
) -> tuple[DueQuestion, ...]:
    """The questions with key points due at `now`, those most forgotten first.

    Only one of several variants is named. Cards of questions and key points that no bank holds
    any more are passed over.
    """
    by_question: dict[str, dict[str, MemoryCard]] = {}
    for card in cards:
        by_question.setdefault(card.question_id, {})[card.key_point_id] = card
    found = [
        due
        for question in questions
        if question.id in by_question
        and (due := _due(question, by_question[question.id], now)) is not None
    ]
    found.sort(key=lambda due: (-round(due.forgotten, 6), due.due_at, due.question.id))
    taken: set[str] = set()
    kept = []
    for due in found:
        kinds = kinds_of(due.question)
        if taken.isdisjoint(kinds):
            taken.update(kinds)
            kept.append(due)
    return tuple(kept)


def due_times(
    questions: Iterable[Question], cards: Sequence[MemoryCard], now: datetime
) -> list[datetime]:
    """When each key point that the banks hold and that was answered is due, in no order."""
    known = {(question.id, point.id) for question in questions for point in question.key_points}
    return [_due_at(card, now) for card in cards if (card.question_id, card.key_point_id) in known]


def next_due(
    questions: Iterable[Question], cards: Sequence[MemoryCard], now: datetime
) -> datetime | None:
    """When the first key point that is not yet due becomes so; None where there is none."""
    return min((at for at in due_times(questions, cards, now) if at > now), default=None)


def _due(question: Question, cards: Mapping[str, MemoryCard], now: datetime) -> DueQuestion | None:
    total = sum(point.weight for point in question.key_points)
    lost = 0.0
    points: list[DuePoint] = []
    for point in question.key_points:
        card = cards.get(point.id)
        if card is None:
            continue
        memory = _memory(card, now)
        lost += point.weight * (1 - memory)
        due_at = _due_at(card, now)
        if due_at <= now:
            points.append(DuePoint(point.id, point.title, due_at, memory))
    if not points or total <= 0:
        return None
    points.sort(key=lambda point: point.memory)
    return DueQuestion(question, tuple(points), lost / total)


def _due_at(card: MemoryCard, now: datetime) -> datetime:
    """When a card is due; now, where it was last reviewed in what is the future."""
    reviewed_at = _read(card.state).last_review
    if reviewed_at is not None and reviewed_at > now + AHEAD:
        return now
    return card.due_at


def _memory(card: MemoryCard, now: datetime) -> float:
    return float(_scheduler().get_card_retrievability(_read(card.state), now))


class _Deck:
    """All cards as answers change them, written as text only where they are to be stored."""

    def __init__(self, cards: Iterable[MemoryCard]) -> None:
        self._stored = {(card.question_id, card.key_point_id): card for card in cards}
        self._changed: dict[tuple[str, str], Card] = {}

    @property
    def cards(self) -> tuple[MemoryCard, ...]:
        """All cards as they stand."""
        by_name = self._stored | {(one.question_id, one.key_point_id): one for one in self.changed}
        return tuple(by_name.values())

    @property
    def changed(self) -> tuple[MemoryCard, ...]:
        """The cards that answers changed."""
        return tuple(_written(*name, card) for name, card in self._changed.items())

    def take(self, row: ResultRow) -> None:
        """Take account of an answer."""
        if not counts_as_memory(row):
            return
        for mark in row.marks:
            name = (row.question_id, mark.id)
            self._changed[name] = _reviewed(self._card(name, row.sent_at), row, mark)

    def _card(self, name: tuple[str, str], at: datetime) -> "Card":
        if name in self._changed:
            return self._changed[name]
        return _read(self._stored[name].state) if name in self._stored else _new_card(at)


def _reviewed(card: "Card", row: ResultRow, mark: KeyPointMark) -> "Card":
    """The card of a key point after this answer."""
    at = row.sent_at.astimezone(UTC).replace(tzinfo=UTC)
    if card.last_review is not None and card.last_review > at:
        card.last_review = at
    after, _ = _scheduler().review_card(card, rating_of(row, mark), at)
    return after


def _written(question_id: str, key_point_id: str, card: "Card") -> MemoryCard:
    return MemoryCard(question_id, key_point_id, card.due, json.dumps(card.to_dict()))


@lru_cache(maxsize=1)
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler  # noqa: PLC0415 - a tenth of a second, wanted only for reviews

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,  # the same answers give the same days on every machine
    )


def _new_card(at: datetime) -> "Card":
    from fsrs import Card  # noqa: PLC0415 - a tenth of a second, wanted only for reviews

    return Card(card_id=0, due=at)  # the store has names of its own


@lru_cache(maxsize=4096)
def _parsed(state: str) -> "Card":
    from fsrs import Card  # noqa: PLC0415 - a tenth of a second, wanted only for reviews

    try:
        return Card.from_dict(json.loads(state))
    except (ValueError, KeyError, TypeError):
        # a card from a damaged file starts anew; it is due at once
        return Card(card_id=0, due=datetime.fromtimestamp(0, UTC))


def _read(state: str) -> "Card":
    """The scheduler's card; a copy, since the library changes what it is given."""
    card = _parsed(state)
    return type(card)(
        card_id=card.card_id,
        state=card.state,
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due,
        last_review=card.last_review,
    )
