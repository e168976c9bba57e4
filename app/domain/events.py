"""What an interview leaves behind: events in the order in which they happened.

A session is never changed in place. Each event has a sequence number, counted from 1 within its
session; order is by that number and never by time, since clocks can be set back. `fold.fold`
turns the events into the session as it stands. A question is named by its position in the
session, an answer, an appeal and an assessment by their sequence numbers.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.assessment import Assessment
from app.domain.question import Question

LOCAL_OWNER = "local"
FOLLOW_UP_LIMIT = 2
HINT_STEPS = 3


class SessionMode(StrEnum):
    """How a session is held: grading after each answer, at the end, or asking what is due."""

    PRACTICE = "practice"
    INTERVIEW = "interview"
    REVIEW = "review"


class SessionStatus(StrEnum):
    """Whether a session goes on. An ended one takes no answers; it can still be graded."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


class AnswerKind(StrEnum):
    """Whether an answer is to the question itself or to a follow-up."""

    MAIN = "main"
    FOLLOW_UP = "follow_up"


class Judge(StrEnum):
    """Who settled the verdicts of an assessment."""

    MODEL = "model"
    SIMILARITY = "similarity"
    CANDIDATE = "candidate"


class Reason(StrEnum):
    """Why an assessment was made; `follow_up` is an answer's lifted by its follow-up's."""

    NEW = "new"
    REGRADE = "regrade"
    APPEAL = "appeal"
    SELF_CHECK = "self_check"
    FOLLOW_UP = "follow_up"


class Speaker(StrEnum):
    """Whose words a remark holds."""

    CANDIDATE = "candidate"
    INTERVIEWER = "interviewer"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the candidate asked for when the session was opened; empty fields allow everything.

    `minutes` is None without a limit; `requirements` are the pieces of a job description or a
    résumé; `seed` makes the plan repeatable.
    """

    count: int = 5
    minutes: int | None = None
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulties: tuple[int, ...] = ()
    requirements: tuple[str, ...] = ()
    seed: str = ""


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question to be asked, why it was picked, and the requirement it serves, if any."""

    question_id: str
    reason: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """What is fixed once a session is open. `owner` is `local` in the terminal."""

    id: str
    owner: str
    mode: SessionMode
    language: str
    created_at: datetime
    wishes: Wishes = Wishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened in a session; `at` is in UTC and takes no part in ordering."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(Event):
    """The plan, or the plan as changed on the way; `unmet` are requirements no question serves.

    Those `left_over` found no room. `spare` are ids of questions that may take the place of
    planned ones. `why` says in a word what changed the plan; "" for the first one.
    """

    plan: tuple[PlannedQuestion, ...]
    unmet: tuple[str, ...] = ()
    why: str = ""
    left_over: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """A question was put. `question` is kept as asked, since its bank may change or go."""

    position: int
    question: Question
    planned: PlannedQuestion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Event):
    """A text that the candidate sent.

    `attempt` counts from 1; `step` is 0 for the question itself, else the number of the
    follow-up. `key_point_id` is the follow-up's target, else "". `key` is the sender's own name
    for this sending: the same key is the same answer. `seconds` is the time taken, None if
    unknown. `hints` is the last hint step seen and `read_reference` whether the reference answer
    had been shown when the answer was sent.
    """

    position: int
    attempt: int
    step: int
    text: str
    key: str
    key_point_id: str = ""
    seconds: float | None = None
    hints: int = 0
    read_reference: bool = False

    @property
    def kind(self) -> AnswerKind:
        """Main or follow-up."""
        return AnswerKind.FOLLOW_UP if self.step else AnswerKind.MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Event):
    """A follow-up question as asked; `step` is 1 or 2, `key_point_id` what it aims at."""

    position: int
    attempt: int
    step: int
    text: str
    key_point_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint(Event):
    """A hint as given; `step` is 1 (a nudge), 2 (the area) or 3 (the key point's title)."""

    position: int
    step: int
    text: str
    key_point_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOpened(Event):
    """The candidate wants to answer the same question anew; `attempt` counts from 2."""

    position: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Event):
    """The question (`step` 0) or a follow-up of an attempt was passed over."""

    position: int
    attempt: int
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceShown(Event):
    """The reference answer was put on screen."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Event):
    """Talk that is not an answer: a question back, small talk, the interviewer's reply to it.

    `position` is None outside a question; `topic` is a word for what it is about (`repeat`,
    `explain`, …) that the speaker's room chooses.
    """

    speaker: Speaker
    text: str
    position: int | None = None
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal(Event):
    """The candidate disputes the verdict on a key point of the answer `answer` (its number)."""

    answer: int
    key_point_id: str
    text: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord(Event):
    """An assessment of the answer `answer` (its number); never overwritten by a later one.

    `appeal` is the number of the appeal behind it. `note` is a short remark of whoever made it.
    """

    answer: int
    assessment: Assessment
    judged_by: Judge
    reason: Reason = Reason.NEW
    appeal: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange(Event):
    """The session was paused, taken up again or ended; `why` is a word such as `time`."""

    status: SessionStatus
    why: str = ""


EVENT_KINDS: dict[str, type[Event]] = {
    "plan": PlanMade,
    "question": QuestionAsked,
    "answer": Answer,
    "follow_up": FollowUp,
    "hint": Hint,
    "attempt": AttemptOpened,
    "skip": Skip,
    "reference": ReferenceShown,
    "remark": Remark,
    "appeal": Appeal,
    "assessment": AssessmentRecord,
    "status": StatusChange,
}


def kind_of(event: Event) -> str:
    """The stored name of an event's type."""
    return next(name for name, made in EVENT_KINDS.items() if made is type(event))


def new_session_id() -> str:
    """A name for a session that no other will have: 12 hexadecimal digits, short enough to type."""
    return secrets.token_hex(6)
