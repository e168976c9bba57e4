"""What leaves the server about a session, as JSON-ready values.

A question goes out without its key points and its reference: those are what the candidate is to
find. The reference goes out once it was asked for.
"""

from typing import Any

from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord, Event, QuestionAsked, kind_of
from app.domain.poker_face import is_withheld, shown
from app.domain.question import Question
from app.domain.session import Attempt, Exchange, Session, Turn
from app.interview.appeal import may_appeal
from app.interview.conversation import (
    Choice,
    Step,
    choices,
    is_ungraded,
    next_planned,
    next_step,
    pace_of,
)
from app.interview.hints import attainable_score
from app.interview.self_check import may_check
from app.store.codec import to_json
from app.web.live.poker_face import cursor_of

Json = dict[str, Any]


def question_json(question: Question) -> Json:
    """A question as it is put."""
    return {
        "id": question.id,
        "text": question.text,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "language": question.language,
        "tags": list(question.tags),
    }


def reference_json(question: Question) -> Json:
    """The reference answer, in full."""
    return {
        "text": question.full_reference,
        "key_points": [
            {
                "id": point.id,
                "title": point.title,
                "detail": point.detail,
                "weight": point.weight,
            }
            for point in question.key_points
        ],
    }


def record_json(record: AssessmentRecord) -> Json:
    """An assessment as it was stored, its content as `mockint ask --json` prints it."""
    data: Json = to_json(record)
    return data | {"assessment": record.assessment.as_json()}


def event_json(event: Event) -> Json:
    """An event with its kind, number and time."""
    data: Json = {"kind": kind_of(event)}
    if isinstance(event, AssessmentRecord):
        return data | record_json(event)
    if isinstance(event, QuestionAsked):
        planned = None if event.planned is None else to_json(event.planned)
        question = question_json(event.question)
        at = event.at.isoformat()
        own = {"seq": event.seq, "at": at, "position": event.position}
        return data | own | {"question": question, "planned": planned}
    data |= to_json(event)
    return data


def verdict_json(answer: int, result: KeyPointResult) -> Json:
    """A verdict on its way."""
    return {"kind": "verdict", "answer": answer, "key_point": to_json(result)}


def standing_json(session: Session) -> Json:
    """Where a session stands: what it waits for, and what can be done."""
    seen = shown(session)
    step, turn = next_step(seen), seen.current
    return {
        "cursor": str(cursor_of(session)),
        "status": seen.status.value,
        "step": step.value,
        "choices": [one.value for one in _choices(step, turn)],
        "place": None if turn is None else place_json(turn),
        "is_last": next_planned(seen) is None,
    }


def session_json(session: Session) -> Json:
    """The session as it stands, as far as its candidate may see it."""
    seen, secret = shown(session), is_withheld(session)
    return {
        "id": seen.id,
        "mode": seen.start.mode.value,
        "language": seen.start.language,
        "created_at": seen.start.created_at.isoformat(),
        **standing_json(session),
        "wishes": to_json(seen.start.wishes),
        "plan": [to_json(one) for one in seen.plan],
        "unmet": list(seen.unmet),
        "left_over": list(seen.left_over),
        "pace": pace_of(seen),
        "turns": [_turn(one, secret=secret) for one in seen.turns],
        "remarks": [to_json(one) for one in seen.remarks],
    }


def place_json(turn: Turn) -> Json:
    """What was put last: a question, or a follow-up of an attempt at it."""
    step = len(turn.attempt.follow_ups)
    return {"position": turn.position, "attempt": turn.attempt.number, "step": step}


def offers(turn: Turn) -> tuple[Choice, ...]:
    """What can be done about the newest attempt at a question, also once others were asked."""
    main = turn.attempt.main
    offered = []
    if is_ungraded(main):
        offered.append(Choice.REGRADE)
    if may_check(main):
        offered.append(Choice.CHECK)
    if may_appeal(main):
        offered.append(Choice.APPEAL)
    if not turn.references:
        offered.append(Choice.REFERENCE)
    return tuple(offered)


def _choices(step: Step, turn: Turn | None) -> tuple[Choice, ...]:
    return choices(turn) if step is Step.CHOICE and turn is not None else ()


def turn_json(turn: Turn, session: Session) -> Json:
    """One turn of a session, as far as its candidate may see it."""
    seen = shown(session).turns[turn.position - 1]
    return _turn(seen, secret=is_withheld(session))


def _turn(turn: Turn, *, secret: bool) -> Json:
    planned = turn.asked.planned
    return {
        "position": turn.position,
        "asked": turn.asked.seq,
        "question": question_json(turn.question),
        "planned": None if planned is None else to_json(planned),
        "state": turn.state.value,
        "offers": [] if secret else [one.value for one in offers(turn)],
        "result": None if turn.result is None else turn.result.seq,
        "attainable": attainable_score(turn),
        "hints": [to_json(hint) for hint in turn.hints],
        "reference": reference_json(turn.question) if turn.references else None,
        "attempts": [_attempt(one) for one in turn.attempts],
    }


def _attempt(attempt: Attempt) -> Json:
    return {
        "number": attempt.number,
        "exchanges": [_exchange(one) for one in attempt.exchanges],
    }


def _exchange(exchange: Exchange) -> Json:
    counting = exchange.counting
    return {
        "follow_up": None if exchange.follow_up is None else to_json(exchange.follow_up),
        "answer": None if exchange.answer is None else to_json(exchange.answer),
        "waiting": exchange.is_waiting,
        "skipped": exchange.skipped,
        "counting": None if counting is None else counting.seq,
        "assessments": [record_json(one) for one in exchange.assessments],
        "appeals": [to_json(one) for one in exchange.appeals],
    }
