"""The seam that every face grades through."""

from collections.abc import Callable
from typing import Protocol

from app.domain.assessment import Assessment, GraderInfo, KeyPointResult
from app.domain.question import Question

OnVerdict = Callable[[KeyPointResult], None]


class Grader(Protocol):
    """Turns (question, answer) into an assessment."""

    @property
    def info(self) -> GraderInfo:
        """What this grader stamps on its assessments."""

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """Grade one answer. `on_verdict` hears of each key point as soon as it is judged.

        A language model that fails does not raise: the assessment is `ungraded`, with the
        similarity view and a notice. Raises AnswerTooLong for a text over the limit.
        """
