"""What the API takes and gives, field by field; the OpenAPI document is made from this.

Replies are built in `live.wire`; tests hold them against these shapes.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from app.domain.assessment import KeyPointResult, Verdict
from app.domain.events import (
    HINT_STEPS,
    Answer,
    Appeal,
    AssessmentRecord,
    FollowUp,
    Hint,
    PlannedQuestion,
    Remark,
    SessionMode,
    SessionStatus,
    Wishes,
)
from app.domain.session import TurnState
from app.interview.appeal import LONGEST_ARGUMENT
from app.interview.conversation import Choice, Step
from app.interview.documents import MOST_CHARACTERS
from app.interview.requirements import LONGEST, MOST_REQUIREMENTS
from app.interview.talk import Talk
from app.web.live.bearings import Place

MOST_QUESTIONS = 30
MOST_MINUTES = 600
LONGEST_ANSWER = 200_000
MOST_TURNS = 1000
MOST_NUMBER = 2**31 - 1
"""The largest number that a database takes for an event."""


def _plain_number(value: object) -> object:
    """Refuse what JSON does not call a number, which pydantic would take for one."""
    if isinstance(value, bool | str):
        raise ValueError("not a number")
    return value


Whole = Annotated[int, BeforeValidator(_plain_number)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"\S")]
SessionId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="Your own name for this sending: the same key does it once, however often "
        "it arrives.",
    ),
]
Position = Annotated[
    int, Field(ge=1, le=MOST_TURNS, description="A question's place in the session, from 1.")
]

BodyPosition = Annotated[Position, BeforeValidator(_plain_number)]


class Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is no silent default."""

    model_config = ConfigDict(extra="forbid")


class At(Shape):
    """What the window shows as put last, to be sent as it is in `place`."""

    position: BodyPosition
    attempt: Whole = Field(default=1, ge=1, le=MOST_TURNS, description="From 1.")
    step: Whole = Field(default=0, ge=0, le=2, description="0: the question; 1 or 2: a follow-up.")

    @property
    def place(self) -> Place:
        """The place that is meant."""
        return Place(self.position, self.attempt, self.step)


class NewSession(Shape):
    """What to practise; what is left out allows everything."""

    key: Key
    mode: SessionMode = Field(
        default=SessionMode.PRACTICE,
        description="`practice`: graded after each answer; `interview`: at the end; `review`: "
        "what is due.",
    )
    language: Literal["zh", "en"] | None = Field(
        default=None, description="Of the questions; else the job description's, else `zh`."
    )
    count: Whole = Field(default=5, ge=1, le=MOST_QUESTIONS, description="Questions, at most.")
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES), BeforeValidator(_plain_number)] | None = (
        None
    )
    topics: list[Line] = Field(default=[], max_length=100, description="Parts of topic names.")
    tags: list[Line] = Field(default=[], max_length=100)
    difficulties: list[Literal[1, 2, 3]] = Field(default=[], max_length=3)
    job_description: str = Field(
        default="", max_length=MOST_CHARACTERS, description="Or a résumé, as text."
    )
    requirements: list[Annotated[str, Field(min_length=1, max_length=LONGEST)]] = Field(
        default=[],
        max_length=MOST_REQUIREMENTS,
        description="Instead of a job description, its requirements one by one.",
    )
    questions: list[Line] = Field(
        default=[], max_length=MOST_QUESTIONS, description="Ids of questions to ask first."
    )
    seed: str = Field(default="", max_length=100, description="The same seed, the same plan.")


class NewAnswer(Shape):
    """An answer to what was put last."""

    text: str = Field(max_length=LONGEST_ANSWER)
    key: Key
    at: At
    seconds: Annotated[float, Field(ge=0, le=1e7), BeforeValidator(_plain_number)] | None = Field(
        default=None, description="Time taken."
    )
    certain: StrictBool = Field(
        default=False, description="Take it for an answer even if it looks like a question back."
    )


class NewRemark(Shape):
    """Something that is not an answer: a question back, or the wish to hear it again."""

    what: Literal["talk", "explain", "repeat"]
    text: str = Field(default="", max_length=2000, description="What was said; for `talk`.")
    key: Key
    at: At


class NewHint(Shape):
    """The next hint, by its number."""

    position: BodyPosition
    number: Whole = Field(ge=1, le=HINT_STEPS)


class AtPosition(Shape):
    """A question of the session."""

    position: BodyPosition


class Onward(Shape):
    """The question that is done with."""

    position: Whole = Field(ge=0, le=MOST_TURNS, description="0 before the first question.")


class Where(Shape):
    """What stands where the window is."""

    at: At


class OwnVerdicts(Shape):
    """The candidate's own verdicts by key point; those left out stay as suggested."""

    position: BodyPosition
    verdicts: dict[Annotated[str, Field(min_length=1, max_length=200)], Verdict] = Field(
        max_length=200
    )


class NewAppeal(Shape):
    """Why a verdict is disputed, in a sentence."""

    position: BodyPosition
    key_point_id: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=LONGEST_ARGUMENT)
    key: Key


class AskedQuestion(Shape):
    """A question as it is put: without key points and reference, which are to be found."""

    id: str
    text: str
    topic: str
    difficulty: int
    language: str
    tags: list[str]


class ReferencePoint(Shape):
    """One thing that a good answer says."""

    id: str
    title: str
    detail: str
    weight: float


class Reference(Shape):
    """The reference answer."""

    text: str
    key_points: list[ReferencePoint]


class ShownExchange(Shape):
    """A question (`follow_up` null) or a follow-up, its answer, and all that was judged of it.

    `counting` is the number of the assessment that counts.
    """

    follow_up: FollowUp | None
    answer: Answer | None
    waiting: bool
    skipped: bool
    counting: int | None
    assessments: list[AssessmentRecord]
    appeals: list[Appeal]


class ShownAttempt(Shape):
    """One go at a question: the exchange about it, then those about its follow-ups."""

    number: int
    exchanges: list[ShownExchange]


class ShownTurn(Shape):
    """A question that was asked and all that came of it.

    `offers` is what can be done about its newest attempt, `result` the number of the assessment
    that counts, `attainable` the best score after the hints given.
    """

    position: int
    asked: int
    question: AskedQuestion
    planned: PlannedQuestion | None
    state: TurnState
    offers: list[Choice]
    result: int | None
    attainable: float
    hints: list[Hint]
    reference: Reference | None
    attempts: list[ShownAttempt]


class ShownPlace(Shape):
    """What was put last."""

    position: int
    attempt: int
    step: int


class Standing(Shape):
    """Where a session stands. `cursor` is where a stream goes on from here."""

    cursor: str
    status: SessionStatus
    step: Step
    choices: list[Choice]
    place: ShownPlace | None
    is_last: bool


class SessionState(Standing):
    """A session as its candidate may see it; in the mode `interview` no verdict before its end."""

    id: str
    mode: SessionMode
    language: str
    created_at: datetime
    wishes: Wishes
    plan: list[PlannedQuestion]
    unmet: list[str]
    left_over: list[str]
    pace: float | None
    turns: list[ShownTurn]
    remarks: list[Remark]


class Sent(Standing):
    """An answer that was stored and is being graded, or the doubt whether it is one."""

    answer: Answer | None
    doubt: Talk | None


class Said(Standing):
    """What the interviewer replied."""

    remark: Remark


class Hinted(Standing):
    """A hint, and the best score that can still be reached."""

    hint: Hint
    attainable: float


class Turned(Standing):
    """A session's question after a move."""

    turn: ShownTurn


class Settled(Standing):
    """The assessment that counts now."""

    record: AssessmentRecord


class Disputed(Standing):
    """An appeal that was stored and is being heard."""

    appeal: Appeal


class CheckItem(Shape):
    """One key point to check: what was suggested, and the words of the answer nearest to it."""

    id: str
    title: str
    detail: str
    suggested: KeyPointResult
    words: str


class StoredEvent(BaseModel):
    """One thing that happened, with the fields of its kind."""

    model_config = ConfigDict(extra="allow")

    kind: str
    seq: int
    at: datetime


class Events(Shape):
    """What happened after a cursor, and the cursor after that."""

    cursor: str
    events: list[StoredEvent]


Json = dict[str, Any]
