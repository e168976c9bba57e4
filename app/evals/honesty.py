"""What the defences cost honest answers: how many deserved verdicts the checks take away.

A scripted judge says of each answer what its marks say and quotes the passage that comes nearest
to the key point. Whatever the grader makes less of is lost to honest candidates, so these figures
stand beside the attacks: either alone could be had for nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.assessment import Assessment, Status, Verdict
from app.domain.score import DEFAULT_WEIGHTS, credit_of
from app.evals.attacks.adversary import QuotePicker
from app.evals.figures import Figure
from app.evals.moments import ratio
from app.evals.persona import MarkedReader
from app.evals.resample import Resamples
from app.evals.workers import Job
from app.grading.grader import Grader
from app.llm.base import ChatModel

RubricWith = Callable[[ChatModel], Grader]


@dataclass(frozen=True, slots=True)
class HonestRow:
    """What became of the honest verdicts on one file of answers.

    `lowered` and `lost` are the shares of deserved `covered` verdicts that ended below, and as
    `missing`; `partial_lost` that of deserved `partial` ones that ended as `missing`. `drop` is
    the mean fall of the score against the same verdicts unchecked, in points of ten.
    """

    name: str
    answers: int
    covered: int
    lowered: Figure
    lost: Figure
    partial_lost: Figure
    drop: Figure

    def as_json(self) -> dict[str, Any]:
        """JSON-ready values."""
        figures = {
            name: getattr(self, name).as_json()
            for name in ("lowered", "lost", "partial_lost", "drop")
        }
        return {"name": self.name, "answers": self.answers, "covered": self.covered, **figures}


async def measure_honesty(
    name: str, jobs: Iterable[Job], rubric_with: RubricWith, picker: QuotePicker
) -> HonestRow:
    """Grade each marked answer with the judge that says what its marks say."""
    count = _Count()
    for job in jobs:
        marks = job.case.marks.verdicts
        if not marks:
            continue
        quotes = picker.ranked(job.question, job.case.answer)
        judge = MarkedReader(job.question, marks, quotes, forges=False)
        assessment = await rubric_with(judge).assess(job.question, job.case.answer)
        if assessment.status is Status.GRADED and judge.looks:
            count.add(job.question.variants or job.question.id, marks, assessment)
    return count.row(name)


class _Count:
    """One entry an answer: how many deserved verdicts it has, and what became of them."""

    def __init__(self) -> None:
        self._groups: list[str] = []
        self._covered: list[int] = []
        self._lowered: list[int] = []
        self._lost: list[int] = []
        self._partial: list[int] = []
        self._partial_lost: list[int] = []
        self._drops: list[float] = []

    def add(self, group: str, marks: Iterable[Verdict], assessment: Assessment) -> None:
        pairs = [
            (m, p.verdict, p.weight) for m, p in zip(marks, assessment.key_points, strict=True)
        ]
        covered = [given for mark, given, _ in pairs if mark is Verdict.COVERED]
        partial = [given for mark, given, _ in pairs if mark is Verdict.PARTIAL]
        self._groups.append(group)
        self._covered.append(len(covered))
        self._lowered.append(sum(given is not Verdict.COVERED for given in covered))
        self._lost.append(sum(given is Verdict.MISSING for given in covered))
        self._partial.append(len(partial))
        self._partial_lost.append(sum(given is Verdict.MISSING for given in partial))
        total = sum(weight for _, _, weight in pairs) or 1.0
        lost = (
            weight
            * (max(credit_of(mark, DEFAULT_WEIGHTS), 0) - max(credit_of(given, DEFAULT_WEIGHTS), 0))
            for mark, given, weight in pairs
        )
        self._drops.append(10 * sum(lost) / total)

    def row(self, name: str) -> HonestRow:
        sample = Resamples(self._groups)
        return HonestRow(
            name,
            len(self._groups),
            sum(self._covered),
            ratio(self._lowered, self._covered, sample),
            ratio(self._lost, self._covered, sample),
            ratio(self._partial_lost, self._partial, sample),
            ratio(self._drops, [1.0] * len(self._drops), sample),
        )
