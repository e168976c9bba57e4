"""What comes next in an interview, from the session as it stands.

Plain functions, shared by every face: a face shows what `next_step` says, asks what `choices`
offers, and has a `Host` do what was chosen.
"""

from enum import StrEnum

from app.domain.assessment import Status
from app.domain.events import PlannedQuestion, SessionMode, SessionStatus
from app.domain.session import Exchange, Session, Turn, TurnState
from app.interview.appeal import may_appeal
from app.interview.follow_up import aim_of
from app.interview.self_check import may_check
from app.interview.summary import AskedQuestion, GradedAnswer


class Step(StrEnum):
    """What an interview waits for.

    `question`: the next one of the plan is to be asked; `answer`: the candidate is to answer it,
    or its follow-up; `grading`: something sent is to be judged; `choice`: the candidate decides
    how to go on; `end`: nothing is left.
    """

    QUESTION = "question"
    ANSWER = "answer"
    GRADING = "grading"
    CHOICE = "choice"
    END = "end"


class Choice(StrEnum):
    """How a candidate can go on after a question was dealt with."""

    FOLLOW_UP = "follow_up"
    NEXT = "next"
    AGAIN = "again"
    REGRADE = "regrade"
    CHECK = "check"
    APPEAL = "appeal"
    REFERENCE = "reference"
    END = "end"


_STEPS = {
    TurnState.ANSWERING: Step.ANSWER,
    TurnState.FOLLOWING_UP: Step.ANSWER,
    TurnState.GRADING: Step.GRADING,
    TurnState.GRADED: Step.CHOICE,
    TurnState.UNGRADED: Step.CHOICE,
    TurnState.SHOWN: Step.CHOICE,
}


def next_step(session: Session) -> Step:
    """What the interview waits for now.

    In the mode `interview` nothing is discussed on the way: grading goes on in the background,
    and whoever holds the session has the rest graded at its end.
    """
    if session.status is SessionStatus.ENDED:
        return Step.END
    turn = session.current
    step = None if turn is None else _STEPS.get(turn.state)
    if step is None:
        return Step.QUESTION if next_planned(session) else Step.END
    if session.start.mode is SessionMode.INTERVIEW and step is not Step.ANSWER:
        return Step.QUESTION if next_planned(session) else Step.END
    return step


def pace_of(session: Session) -> float | None:
    """Seconds for one question, where the candidate asked for a number of minutes."""
    minutes, count = session.start.wishes.minutes, len(session.plan)
    return minutes * 60 / count if minutes and count else None


def still_planned(session: Session) -> tuple[PlannedQuestion, ...]:
    """The questions of the plan that were not asked yet."""
    asked = {turn.question.id for turn in session.turns}
    return tuple(one for one in session.plan if one.question_id not in asked)


def next_planned(session: Session) -> PlannedQuestion | None:
    """The first question of the plan that was not asked yet."""
    return next(iter(still_planned(session)), None)


def choices(turn: Turn) -> tuple[Choice, ...]:
    """What to offer once a question was dealt with; the first is the default."""
    offered = [Choice.NEXT]
    if aim_of(turn) is not None:
        offered.insert(0, Choice.FOLLOW_UP)
    if turn.state is TurnState.UNGRADED:
        offered.append(Choice.REGRADE)
    if may_check(turn.attempt.main):
        offered.append(Choice.CHECK)
    if may_appeal(turn.attempt.main):
        offered.append(Choice.APPEAL)
    offered.append(Choice.AGAIN)
    if turn.state is not TurnState.SHOWN:
        offered.append(Choice.REFERENCE)
    return (*offered, Choice.END)


def open_exchange(turn: Turn) -> Exchange:
    """The question or follow-up that was put last."""
    return turn.attempt.exchanges[-1]


def last_text(turn: Turn) -> str:
    """What was answered to the question last, to start another attempt from."""
    answers = (attempt.main.answer for attempt in reversed(turn.attempts))
    return next((answer.text for answer in answers if answer is not None), "")


def draft_name(turn: Turn) -> str:
    """The name to keep a draft under: each question and follow-up has its own."""
    step = len(turn.attempt.follow_ups)
    return f"{turn.question.id}#{step}" if step else turn.question.id


def anything_sent(session: Session) -> bool:
    """Whether the candidate has sent, skipped or said anything yet."""
    return bool(session.remarks) or any(
        turn.hints
        or turn.references
        or any(one.answer is not None or one.skipped for one in turn.exchanges)
        for turn in session.turns
    )


def asked_questions(session: Session) -> tuple[AskedQuestion, ...]:
    """What a summary counts: questions that were answered or skipped, with what was graded."""
    return tuple(
        AskedQuestion(
            turn.question, _graded_answers(turn), any(one.is_waiting for one in turn.exchanges)
        )
        for turn in session.turns
        if turn.attempts[0].main.skipped or any(one.main.answer for one in turn.attempts)
    )


def _graded_answers(turn: Turn) -> tuple[GradedAnswer, ...]:
    made = []
    for attempt in turn.attempts:
        answer, record = attempt.main.answer, attempt.main.counting
        if answer is not None and record is not None:
            made.append(GradedAnswer(answer.text, record.assessment, answer.read_reference))
    return tuple(made)


def is_ungraded(exchange: Exchange) -> bool:
    """Whether the answer was looked at and could not be graded."""
    record = exchange.counting
    return record is not None and record.assessment.status is Status.UNGRADED
