"""Where an interview stands, and whether a move of its candidate fits there.

Each move names the place that it is about, as the window showed it. Where the session has gone on
meanwhile, in another window or by a double click, the move does nothing more: what was asked for
and is done already comes back, and anything else is SessionChanged.
"""

from dataclasses import dataclass
from typing import Self

from app.domain.events import SessionStatus
from app.domain.poker_face import is_withheld, shown
from app.domain.session import Session, Turn
from app.errors import SessionChanged
from app.interview.conversation import Step, next_step
from app.interview.host import Host
from app.store import writing
from app.store.base import Repository
from app.web.live.desk import Job
from app.web.live.room import Room

RELOAD = "Load the page again to see how it stands; nothing was stored."
RELOADS = frozenset({RELOAD, writing.RELOAD})
"""Remedies that a page follows by itself: it shows how the session stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """A question by its position, an attempt at it, and the follow-up (`step` 0: none)."""

    position: int
    attempt: int = 1
    step: int = 0


class Bearings:
    """One session in the hands of its candidate; what all moves need."""

    def __init__(self, room: Room, host: Host) -> None:
        self._room = room
        self._host = host

    @classmethod
    async def enter(cls, room: Room, repository: Repository, session_id: str) -> Self:
        """Raises SessionNotFound, also for a session of somebody else's."""
        return cls(room, Host(repository, await repository.load(session_id)))

    @property
    def session(self) -> Session:
        """The session after the last move, verdicts and all; `shown` says what may be seen."""
        return self._host.session

    @property
    def _step(self) -> Step:
        return next_step(shown(self.session))

    @property
    def _is_secret(self) -> bool:
        return is_withheld(self.session)

    def _turn(self, position: int) -> Turn:
        if not 1 <= position <= len(self.session.turns):
            raise SessionChanged("This question was not asked.", RELOAD)
        return self.session.turns[position - 1]

    def _must_be(self, step: Step, at: Place) -> None:
        """Raise SessionChanged unless the session waits for `step` at that place."""
        if self.session.status is SessionStatus.ENDED:
            raise SessionChanged("The session has ended.", "Start a new one.")
        turn = self.session.current
        if turn is None or place_of(turn) != at:
            raise SessionChanged("The interview has gone on, perhaps in another window.", RELOAD)
        if self._step is not step:
            raise SessionChanged("The interview waits for something else now.", RELOAD)

    async def _take_up(self) -> None:
        """Go on with a session that was paused."""
        if self.session.status is SessionStatus.PAUSED:
            await self._host.repository.change_status(self.session.id, SessionStatus.OPEN)
            await self._host.reload()

    async def _catch_up(self) -> None:
        await self._host.reload()
        self._tell()

    def _job(self, number: int, *, again: bool = False) -> Job:
        return Job(self.session.start.owner, self.session.id, number, again)

    def _tell(self) -> None:
        """Let whoever watches this session know at once."""
        self._room.board.wake(self.session.id)


def place_of(turn: Turn) -> Place:
    """Where what was put last stands."""
    return Place(turn.position, turn.attempt.number, len(turn.attempt.follow_ups))


def clean(text: str) -> str:
    """Line ends as they are stored; forms send another kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
