"""Does a grade stay when nothing changed, and fall when something was taken away?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.domain.assessment import Assessment, Evidence, Status, Verdict
from app.domain.question import Question
from app.errors import MockintError
from app.evals.cases import Case
from app.evals.edits import Editor, Harmless, negated, without_sentence
from app.evals.figures import Figure
from app.evals.moments import ratio
from app.evals.resample import DRAWS, SEED, Resamples
from app.grading.grader import Grader

BOUND = 1.0
"""Points of ten that a harmless edit may move a score."""

MOST_LISTED = 20

Subject = tuple[Case, Question]


@dataclass(frozen=True, slots=True)
class Unstable:
    """A case that an edit moved when it should not, or did not move when it should."""

    id: str
    edit: str
    before: float
    after: float


@dataclass(slots=True)
class _Trials:
    """What came of one edit; rows are answers, `same` and `points` count key points."""

    groups: list[str] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)
    points: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Stability:
    """Figures by edit and measure, and the cases behind the worst of them.

    `figures[edit]` holds for `again`, `permuted` and the harmless edits `kept` (share of scores
    that stay within the bound), `spread` (mean distance of the scores) and `same_verdicts`; for
    `removed` and `negated` it holds `lowered` (share of scores that fall) and `drop` (mean fall).
    """

    figures: dict[str, dict[str, Figure]]
    unstable: list[Unstable]
    cases: int


async def measure_stability(
    subjects: Iterable[Subject],
    grader: Grader,
    editor: Editor,
    *,
    times: int = 3,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Stability:
    """Grade each answer `times` times and once with each edit.

    Answers that are ungraded at first, or score nothing, say nothing about stability and are
    left out; an edited answer that is ungraded is left out of that edit.
    """
    test = _Test(grader, editor, times)
    for case, question in subjects:
        await test.take(case, question)
    return Stability(
        {edit: _figures(edit, trials, draws, seed) for edit, trials in test.trials.items()},
        sorted(test.unstable, key=lambda item: -abs(item.after - item.before))[:MOST_LISTED],
        test.cases,
    )


def _figures(edit: str, trials: _Trials, draws: int, seed: int) -> dict[str, Figure]:
    sample = Resamples(trials.groups, draws, seed)
    moved = np.array(trials.moved)
    one = np.ones_like(moved)
    if edit in ("removed", "negated"):
        return {
            "lowered": ratio(moved < 0, one, sample),
            "drop": ratio(-moved, one, sample),
        }
    return {
        "kept": ratio(np.abs(moved) <= BOUND + 1e-9, one, sample),
        "spread": ratio(np.abs(moved), one, sample),
        "same_verdicts": ratio(trials.same, trials.points, sample),
    }


class _Test:
    def __init__(self, grader: Grader, editor: Editor, times: int) -> None:
        self._grader = grader
        self._editor = editor
        self._times = times
        self.trials: dict[str, _Trials] = {}
        self.unstable: list[Unstable] = []
        self.cases = 0

    async def take(self, case: Case, question: Question) -> None:
        first = await self._grade(question, case.answer)
        if first is None or not first.score:
            return
        self.cases += 1
        for _ in range(self._times - 1):
            await self._try("again", case, question, case.answer, first)
        turned = replace(question, key_points=question.key_points[::-1])
        await self._try("permuted", case, turned, case.answer, first)
        for edit in Harmless:
            text = self._editor.harmless(edit, case.answer, question.language)
            if text != case.answer:
                await self._try(edit, case, question, text, first)
        carrier = _carrier(first, case)
        if carrier is not None:
            await self._damage(case, question, carrier, first)

    async def _damage(
        self, case: Case, question: Question, carrier: Evidence, first: Assessment
    ) -> None:
        rest = without_sentence(case.answer, carrier)
        if rest is not None:
            await self._try("removed", case, question, rest, first)
        denied = negated(case.answer, carrier, question.language)
        await self._try("negated", case, question, denied, first)

    async def _try(
        self, edit: str, case: Case, question: Question, answer: str, first: Assessment
    ) -> None:
        after = await self._grade(question, answer)
        if after is None or after.score is None or first.score is None:
            return
        trials = self.trials.setdefault(str(edit), _Trials())
        before = {point.id: point.verdict for point in first.key_points}
        trials.groups.append(question.variants or question.id)
        trials.moved.append(after.score - first.score)
        trials.points.append(len(before))
        trials.same.append(sum(point.verdict is before[point.id] for point in after.key_points))
        wrong = (
            trials.moved[-1] >= 0
            if edit in ("removed", "negated")
            else (abs(trials.moved[-1]) > BOUND + 1e-9)
        )
        if wrong:
            self.unstable.append(Unstable(case.id, str(edit), first.score, after.score))

    async def _grade(self, question: Question, answer: str) -> Assessment | None:
        try:
            assessment = await self._grader.assess(question, answer)
        except MockintError:
            return None
        return assessment if assessment.status is Status.GRADED else None


def _carrier(first: Assessment, case: Case) -> Evidence | None:
    """The evidence of the surest covered key point, one that people saw covered where marked."""
    marks: Sequence[Verdict | None] = case.marks.verdicts or (None,) * len(first.key_points)
    covered = [
        point
        for point, mark in zip(first.key_points, marks, strict=True)
        if point.verdict is Verdict.COVERED
        and point.evidence is not None
        and mark in (None, Verdict.COVERED)
    ]
    best = max(covered, key=lambda point: point.coverage, default=None)
    return best.evidence if best else None
