"""The card under an answer: the candidate's words, what was found in them, and what they earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.events import Answer, AssessmentRecord
from app.domain.question import KeyPoint
from app.domain.session import Attempt, Exchange, Turn
from app.interview.appeal import Hearing, disputable, hearings_of
from app.interview.compare import Comparison, last_two, lift_of
from app.interview.conversation import Choice
from app.report.highlighting import Stretch, cut


class CardState(StrEnum):
    """How far a card is: nothing shown yet, filling in, or complete with or without a grade."""

    NOTED = "noted"
    GRADING = "grading"
    GRADED = "graded"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a key point, numbered from 1; empty until it is judged.

    `was` is the first verdict where a later one took its place.
    """

    number: int
    result: KeyPointResult | None = None
    was: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """What an answer to a follow-up did to the question's score."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Card:
    """One answer with all that is to be seen of its grade.

    `pieces` joined are the answer. `first` is the score before follow-ups, appeals and checks,
    where that was another. `offers` is what can be done about it.
    """

    answer: Answer
    state: CardState
    pieces: tuple[Stretch, ...]
    slots: tuple[Slot, ...] = ()
    record: AssessmentRecord | None = None
    first: float | None = None
    offers: tuple[Choice, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    comparison: Comparison | None = None
    lift: Lift | None = None

    @property
    def follow_up(self) -> bool:
        """Whether the answer is to a follow-up, whose score only moves the question's."""
        return self.answer.step > 0

    @property
    def assessment(self) -> Assessment | None:
        """What counts, where anything was graded or tried."""
        return self.record.assessment if self.record else None

    @property
    def disputable(self) -> tuple[KeyPointResult, ...]:
        """The verdicts that an appeal can be about."""
        return disputable(self.assessment) if self.assessment else ()


def make_card(
    turn: Turn,
    attempt: Attempt,
    exchange: Exchange,
    *,
    on_way: Sequence[KeyPointResult] | None,
    withheld: bool,
    offers: tuple[Choice, ...] = (),
) -> Card:
    """The card of an answer. `on_way` are the verdicts so far of a grading under way."""
    assert exchange.answer is not None
    answer, record = exchange.answer, exchange.counting
    points = points_of(turn, exchange)
    if withheld:
        return Card(answer, CardState.NOTED, cut(answer.text, ()))
    if on_way is not None or record is None:
        return filling_card(answer, points, on_way or ())
    graded = record.assessment.status is Status.GRADED
    first = exchange.assessments[0].assessment
    main = exchange is attempt.main
    return Card(
        answer,
        CardState.GRADED if graded else CardState.UNGRADED,
        cut(
            answer.text,
            record.assessment.key_points,
            record.assessment.errors,
            record.assessment.beyond,
        ),
        _slots(record.assessment, first),
        record,
        first.score if first.score != record.assessment.score else None,
        offers,
        tuple(hearings_of(exchange)),
        last_two(turn) if main and len(turn.attempts) > 1 and attempt is turn.attempt else None,
        None if main else _lift(attempt, exchange),
    )


def filling_card(
    answer: Answer, points: Sequence[KeyPoint], results: Sequence[KeyPointResult]
) -> Card:
    """The card of an answer that is being graded, with the verdicts so far."""
    judged = {result.id: result for result in results}
    slots = tuple(
        Slot(number, judged.get(point.id)) for number, point in enumerate(points, start=1)
    )
    # What is not judged yet keeps its number.
    so_far = [
        judged.get(point.id) or KeyPointResult(point.id, "", 0.0, Verdict.MISSING, 0.0)
        for point in points
    ]
    return Card(answer, CardState.GRADING, cut(answer.text, so_far), slots)


def points_of(turn: Turn, exchange: Exchange) -> tuple[KeyPoint, ...]:
    """The key points that an answer is judged by."""
    points = turn.question.key_points
    asked = exchange.follow_up
    return points if asked is None else tuple(p for p in points if p.id == asked.key_point_id)


def _slots(now: Assessment, first: Assessment) -> tuple[Slot, ...]:
    before = {result.id: result.verdict for result in first.key_points}
    return tuple(
        Slot(number, result, before.get(result.id) if changed(before, result) else None)
        for number, result in enumerate(now.key_points, start=1)
    )


def changed(before: dict[str, Verdict], result: KeyPointResult) -> bool:
    """Whether another verdict stood here before."""
    return before.get(result.id, result.verdict) is not result.verdict


def _lift(attempt: Attempt, exchange: Exchange) -> Lift | None:
    """What the question stood at before this follow-up's answer was graded, and after it."""
    both = lift_of(attempt, exchange)
    old, new = (one.assessment.score for one in both) if both else (None, None)
    return None if old is None or new is None else Lift(old, new)
