"""How long until the first words: whole processes, cold, against an interpreter that does nothing.

Run: python -m bench.startup
"""

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.table import against, row

ROUNDS = 7
MOCKINT = Path(sys.executable).with_name("mockint")
PATIENCE = 30.0
QUESTION = "first question on screen"
AIM = 0.5


def run_seconds(*command: str, home: str) -> float:
    """Wall seconds of one whole process."""
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - the commands are written below
        command, check=True, capture_output=True, env={**os.environ, "MOCKINT_HOME": home}
    )
    return time.perf_counter() - start


def first_question_seconds(home: str) -> float:
    """Wall seconds from starting `mockint ask` on a terminal until the question stands there."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        environment = {**os.environ, "MOCKINT_HOME": home, "TERM": "xterm-256color"}
        os.execve(MOCKINT, [str(MOCKINT), "ask", "--seed", "1", "--language", "en"], environment)  # noqa: S606
    seen = b""
    try:
        while b"?" not in seen:
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            if not ready:
                raise TimeoutError(f"no question within {PATIENCE} s: {seen!r}")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - start
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def median(measure: Callable[[], float]) -> float:
    """The median of some runs, after one that is not counted."""
    measure()
    return statistics.median(measure() for _ in range(ROUNDS))


def main() -> None:
    """Print one row a figure: seconds, and the ratio to `python -c pass`."""
    with tempfile.TemporaryDirectory() as home:
        bare = median(lambda: run_seconds(sys.executable, "-c", "pass", home=home))
        rows = {
            "python -c pass": bare,
            "mockint --help": median(lambda: run_seconds(str(MOCKINT), "--help", home=home)),
            QUESTION: median(lambda: first_question_seconds(home)),
        }
    for name, seconds in rows.items():
        note = f"{seconds / bare:.1f} times an interpreter that does nothing"
        if name == QUESTION:
            note += f"; {against(seconds, AIM)}"
        row(name, seconds, "s", note)


if __name__ == "__main__":
    main()
