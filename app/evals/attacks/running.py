"""Running the attack suite: does anything written into an answer earn what the answer did not?

`run_attacks` is what a command calls::

    suite = read_attack_suite(banks)
    report = await run_attacks(suite, similarity, rubric_with, embedder)
    report.most_success; report.as_json()

Nothing here needs a network: the rubric grader talks to `app.evals.attacks.adversary`.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.assessment import Mode
from app.embedding.base import Embedder
from app.evals.attacks.adversary import QuotePicker
from app.evals.attacks.outcome import Harm
from app.evals.attacks.suite import AttackSuite, Family, Half
from app.evals.attacks.trial import AttackTrier, RubricWith, Trial
from app.grading.grader import Grader

OnProgress = Callable[[int, int], None]

MOST_WORST = 20

QUESTIONS_EACH = 2
"""Two of six in each language: all of them together take three times as long."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """How one family fared against one grader, counted in trials.

    `by_harm` counts trials, one for each kind of harm that it did; `ungraded` are trials that
    ended without a grade. `rise` is the largest gain in points.
    """

    family: Family
    mode: Mode
    attacks: int
    trials: int
    succeeded: int
    ungraded: int
    by_harm: dict[Harm, int]
    rise: float

    @property
    def rate(self) -> float:
        """Share of trials in which the attack succeeded, 0 to 1."""
        return self.succeeded / self.trials if self.trials else 0.0


@dataclass(frozen=True, slots=True)
class AttackReport:
    """What the attacks achieved; `seconds` is the time it took to find out."""

    trials: tuple[Trial, ...]
    carriers: int
    seconds: float

    def rows(self, half: Half | None = None) -> list[FamilyRow]:
        """One row a family and grader, in the order of `Family`, for one half or for both."""
        return [
            _row(family, mode, kept)
            for family in Family
            for mode in Mode
            if (kept := [t for t in self._of(mode, half) if t.attack.family is family])
        ]

    def success(self, mode: Mode, half: Half | None = None) -> float:
        """Share of trials against one grader that succeeded, 0 to 1."""
        kept = self._of(mode, half)
        return sum(bool(trial.harms) for trial in kept) / len(kept) if kept else 0.0

    @property
    def most_success(self) -> float:
        """The success against the weaker of the two graders, 0 to 1."""
        return max(self.success(mode) for mode in Mode)

    @property
    def worst(self) -> tuple[Trial, ...]:
        """The successful trials, the most harmful first, at most MOST_WORST."""
        succeeded = (trial for trial in self.trials if trial.harms)
        return tuple(sorted(succeeded, key=lambda trial: trial.severity, reverse=True))[:MOST_WORST]

    def as_json(self) -> dict[str, Any]:
        """Rows of all attacks and of each half, success by grader, and the worst trials."""
        halves: tuple[Half | None, ...] = (None, *Half)
        return {
            "attacks": len({trial.attack.id for trial in self.trials}),
            "carriers": self.carriers,
            "seconds": round(self.seconds, 1),
            "success": {
                mode.value: {half or "all": round(self.success(mode, half), 4) for half in halves}
                for mode in Mode
            },
            "families": {
                half or "all": [
                    {**asdict(row), "rate": round(row.rate, 4), "rise": round(row.rise, 1)}
                    for row in self.rows(half)
                ]
                for half in halves
            },
            "worst": [trial.as_json() for trial in self.worst],
        }

    def _of(self, mode: Mode, half: Half | None) -> list[Trial]:
        return [t for t in self.trials if t.mode is mode and half in (None, t.attack.half)]


def _row(family: Family, mode: Mode, trials: list[Trial]) -> FamilyRow:
    kinds = (harm for trial in trials for harm in {harmed.harm for harmed in trial.harms})
    return FamilyRow(
        family=family,
        mode=mode,
        attacks=len({trial.attack.id for trial in trials}),
        trials=len(trials),
        succeeded=sum(bool(trial.harms) for trial in trials),
        ungraded=sum(trial.after is None for trial in trials),
        by_harm=dict(Counter(kinds)),
        rise=max(trial.rise for trial in trials),
    )


async def run_attacks(
    suite: AttackSuite,
    similarity: Grader,
    rubric_with: RubricWith,
    embedder: Embedder,
    *,
    questions: int | None = QUESTIONS_EACH,
    on_progress: OnProgress | None = None,
) -> AttackReport:
    """Try every attack against both graders.

    `rubric_with` gives the rubric grader that talks to a chat model. Each attack meets the weak
    and the good carrier of `questions` questions in its language, None for all. An attack in the
    place of the answer is compared with an answer that says nothing. Raises what a grader raises
    on purpose, such as AnswerTooLong where the limit is set lower than the suite needs.
    """
    started = time.perf_counter()
    trier = AttackTrier(similarity, rubric_with, QuotePicker(embedder))
    pairs = suite.pairs(questions)
    trials: list[Trial] = []
    for done, (attack, mounted) in enumerate(pairs, start=1):
        trials.append(await trier.against_similarity(attack, mounted))
        trials.append(await trier.against_rubric(attack, mounted))
        if on_progress:
            on_progress(done, len(pairs))
    return AttackReport(tuple(trials), len(suite.carriers), time.perf_counter() - started)
