"""Who judges and who asks: what an interview needs besides the store."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.domain.assessment import Usage, Verdict
from app.domain.question import KeyPoint, Question
from app.grading.grader import Grader

if TYPE_CHECKING:
    from app.grading.rubric.appeal import Heard


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a model said, "" where it had nothing to say, and what that cost."""

    text: str = ""
    usage: Usage | None = None
    model: str = ""


class Voice(Protocol):
    """An interviewer that finds its own words."""

    async def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict | None, answer: str
    ) -> Spoken:
        """A follow-up that leads to a key point without giving it away.

        Without a `verdict` it lets on nothing of how the answer was judged. A model that fails
        does not raise.
        """


class Appeals(Protocol):
    """Whoever hears a candidate that disputes a verdict."""

    async def hear(
        self, question: Question, point: KeyPoint, answer: str, argument: str
    ) -> "Heard":
        """Judge one key point of an answer again. Raises a ChatModelError where that fails."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The grader; the interviewer's voice and a judge of appeals where a model lends them.

    `patience` is how many seconds an interviewer with a poker face waits for a grade before going
    on to the next question.
    """

    grader: Grader
    voice: Voice | None = None
    appeals: Appeals | None = None
    patience: float = 6.0
