"""One session as figures: what was asked, said and missed, and what to do about it.

Everything is computed here from the events; nothing is asked of a language model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.assessment import Assessment, Band, KeyPointResult, Status
from app.domain.events import Judge, SessionMode, SessionStatus
from app.domain.score import band_of
from app.domain.session import Attempt, Exchange, Session, Turn
from app.interview.appeal import Hearing, hearings_of
from app.interview.summary import Outcome
from app.report.counting import SessionMark, mean_of
from app.report.next_steps import NextStep, next_steps

EARLIER = 8


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """A follow-up, what it aimed at, and what came back; `result` is its key point's verdict."""

    text: str
    aimed_at: str
    answer: str
    skipped: bool
    result: KeyPointResult | None


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """One answer; `assessment` is what counts for it, None where nobody has looked at it yet.

    `first` is the assessment before follow-ups, appeals and regrades, where it was another. What
    an interviewer would ask next is left out where something was asked.
    """

    number: int
    answer: str
    seconds: float | None
    hints: int
    read_reference: bool
    assessment: Assessment | None
    first: Assessment | None
    judged_by: Judge | None
    appeals: tuple[Hearing, ...]
    follow_ups: tuple[FollowUpReport, ...]

    @property
    def score(self) -> float | None:
        """0 to 10, or None where it was not graded."""
        if self.assessment is None or self.assessment.status is Status.UNGRADED:
            return None
        return self.assessment.score


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question that was asked; `number` is its place, from 1.

    `score` and `band` are those of the attempt that counts, None where none does. `shown` is the
    attempt to look at: the one that counts, else the last one graded, else the last.
    """

    number: int
    id: str
    text: str
    topic: str
    difficulty: int
    outcome: Outcome
    score: float | None
    band: Band | None
    reason: str
    requirement: str
    hints: int
    saw_reference: bool
    seconds: float | None
    attempts: tuple[AttemptReport, ...]
    shown: AttemptReport | None


@dataclass(frozen=True, slots=True)
class TopicFigure:
    """A topic in this session; `before` is its mean in the sessions before, None without any."""

    topic: str
    mean: float | None
    counted: int
    asked: int
    before: float | None


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session in figures. `mean` is 0 to 10 over the `counted` questions, None without any.

    The questions that stay out of the mean are `ungraded`, `skipped`, `waiting` (sent, not
    judged) or `after_reading`. `earlier` are the sessions before, oldest first; `change` is how
    far the mean is above that of the last of them. `seconds` is the time of all answers.
    """

    id: str
    mode: SessionMode
    language: str
    status: SessionStatus
    started: datetime
    mean: float | None
    band: Band | None
    counted: int
    ungraded: int
    skipped: int
    waiting: int
    after_reading: int
    seconds: float | None
    topics: tuple[TopicFigure, ...]
    questions: tuple[QuestionReport, ...]
    steps: tuple[NextStep, ...]
    earlier: tuple[SessionMark, ...]
    change: float | None
    unmet: tuple[str, ...]
    requirements: tuple[str, ...]


def report_of(
    session: Session,
    earlier: Sequence[SessionMark] = (),
    topics_before: dict[str, float] | None = None,
) -> SessionReport:
    """The report of a session; `earlier` are sessions before it, oldest first."""
    questions = tuple(_question(turn) for turn in session.turns)
    scores = [one.score for one in questions if one.score is not None]
    mean = mean_of(scores)
    known = [mark for mark in earlier if mark.mean is not None][-EARLIER:]
    change = None
    if mean is not None and known and known[-1].mean is not None:
        change = round(mean - known[-1].mean, 1)
    waiting = sum(_is_waiting(one) for one in questions)
    ungraded = sum(one.outcome is Outcome.UNGRADED for one in questions) - waiting
    graded = sum(one.outcome is Outcome.GRADED for one in questions)
    return SessionReport(
        id=session.id,
        mode=session.start.mode,
        language=session.start.language,
        status=session.status,
        started=session.start.created_at,
        mean=mean,
        band=None if mean is None else band_of(mean),
        counted=len(scores),
        ungraded=ungraded,
        skipped=sum(one.outcome is Outcome.SKIPPED for one in questions),
        waiting=waiting,
        after_reading=graded - len(scores),
        seconds=_total(one.seconds for one in questions),
        topics=_topics(questions, topics_before or {}),
        questions=questions,
        steps=next_steps(
            [
                (one.number, one.id, one.topic, one.shown.assessment)
                for one in questions
                if one.shown is not None
                and one.shown.assessment is not None
                and one.shown.score is not None
            ]
        ),
        earlier=tuple(known),
        change=change,
        unmet=session.unmet,
        requirements=session.start.wishes.requirements,
    )


def _question(turn: Turn) -> QuestionReport:
    attempts = tuple(_attempt(turn, one) for one in turn.attempts if one.main.answer is not None)
    result = turn.result
    assessment = None if result is None else result.assessment
    planned = turn.asked.planned
    graded = [one for one in attempts if one.score is not None]
    counting = [one for one in graded if not one.read_reference]
    shown = [*attempts[-1:], *graded[-1:], *counting[-1:]]
    return QuestionReport(
        number=turn.position,
        id=turn.question.id,
        text=turn.question.text,
        topic=turn.question.topic,
        difficulty=turn.question.difficulty,
        outcome=_outcome(attempts, bool(graded)),
        score=None if assessment is None else assessment.score,
        band=None if assessment is None else assessment.band,
        reason="" if planned is None else planned.reason,
        requirement="" if planned is None else planned.requirement,
        hints=max((hint.step for hint in turn.hints), default=0),
        saw_reference=bool(turn.references),
        seconds=_total(
            exchange.answer.seconds for exchange in turn.exchanges if exchange.answer is not None
        ),
        attempts=attempts,
        shown=shown[-1] if shown else None,
    )


def _outcome(attempts: Sequence[AttemptReport], graded: bool) -> Outcome:
    if not attempts:
        return Outcome.SKIPPED
    return Outcome.GRADED if graded else Outcome.UNGRADED


def _is_waiting(question: QuestionReport) -> bool:
    looked_at = any(one.assessment is not None for one in question.attempts)
    return question.outcome is Outcome.UNGRADED and not looked_at


def _attempt(turn: Turn, attempt: Attempt) -> AttemptReport:
    main = attempt.main
    answer, counting = main.answer, main.counting
    assert answer is not None
    assessment = None if counting is None else counting.assessment
    graded = [r.assessment for r in main.assessments if r.assessment.status is Status.GRADED]
    first = graded[0] if graded and graded[0] is not assessment else None
    if assessment is not None and attempt.follow_ups:
        assessment = replace(assessment, follow_up=None)
    titles = {point.id: point.title for point in turn.question.key_points}
    return AttemptReport(
        number=attempt.number,
        answer=answer.text,
        seconds=answer.seconds,
        hints=answer.hints,
        read_reference=answer.read_reference,
        assessment=assessment,
        first=first,
        judged_by=None if counting is None else counting.judged_by,
        appeals=tuple(one for exchange in attempt.exchanges for one in hearings_of(exchange)),
        follow_ups=tuple(_follow_up(one, titles) for one in attempt.follow_ups),
    )


def _follow_up(exchange: Exchange, titles: dict[str, str]) -> FollowUpReport:
    asked, answer, counting = exchange.follow_up, exchange.answer, exchange.counting
    assert asked is not None
    points = () if counting is None else counting.assessment.key_points
    result = next((point for point in points if point.id == asked.key_point_id), None)
    return FollowUpReport(
        text=asked.text,
        aimed_at=titles.get(asked.key_point_id, ""),
        answer="" if answer is None else answer.text,
        skipped=exchange.skipped,
        result=result,
    )


def _topics(
    questions: Sequence[QuestionReport], before: dict[str, float]
) -> tuple[TopicFigure, ...]:
    figures = []
    for topic in dict.fromkeys(one.topic for one in questions):
        own = [one for one in questions if one.topic == topic]
        scores = [one.score for one in own if one.score is not None]
        figures.append(
            TopicFigure(topic, mean_of(scores), len(scores), len(own), before.get(topic))
        )
    return tuple(figures)


def _total(parts: Iterable[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
