"""What `make eval` runs: all parts of the check, two at a time, each in its own process."""

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from app.errors import EvalError
from app.evals.check_parts import PARTS, CheckTools, Part
from app.evals.figures import library
from app.evals.workers import one_thread_each

MakeTools = Callable[[], CheckTools]
"""Makes the tools anew in each process; must survive pickling."""

LONGEST_FIRST = ("attacks", "held out", "rubric", "similarity", "contrast", "stability")
"""The order in which parts are begun, so that no long one is left for the end."""


def check_all(make_tools: MakeTools, processes: int = 2) -> Iterator[Part]:
    """The parts in the order of `PARTS`, each as soon as it and those before it are done."""
    assert set(LONGEST_FIRST) == set(PARTS)
    library("threadpoolctl")  # what is not installed is said here, not in a process that dies of it
    context = multiprocessing.get_context("spawn")  # fork would copy threads' locks
    with ProcessPoolExecutor(processes, context, _begin, (make_tools,)) as pool:
        futures = {name: pool.submit(_run, name) for name in LONGEST_FIRST}
        try:
            for name in PARTS:
                yield futures[name].result()
        except BrokenProcessPool as error:
            raise EvalError(
                "A process of the check ended without a result.", "Often memory ran out."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


_tools: list[CheckTools] = []


def _begin(make_tools: MakeTools) -> None:
    one_thread_each()
    _tools[:] = [make_tools()]


def _run(name: str) -> Part:
    return asyncio.run(_part(name))


async def _part(name: str) -> Part:
    return await PARTS[name](_tools[0])
