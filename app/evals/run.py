"""Grading recorded answers: a stream of cases in, a run's file with its figures out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import EvalError, filled
from app.evals.cases import Case, CaseProblem, read_cases
from app.evals.provenance import Provenance
from app.evals.questions import QuestionBook
from app.evals.runfile import PartialRun
from app.evals.summary import Figures, summarise_run
from app.evals.tally import Tally
from app.evals.workers import (
    Job,
    MakeGrader,
    Outcome,
    grade_concurrently,
    grade_in_processes,
    one_thread_each,
)

MOST_LISTED = 1000

OnProgress = Callable[[int], None]
"""Hears how many cases have been dealt with so far."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to grade and how.

    `aclose` lets go of what the grader holds in the event loop. `processes` over 1 needs a
    `make_grader` that can be pickled, and leaves `concurrency` unused. `fresh` drops what an
    interrupted run left.
    """

    cases: Sequence[Path]
    book: QuestionBook
    make_grader: MakeGrader
    provenance: Provenance
    out: Path | None = None
    concurrency: int = 4
    processes: int = 1
    strict: bool = False
    fresh: bool = False
    aclose: Callable[[], Awaitable[None]] | None = None


@dataclass(slots=True)
class RunResult:
    """A finished run; `problems` lists up to a thousand lines that were no cases."""

    figures: Figures
    tally: Tally
    resumed: int = 0
    problem_count: int = 0
    problems: list[CaseProblem] = field(default_factory=list)


def run_cases(plan: RunPlan, on_progress: OnProgress = lambda _: None) -> RunResult:
    """Grade all cases, measure them, and write `plan.out` where one is given.

    A case that fails is ungraded and stays out of every average. Raises EvalError where nothing
    can be read or written, and, when strict, for the first line that is no case.
    """
    with one_thread_each():
        return _Run(plan, on_progress).result()


class _Run:
    def __init__(self, plan: RunPlan, on_progress: OnProgress) -> None:
        self._plan = plan
        self._on_progress = on_progress
        self._result = RunResult({}, Tally())
        self._seen = 0
        inputs = plan.provenance.inputs
        self._partial = PartialRun(plan.out, inputs, fresh=plan.fresh) if plan.out else None

    def result(self) -> RunResult:
        try:
            self._take_up()
            self._grade()
            self._on_progress(self._seen)
            self._finish()
        finally:
            if self._partial:
                self._partial.close()
        return self._result

    def _take_up(self) -> None:
        if self._partial:
            for row in self._partial.resume():
                self._result.tally.add(row)
            self._result.resumed = self._result.tally.cases

    def _grade(self) -> None:
        if self._plan.processes == 1:
            asyncio.run(self._grade_here())
            return
        try:
            for outcome in grade_in_processes(
                self._jobs(), self._plan.make_grader, self._plan.processes
            ):
                self._take(outcome)
        except BrokenProcessPool as error:
            raise EvalError(
                "A process that graded cases ended without a result.",
                "Often memory ran out: use fewer --processes. The same command goes on from here.",
            ) from error

    async def _grade_here(self) -> None:
        grader = self._plan.make_grader()
        try:
            async for outcome in grade_concurrently(self._jobs(), grader, self._plan.concurrency):
                self._take(outcome)
        finally:
            if self._plan.aclose:
                await self._plan.aclose()

    def _jobs(self) -> Iterator[Job]:
        for number, entry in enumerate(read_cases(self._plan.cases)):
            job = self._job(number, entry)
            if isinstance(job, CaseProblem):
                self._note(job)
            elif self._partial and self._partial.done(number):
                self._seen += 1  # not told: no rate is to be reckoned from it
            else:
                yield job

    def _job(self, number: int, entry: Case | CaseProblem) -> Job | CaseProblem:
        if isinstance(entry, CaseProblem):
            return entry
        question = self._plan.book.question_of(entry)
        if isinstance(question, CaseProblem):
            return question
        return Job(number, entry, question)

    def _take(self, outcome: Outcome) -> None:
        if self._partial:
            self._partial.add(outcome.number, outcome.line)
        self._result.tally.add(outcome.row)
        self._advance()

    def _note(self, problem: CaseProblem) -> None:
        if self._plan.strict:
            raise EvalError(
                filled("{source}: {what}.", source=problem.source, what=problem.what),
                "Correct the line, or leave --strict out to grade the other cases.",
            )
        self._result.problem_count += 1
        if len(self._result.problems) < MOST_LISTED:
            self._result.problems.append(problem)
        self._advance()

    def _advance(self) -> None:
        self._seen += 1
        self._on_progress(self._seen)

    def _finish(self) -> None:
        result, tally = self._result, self._result.tally
        if tally.cases == 0:
            first = result.problems[0] if result.problems else None
            raise EvalError(
                "There is no case to grade."
                + (
                    filled(" {source}: {what}.", source=first.source, what=first.what)
                    if first
                    else " The files are empty."
                ),
                "evals/README.md shows how a case line looks.",
            )
        result.figures = summarise_run(
            tally, draws=self._plan.provenance.draws, seed=self._plan.provenance.seed
        )
        if self._partial and self._plan.out:
            self._partial.assemble(self._plan.out, run_head(self._plan.provenance, result))


def run_head(provenance: Provenance, result: RunResult) -> dict[str, Any]:
    """Everything of a run's file but the cases."""
    return {
        "run": provenance.as_json(),
        "metrics": result.figures,
        "ungraded": [{"id": name, "why": why} for name, why in result.tally.ungraded],
        "problems": [
            {"source": problem.source, "what": problem.what} for problem in result.problems
        ],
        "problem_count": result.problem_count,
    }
