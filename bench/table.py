"""One way to print a figure, so that the scripts' outputs read as one table."""

import time
from collections.abc import Callable


def row(what: str, figure: float, unit: str, note: str = "") -> None:
    """One line: what was measured, the figure, and what it may be compared with."""
    print(f"{what:52} {figure:12,.2f} {unit:10} {note}".rstrip(), flush=True)


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """The shortest of so many runs, which other programs disturbed least."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
