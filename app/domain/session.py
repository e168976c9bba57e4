"""The session as it stands: turns, attempts, exchanges, and what each waits for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.assessment import Status
from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    FollowUp,
    Hint,
    PlanMade,
    PlannedQuestion,
    QuestionAsked,
    ReferenceShown,
    Remark,
    SessionStart,
    SessionStatus,
)
from app.domain.question import Question


class TurnState(StrEnum):
    """What a turn waits for.

    `answering`: the candidate's answer; `grading`: an assessment of something sent;
    `following_up`: the answer to a follow-up; `graded` and `ungraded`: the interviewer's next
    move; `skipped` and `shown`: nothing.
    """

    ANSWERING = "answering"
    GRADING = "grading"
    FOLLOWING_UP = "following_up"
    GRADED = "graded"
    UNGRADED = "ungraded"
    SKIPPED = "skipped"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question or follow-up, what was answered, and all that was judged about it, in order.

    `follow_up` is None for the question itself.
    """

    follow_up: FollowUp | None = None
    answer: Answer | None = None
    assessments: tuple[AssessmentRecord, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    skipped: bool = False

    @property
    def counting(self) -> AssessmentRecord | None:
        """The newest graded assessment, else the newest: a failed regrade takes nothing away."""
        return counting_of(self.assessments)

    @property
    def open_appeals(self) -> tuple[Appeal, ...]:
        """Appeals that nothing was decided on yet."""
        heard = {record.appeal for record in self.assessments}
        return tuple(appeal for appeal in self.appeals if appeal.seq not in heard)

    @property
    def is_waiting(self) -> bool:
        """Whether something was sent that nobody has judged."""
        return self.answer is not None and (not self.assessments or bool(self.open_appeals))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go at a question: the answer to it and its follow-ups, `number` from 1.

    `opened` is the number of the event that began it.
    """

    number: int
    opened: int
    main: Exchange = Exchange()
    follow_ups: tuple[Exchange, ...] = ()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The answer to the question, then the follow-ups; index and step agree."""
        return (self.main, *self.follow_ups)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked and all that came of it; `position` counts from 1."""

    session_id: str
    position: int
    asked: QuestionAsked
    attempts: tuple[Attempt, ...]
    hints: tuple[Hint, ...] = ()
    references: tuple[ReferenceShown, ...] = ()

    @property
    def question(self) -> Question:
        """The question as it was asked, whatever its bank says today."""
        return self.asked.question

    @property
    def attempt(self) -> Attempt:
        """The newest attempt."""
        return self.attempts[-1]

    @property
    def exchanges(self) -> Iterator[Exchange]:
        """All exchanges of all attempts, oldest first."""
        return (exchange for attempt in self.attempts for exchange in attempt.exchanges)

    @property
    def state(self) -> TurnState:
        """What the turn waits for, by its newest attempt."""
        main, last = self.attempt.main, self.attempt.exchanges[-1]
        shown = any(event.seq > self.attempt.opened for event in self.references)
        if main.answer is None:
            if main.skipped:
                return TurnState.SKIPPED
            return TurnState.SHOWN if shown else TurnState.ANSWERING
        if last.answer is None and not last.skipped and not shown:
            return TurnState.FOLLOWING_UP
        if any(exchange.is_waiting for exchange in self.attempt.exchanges):
            return TurnState.GRADING
        counting = main.counting
        if counting is not None and counting.assessment.status is Status.GRADED:
            return TurnState.GRADED
        return TurnState.UNGRADED

    @property
    def result(self) -> AssessmentRecord | None:
        """What counts: the newest attempt that was graded without the reference on screen."""
        for attempt in reversed(self.attempts):
            record, answer = attempt.main.counting, attempt.main.answer
            if record is None or answer is None or answer.read_reference:
                continue
            if record.assessment.status is Status.GRADED:
                return record
        return None


@dataclass(frozen=True, slots=True)
class Session:
    """One interview as it stands after its event number `seq`."""

    start: SessionStart
    seq: int = 0
    status: SessionStatus = SessionStatus.OPEN
    plan: tuple[PlannedQuestion, ...] = ()
    unmet: tuple[str, ...] = ()
    plans: tuple[PlanMade, ...] = ()
    turns: tuple[Turn, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def id(self) -> str:
        """The session's id."""
        return self.start.id

    @property
    def left_over(self) -> tuple[str, ...]:
        """Requirements that questions could serve and that found no room in the plan."""
        return self.plans[-1].left_over if self.plans else ()

    @property
    def spare(self) -> tuple[str, ...]:
        """Ids of questions that may still take the place of planned ones."""
        return self.plans[-1].spare if self.plans else ()

    @property
    def current(self) -> Turn | None:
        """The turn of the question that was asked last, None before the first."""
        return self.turns[-1] if self.turns else None

    @property
    def waiting(self) -> tuple[Exchange, ...]:
        """Exchanges with something sent that nobody has judged, oldest first."""
        return tuple(e for turn in self.turns for e in turn.exchanges if e.is_waiting)

    def find_answer(self, number: int) -> tuple[Turn, Exchange]:
        """The answer with this sequence number, and its turn. Raises KeyError without one."""
        for turn in self.turns:
            for exchange in turn.exchanges:
                if exchange.answer is not None and exchange.answer.seq == number:
                    return turn, exchange
        raise KeyError(number)


def counting_of(records: Iterable[AssessmentRecord]) -> AssessmentRecord | None:
    """The assessment that counts: the newest graded one, else the newest, None without any."""
    newest: AssessmentRecord | None = None
    for record in records:
        graded = record.assessment.status is Status.GRADED
        if newest is None or graded or newest.assessment.status is Status.UNGRADED:
            newest = record
    return newest
