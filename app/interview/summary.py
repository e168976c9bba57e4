"""What an interview comes to: figures over what was graded, and what to practise next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.question import Question


class Outcome(StrEnum):
    """What became of a question."""

    GRADED = "graded"
    UNGRADED = "ungraded"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One answer and its assessment.

    `read_reference` says that the candidate had seen the reference answer before answering.
    """

    answer: str
    assessment: Assessment
    read_reference: bool = False

    @property
    def score(self) -> float | None:
        """0 to 10, or None where the answer was not graded."""
        return self.assessment.score if self.assessment.status is Status.GRADED else None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was asked and the attempts at it, in order; none where it was skipped.

    `waiting` says that something was answered that nobody has looked at yet.
    """

    question: Question
    attempts: tuple[GradedAnswer, ...] = ()
    waiting: bool = False

    @property
    def outcome(self) -> Outcome:
        """Skipped, ungraded or graded."""
        if not self.attempts and not self.waiting:
            return Outcome.SKIPPED
        return Outcome.UNGRADED if self.latest is None else Outcome.GRADED

    @property
    def counting(self) -> GradedAnswer | None:
        """What counts: the newest attempt that was graded without the reference on screen."""
        return next((one for one in reversed(self._graded) if not one.read_reference), None)

    @property
    def latest(self) -> GradedAnswer | None:
        """The last attempt that was graded."""
        return self._graded[-1] if self._graded else None

    @property
    def _graded(self) -> list[GradedAnswer]:
        return [attempt for attempt in self.attempts if attempt.score is not None]


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A key point to practise; `number` is its question's place in the interview, from 1."""

    number: int
    result: KeyPointResult


@dataclass(frozen=True, slots=True)
class Summary:
    """`mean` is 0 to 10 over the `counted` questions, None without any; `weak` is worst first.

    The questions that stay out of the mean are `ungraded`, `skipped` or `after_reading`.
    """

    mean: float | None
    counted: int
    ungraded: int
    skipped: int
    after_reading: int
    weak: tuple[WeakPoint, ...]


def summarise(asked: Sequence[AskedQuestion], *, weak_limit: int = 5) -> Summary:
    """Sum up an interview; each question counts with its `counting` attempt or not at all.

    Weak points come from the latest graded attempt of each question: contradictions first, then by
    weight times what is missing of the coverage.
    """
    outcomes = [one.outcome for one in asked]
    counting = [one.counting for one in asked]
    scores = [one.score for one in counting if one is not None and one.score is not None]
    return Summary(
        mean=round(sum(scores) / len(scores), 1) if scores else None,
        counted=len(scores),
        ungraded=outcomes.count(Outcome.UNGRADED),
        skipped=outcomes.count(Outcome.SKIPPED),
        after_reading=outcomes.count(Outcome.GRADED) - len(scores),
        weak=tuple(sorted(_weak_points(asked), key=_urgency)[:weak_limit]),
    )


def _weak_points(asked: Sequence[AskedQuestion]) -> list[WeakPoint]:
    return [
        WeakPoint(number, result)
        for number, one in enumerate(asked, start=1)
        if one.latest is not None
        for result in one.latest.assessment.key_points
        if result.verdict is not Verdict.COVERED
    ]


def _urgency(point: WeakPoint) -> tuple[bool, float]:
    result = point.result
    contradicted = result.verdict is Verdict.CONTRADICTED
    return not contradicted, -result.weight * (1 - result.coverage)
