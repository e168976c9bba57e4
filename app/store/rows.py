"""What the store hands out besides sessions: claims, rows of lists, memory cards."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.assessment import Band, Mode, Status, Verdict
from app.domain.events import Judge, SessionMode, SessionStatus


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to grade one thing, until `until` (UTC) or until somebody takes it over.

    `number` is the sequence number of an answer or an appeal; `token` tells this claim from all
    others.
    """

    session_id: str
    number: int
    holder: str
    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer or an appeal (its `number`) that nobody has judged and nobody holds."""

    owner: str
    session_id: str
    number: int
    is_appeal: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of the list of sessions; `graded` and `waiting` count answers."""

    id: str
    mode: SessionMode
    language: str
    status: SessionStatus
    created_at: datetime
    changed_at: datetime
    planned: int
    asked: int
    answered: int
    graded: int
    waiting: int


@dataclass(frozen=True, slots=True)
class KeyPointMark:
    """How an answer stood to one key point, without evidence and reason."""

    id: str
    verdict: Verdict
    coverage: float
    weight: float


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An answer to a question (not to a follow-up) and the assessment that counts for it.

    `status` and the fields after it are None where nothing was judged yet, `score`, `band` and
    `confidence` also where the assessment is ungraded. `assessed` is the assessment's number.
    """

    session_id: str
    answer: int
    mode: SessionMode
    session_at: datetime
    position: int
    question_id: str
    topic: str
    difficulty: int
    language: str
    attempt: int
    sent_at: datetime
    seconds: float | None
    hints: int
    read_reference: bool
    assessed: int | None = None
    status: Status | None = None
    score: float | None = None
    band: Band | None = None
    confidence: float | None = None
    judged_by: Judge | None = None
    grader: Mode | None = None
    marks: tuple[KeyPointMark, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedRow:
    """How often a question was asked, and how many sessions ago last (0: in the newest)."""

    question_id: str
    times: int
    sessions_ago: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What names an answer among all: its session and its number there."""

    session_id: str
    answer: int


@dataclass(frozen=True, slots=True)
class MemoryCard:
    """What spaced repetition knows about one key point.

    `state` is the scheduler's own JSON text, kept as it is; `due_at` is in UTC.
    """

    question_id: str
    key_point_id: str
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an import did: sessions new here, grown here, known already, and left alone.

    A session is left alone where it went on differently here and there.
    """

    added: int = 0
    grown: int = 0
    known: int = 0
    left_alone: tuple[str, ...] = ()
    cards: int = 0


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A summary in prose; without `sentences` it has `failed`, or is being written."""

    model: str
    sentences: tuple[str, ...]
    failed: bool
