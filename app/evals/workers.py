"""Grading many cases: one after another, some at once, or in several processes."""

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

from app.domain.assessment import Assessment, Status
from app.domain.question import Question
from app.errors import MockintError
from app.evals.cases import Case
from app.evals.figures import library
from app.evals.lines import CaseRow, encode, line_of, row_of
from app.grading.grader import Grader
from app.linear_algebra import keep_models_to_one_thread

MakeGrader = Callable[[], Grader]
"""Makes a grader anew; must survive pickling where several processes grade."""

CHUNK = 64
"""Cases that a process gets at once: enough that handing over costs little."""

_CHUNKS_A_PROCESS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A case with its question; `number` is its place in the run, from 0."""

    number: int
    case: Case
    question: Question


@dataclass(frozen=True, slots=True)
class Outcome:
    """A graded case: the line for the run's file and what measuring keeps of it."""

    number: int
    line: bytes
    row: CaseRow


async def grade_concurrently(
    jobs: Iterable[Job], grader: Grader, concurrency: int
) -> AsyncIterator[Outcome]:
    """Outcomes as they come, with up to `concurrency` cases under way."""
    source = iter(jobs)
    under_way = {asyncio.ensure_future(grade(job, grader)) for job in islice(source, concurrency)}
    try:
        while under_way:
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for job in islice(source, len(done)):
                under_way.add(asyncio.ensure_future(grade(job, grader)))
            for outcome in sorted((task.result() for task in done), key=lambda one: one.number):
                yield outcome
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def grade_in_processes(
    jobs: Iterable[Job], make_grader: MakeGrader, processes: int
) -> Iterator[Outcome]:
    """Outcomes in order, from `processes` processes with a grader each."""
    source = iter(jobs)
    context = multiprocessing.get_context("spawn")  # fork would copy threads' locks
    with ProcessPoolExecutor(processes, context, _begin, (make_grader,)) as pool:
        pending: deque[Future[list[Outcome]]] = deque()
        try:
            while True:
                while len(pending) < processes * _CHUNKS_A_PROCESS and (
                    chunk := list(islice(source, CHUNK))
                ):
                    pending.append(pool.submit(_grade_chunk, chunk))
                if not pending:
                    return
                yield from pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


async def grade(job: Job, grader: Grader) -> Outcome:
    """Grade one case; whatever fails becomes an ungraded assessment with the reason."""
    started = time.perf_counter()
    try:
        assessment = await grader.assess(job.question, job.case.answer)
    except MockintError as error:
        assessment = _ungraded(job.question, grader, str(error))
    except Exception as error:  # noqa: BLE001 - one case must not end a run of thousands; listed
        assessment = _ungraded(job.question, grader, f"{type(error).__name__}: {error}")
    line = line_of(job.case, job.question, assessment, time.perf_counter() - started)
    return Outcome(job.number, encode(line), row_of(line))


def _ungraded(question: Question, grader: Grader, reason: str) -> Assessment:
    return Assessment(
        question_id=question.id,
        status=Status.UNGRADED,
        score=None,
        band=None,
        confidence=None,
        grader=grader.info,
        notices=(reason,),
    )


_graders: list[Grader] = []


def one_thread_each() -> AbstractContextManager[None]:
    """Keeps linear algebra to one thread: on matrices this small, more only wait for each other."""
    limits: AbstractContextManager[None] = library("threadpoolctl").threadpool_limits(limits=1)
    return limits


def _begin(make_grader: MakeGrader) -> None:
    keep_models_to_one_thread()
    one_thread_each()
    _graders[:] = [make_grader()]


def _grade_chunk(jobs: list[Job]) -> list[Outcome]:
    grader = _graders[0]

    async def all_of_them() -> list[Outcome]:
        return [await grade(job, grader) for job in jobs]

    return asyncio.run(all_of_them())
