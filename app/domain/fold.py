"""From events to the session as it stands.

Nothing else is remembered, so resuming after any interruption is reading. `fold` is pure: the
same events give the same session on every machine.
"""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    AttemptOpened,
    Event,
    FollowUp,
    Hint,
    PlanMade,
    QuestionAsked,
    ReferenceShown,
    Remark,
    SessionStart,
    Skip,
    StatusChange,
)
from app.domain.session import Attempt, Exchange, Session, Turn


def fold(start: SessionStart, events: Iterable[Event]) -> Session:
    """The session after `events`, which are ordered here by number.

    Raises ValueError where they do not fit together: a gap in the numbers, an answer to a
    question that was never asked. A store never holds such events; a damaged file may.
    """
    return go_on(Session(start), events)


def go_on(session: Session, events: Iterable[Event]) -> Session:
    """The session after some more events. Raises ValueError as `fold` does."""
    for event in sorted(events, key=lambda event: event.seq):
        if event.seq != session.seq + 1:
            raise ValueError(f"event {event.seq} follows event {session.seq}")
        session = replace(_apply(session, event), seq=event.seq)
    return session


def _apply(session: Session, event: Event) -> Session:
    match event:
        case PlanMade():
            plans = (*session.plans, event)
            return replace(session, plan=event.plan, unmet=event.unmet, plans=plans)
        case StatusChange():
            return replace(session, status=event.status)
        case Remark():
            return replace(session, remarks=(*session.remarks, event))
        case QuestionAsked():
            if event.position != len(session.turns) + 1:
                raise ValueError(f"event {event.seq} asks at position {event.position}")
            turn = Turn(session.id, event.position, event, (Attempt(1, event.seq),))
            return replace(session, turns=(*session.turns, turn))
        case Appeal() | AssessmentRecord():
            return _apply_judgement(session, event)
        case _:
            return _apply_to_turn(session, event)


def _apply_to_turn(session: Session, event: Event) -> Session:
    position = getattr(event, "position", 0)
    if not 1 <= position <= len(session.turns):
        raise ValueError(f"event {event.seq} names question {position}, which was not asked")
    turn = session.turns[position - 1]
    match event:
        case Hint():
            turn = replace(turn, hints=(*turn.hints, event))
        case ReferenceShown():
            turn = replace(turn, references=(*turn.references, event))
        case AttemptOpened():
            if event.attempt != len(turn.attempts) + 1:
                raise ValueError(f"event {event.seq} opens attempt {event.attempt}")
            turn = replace(turn, attempts=(*turn.attempts, Attempt(event.attempt, event.seq)))
        case FollowUp() | Answer() | Skip():
            turn = _apply_to_attempt(turn, event)
    return _with_turn(session, turn)


def _apply_to_attempt(turn: Turn, event: FollowUp | Answer | Skip) -> Turn:
    if not 1 <= event.attempt <= len(turn.attempts):
        raise ValueError(f"event {event.seq} names attempt {event.attempt}")
    attempt = turn.attempts[event.attempt - 1]
    if isinstance(event, FollowUp):
        if event.step != len(attempt.exchanges):
            raise ValueError(f"event {event.seq} asks follow-up {event.step}")
        changed = replace(attempt, follow_ups=(*attempt.follow_ups, Exchange(event)))
        return _with_attempt(turn, changed)
    if not 0 <= event.step < len(attempt.exchanges):
        raise ValueError(f"event {event.seq} names follow-up {event.step}")
    exchange = attempt.exchanges[event.step]
    if isinstance(event, Skip):
        return _with_exchange(turn, event.attempt, event.step, replace(exchange, skipped=True))
    if exchange.answer is not None:
        raise ValueError(f"event {event.seq} answers twice")
    return _with_exchange(turn, event.attempt, event.step, replace(exchange, answer=event))


def _apply_judgement(session: Session, event: Appeal | AssessmentRecord) -> Session:
    try:
        turn, exchange = session.find_answer(event.answer)
    except KeyError:
        raise ValueError(f"event {event.seq} judges answer {event.answer}, not sent") from None
    if isinstance(event, Appeal):
        exchange = replace(exchange, appeals=(*exchange.appeals, event))
    else:
        exchange = replace(exchange, assessments=(*exchange.assessments, event))
    assert exchange.answer is not None
    answer = exchange.answer
    return _with_turn(session, _with_exchange(turn, answer.attempt, answer.step, exchange))


def _with_turn(session: Session, turn: Turn) -> Session:
    index = turn.position - 1
    return replace(session, turns=(*session.turns[:index], turn, *session.turns[index + 1 :]))


def _with_attempt(turn: Turn, attempt: Attempt) -> Turn:
    index = attempt.number - 1
    attempts = (*turn.attempts[:index], attempt, *turn.attempts[index + 1 :])
    return replace(turn, attempts=attempts)


def _with_exchange(turn: Turn, number: int, step: int, exchange: Exchange) -> Turn:
    attempt = turn.attempts[number - 1]
    if step == 0:
        return _with_attempt(turn, replace(attempt, main=exchange))
    index = step - 1
    follow_ups = (*attempt.follow_ups[:index], exchange, *attempt.follow_ups[index + 1 :])
    return _with_attempt(turn, replace(attempt, follow_ups=follow_ups))
