"""What of a session's events leaves the server while it goes on, and how much somebody has seen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    Event,
    FollowUp,
    SessionMode,
    SessionStatus,
    StatusChange,
)
from app.domain.poker_face import aimless
from app.domain.session import Session


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """How much of a session a watcher has seen: all events up to number `seq`.

    When an interview ends, what was withheld follows on its last event; `revealed` is the number
    of the newest of those. Written `12`, or `12.7` with something revealed.
    """

    seq: int = 0
    revealed: int = 0

    def __str__(self) -> str:
        return f"{self.seq}.{self.revealed}" if self.revealed else str(self.seq)


def read_cursor(text: str) -> Cursor:
    """A cursor as `str` writes it; for anything else the very beginning."""
    seq, _, revealed = text.strip().partition(".")
    parts = (seq, revealed or "0")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return Cursor()
    return Cursor(int(seq), int(revealed or 0))


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that may leave the server, and what a watcher has seen with it."""

    cursor: Cursor
    event: Event


@dataclass(slots=True)
class Outgoing:
    """Turns the events of a session, given in order, into what leaves the server."""

    mode: SessionMode
    _ended: bool = False
    _withheld: list[Event] = field(default_factory=list)

    def of(self, events: Iterable[Event]) -> Iterator[Delivery]:
        """What these further events bring."""
        for event in events:
            if self._is_withheld(event):
                self._withheld.append(event)
                continue
            yield Delivery(Cursor(event.seq), self._as_seen(event))
            if isinstance(event, StatusChange) and event.status is SessionStatus.ENDED:
                self._ended = True
                for late in self._withheld:
                    yield Delivery(Cursor(event.seq, late.seq), late)
                self._withheld.clear()

    def _as_seen(self, event: Event) -> Event:
        if self._keeps_face and isinstance(event, Answer | FollowUp):
            return aimless(event)
        return event

    @property
    def _keeps_face(self) -> bool:
        return self.mode is SessionMode.INTERVIEW and not self._ended

    def _is_withheld(self, event: Event) -> bool:
        return self._keeps_face and isinstance(event, AssessmentRecord | Appeal)


def cursor_of(session: Session) -> Cursor:
    """What somebody has seen to whom the session is shown as it stands."""
    if session.start.mode is SessionMode.INTERVIEW and session.status is SessionStatus.ENDED:
        return Cursor(session.seq, session.seq)
    return Cursor(session.seq)
