"""Who judges and who asks: what an interview needs besides the store."""

from dataclasses import dataclass
from typing import Protocol

from app.domain.assessment import Verdict
from app.domain.question import KeyPoint, Question
from app.grading.grader import Grader


class Voice(Protocol):
    """An interviewer that finds its own words."""

    async def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict, answer: str
    ) -> str:
        """A follow-up that leads to a key point without giving it away; "" where it has none.

        A model that fails does not raise.
        """


@dataclass(frozen=True, slots=True)
class Panel:
    """The grader, and the interviewer's voice where a language model lends one."""

    grader: Grader
    voice: Voice | None = None
