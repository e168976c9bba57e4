"""What a session may show while it goes on: in the mode `interview` no verdict before its end."""

from dataclasses import replace
from typing import TypeVar

from app.domain.events import Answer, FollowUp, SessionMode, SessionStatus
from app.domain.session import Attempt, Exchange, Session, Turn

Asked = TypeVar("Asked", bound=Answer | FollowUp)


def withholds(mode: SessionMode, status: SessionStatus) -> bool:
    """Whether verdicts of a session with this mode and status are kept back for now."""
    return mode is SessionMode.INTERVIEW and status is not SessionStatus.ENDED


def is_withheld(session: Session) -> bool:
    """Whether verdicts are kept back for now."""
    return withholds(session.start.mode, session.status)


def shown(session: Session) -> Session:
    """The session as its candidate may see it now."""
    if not is_withheld(session):
        return session
    return replace(session, turns=tuple(_unjudged(turn) for turn in session.turns))


def _unjudged(turn: Turn) -> Turn:
    return replace(turn, attempts=tuple(_plain(attempt) for attempt in turn.attempts))


def _plain(attempt: Attempt) -> Attempt:
    follow_ups = tuple(_bare(one) for one in attempt.follow_ups)
    return replace(attempt, main=_bare(attempt.main), follow_ups=follow_ups)


def _bare(exchange: Exchange) -> Exchange:
    asked, answer = exchange.follow_up, exchange.answer
    return replace(
        exchange,
        follow_up=None if asked is None else aimless(asked),
        answer=None if answer is None else aimless(answer),
        assessments=(),
        appeals=(),
    )


def aimless(event: Asked) -> Asked:
    """A follow-up or its answer without the key point that it is about: that lets on a verdict."""
    return replace(event, key_point_id="")
