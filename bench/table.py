"""One way to print a figure, so that the scripts' outputs read as one table."""

import resource
import time
from collections.abc import Callable

_KILOBYTE = 1024


def row(what: str, figure: float, unit: str, note: str = "") -> None:
    """One line: what was measured, the figure, and what it may be compared with."""
    print(f"{what:52} {figure:12,.2f} {unit:10} {note}".rstrip(), flush=True)


def against(figure: float, limit: float, *, least: bool = False) -> str:
    """Whether a figure meets its aim: at most the limit, or at least where `least`."""
    met = figure >= limit if least else figure <= limit
    return f"aim: {'at least' if least else 'at most'} {limit:g}, {'met' if met else 'MISSED'}"


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """The shortest of so many runs, which other programs disturbed least."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTE
