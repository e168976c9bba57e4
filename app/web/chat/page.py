"""The whole page of an interview."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.events import SessionMode
from app.domain.poker_face import shown
from app.domain.score import MAX_SCORE, TRUTH_UNKNOWN_LIMIT
from app.domain.session import Session, Turn
from app.grading.grader import Grader
from app.interview.conversation import Choice
from app.interview.self_check import VERDICT_KEYS, CheckItem, check_items
from app.settings import Settings
from app.web.chat.dock import NOTHING, Dock, Kept, dock_of
from app.web.chat.transcript import OnWay, TurnView, turns_of
from app.web.live.poker_face import cursor_of
from app.web.live.room import Room
from app.web.live.wire import offers


@dataclass(frozen=True, slots=True)
class GraderInForce:
    """Who grades: a model at a host, or similarity on this machine where there is none."""

    model: str
    host: str

    @property
    def ceiling(self) -> float:
        """The highest score that it can give."""
        return MAX_SCORE if self.model else TRUTH_UNKNOWN_LIMIT


@dataclass(frozen=True, slots=True)
class ChatView:
    """What the templates draw; `check` holds the key points to settle of turn `checked`.

    `count` is how many questions are planned, `cursor` how much of the session this is.
    """

    id: str
    mode: SessionMode
    language: str
    count: int
    cursor: str
    turns: tuple[TurnView, ...]
    dock: Dock
    grader: GraderInForce
    checked: int = 0
    check: Sequence[CheckItem] = ()
    keys: tuple[str, ...] = tuple(VERDICT_KEYS)


def chat_of(
    session: Session,
    room: Room,
    settings: Settings,
    *,
    kept: Kept = NOTHING,
    check: Sequence[CheckItem] = (),
    checked: int = 0,
) -> ChatView:
    """The page of a session as it stands; `check` opens the self-check of turn `checked`."""
    begun = dict.fromkeys(room.desk.at_work_on(session.id), ())
    on_way: OnWay = {**begun, **room.board.on_way(session.id)}
    return ChatView(
        session.id,
        session.start.mode,
        session.start.language,
        max(len(session.plan), len(session.turns)),
        str(cursor_of(session)),
        turns_of(session, on_way),
        dock_of(session, settings.answer_limit, kept, ponders=room.ponders(session.id)),
        grader_in_force(settings),
        checked if check else 0,
        check,
    )


def grader_in_force(settings: Settings) -> GraderInForce:
    """Who grades by these settings."""
    if not settings.llm_model:
        return GraderInForce("", "")
    host = urlsplit(settings.openai_base_url or "https://api.openai.com").hostname
    return GraderInForce(settings.llm_model, host or "")


def check_of(session: Session, position: int, grader: Grader) -> Sequence[CheckItem]:
    """What there is to check in a turn; takes its time where an embedder has to be asked."""
    turns = shown(session).turns
    turn: Turn | None = next((one for one in turns if one.position == position), None)
    if turn is None or Choice.CHECK not in offers(turn):
        return ()
    return check_items(turn.question, turn.attempt.main, grader)
