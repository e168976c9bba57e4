"""What the candidate can do now: the box with its tools, the choices, or the end."""

import secrets
from dataclasses import dataclass

from app.domain.events import SessionStatus
from app.domain.poker_face import is_withheld, shown
from app.domain.rescore import hint_share
from app.domain.session import Session, Turn
from app.interview.conversation import (
    Choice,
    Step,
    asked_questions,
    choices,
    last_text,
    next_planned,
    next_step,
    open_exchange,
    pace_of,
)
from app.interview.hints import hint_target
from app.interview.summary import Summary, summarise
from app.interview.talk import Talk
from app.web.live.bearings import Place, place_of

IN_CARD = frozenset({Choice.REGRADE, Choice.CHECK, Choice.APPEAL, Choice.REFERENCE})
"""Choices that stand with the answer they are about."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done, and what to do about it."""

    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a form held that was not taken, to be put back: the box's text and its key."""

    text: str = ""
    key: str = ""
    doubt: Talk | None = None
    trouble: Trouble | None = None


NOTHING = Kept()


@dataclass(frozen=True, slots=True)
class Box:
    """The box to answer in. `key` names the sending; `next_hint` is None where none is left.

    `share` is what the key point can still earn after the next hint, 0 to 1.
    """

    place: Place
    key: str
    text: str
    seen: int
    language: str
    next_hint: int | None
    share: float
    limit: int
    pace: float | None
    doubt: Talk | None

    @property
    def name(self) -> str:
        """A word for the place that the box is at."""
        return f"{self.place.position}-{self.place.attempt}-{self.place.step}"


@dataclass(frozen=True, slots=True)
class Dock:
    """What stands at the end of the page. `last` says that no question follows, `ponders` that the
    interviewer is about to say something.
    """

    step: Step
    place: Place
    last: bool
    is_paused: bool
    has_ended: bool
    withheld: bool
    waiting: int
    choices: tuple[Choice, ...] = ()
    box: Box | None = None
    summary: Summary | None = None
    trouble: Trouble | None = None
    ponders: bool = False

    @property
    def form(self) -> str:
        """The id of its form; "" where the interview has ended."""
        if self.has_ended:
            return ""
        if self.box:
            return f"box-{self.box.name}"
        return "leave" if self.ponders or self.step is Step.GRADING else "choices"


def dock_of(session: Session, limit: int, kept: Kept, *, ponders: bool = False) -> Dock:
    """What can be done in a session now; `limit` is the longest answer in characters.

    `ponders`: the interviewer is about to ask on or to put the next question.
    """
    seen = shown(session)
    step, turn = next_step(seen), seen.current
    ended = session.status is SessionStatus.ENDED
    return Dock(
        step,
        place_of(turn) if turn else Place(0),
        next_planned(session) is None,
        session.status is SessionStatus.PAUSED,
        ended,
        is_withheld(session),
        len(session.waiting),
        tuple(one for one in _choices(step, turn) if one not in IN_CARD),
        _box(session, turn, limit, kept) if turn and step is Step.ANSWER else None,
        summarise(asked_questions(session)) if ended else None,
        kept.trouble,
        ponders and step in (Step.QUESTION, Step.END) and not ended,
    )


def _choices(step: Step, turn: Turn | None) -> tuple[Choice, ...]:
    if step is Step.CHOICE and turn is not None:
        return choices(turn)
    return (Choice.NEXT, Choice.END) if step in (Step.QUESTION, Step.END) else ()


def _box(session: Session, turn: Turn, limit: int, kept: Kept) -> Box:
    place = place_of(turn)
    hint = len(turn.hints) + 1 if hint_target(turn) is not None else None
    is_again = open_exchange(turn).follow_up is None and turn.attempt.number > 1
    return Box(
        place,
        kept.key or secrets.token_hex(8),
        kept.text or (last_text(turn) if is_again else ""),
        len(session.remarks),
        turn.question.language,
        hint,
        hint_share(hint or 0),
        limit,
        pace_of(session),
        kept.doubt,
    )
