"""How fast recorded answers are graded, and whether memory stays flat over many of them.

Run: python bench/evals.py [cases for the memory test, 100000 if not given]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from app.embedding.bundled import BundledEmbedder
from app.resources import resource_dir

MOCKINT = Path(sys.executable).with_name("mockint")
SPEED_CASES = 2000
FEW, MANY = 1000, 100_000
MEGABYTE = 1024


def gold() -> list[dict[str, Any]]:
    """The shipped cases with marks."""
    text = (resource_dir("evals") / "cases" / "gold.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def write_cases(path: Path, count: int, *, short: bool = False) -> Path:
    """A file of so many cases: the shipped ones over and over under new ids.

    Short answers keep the long run short; what is kept of a case does not depend on its answer.
    """
    with path.open("w", encoding="utf-8") as file:
        for number, case in enumerate(islice(cycle(gold()), count)):
            answer = case["answer"][:12] if short else case["answer"]
            line = case | {"id": f"c{number}", "answer": f"{answer}{number % 97}"}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def run_cases(cases: Path, processes: int, home: Path) -> tuple[float, float]:
    """Wall seconds and peak megabytes of the main process of one `mockint eval run`."""
    script = (
        "import resource, sys; from app.cli.main import run; code = run(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the command is written here
        [sys.executable, "-c", script, "eval", "run", str(cases), "--processes", str(processes),
         "--out", str(home / "run.json")],
        check=False, capture_output=True, text=True, env={**os.environ, "MOCKINT_HOME": str(home)},
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"mockint eval run failed:\n{done.stderr}")
    return time.perf_counter() - start, int(done.stderr.split()[-1]) / MEGABYTE


def embedding_seconds(texts: list[str]) -> float:
    """Seconds to embed whole answers, model loaded, best of three."""
    embedder = BundledEmbedder()
    embedder.embed(texts[:10])

    def once() -> float:
        start = time.perf_counter()
        embedder.embed(texts)
        return time.perf_counter() - start

    return min(once() for _ in range(3))


def speed_rows(folder: Path) -> Iterator[tuple[str, str]]:
    """Cases a second beside raw embedding; the start of the process is measured and taken off."""
    cases = write_cases(folder / "speed.jsonl", SPEED_CASES)
    one = write_cases(folder / "one.jsonl", 1)
    texts = [case["answer"] for case in islice(cycle(gold()), SPEED_CASES)]
    raw = SPEED_CASES / embedding_seconds(texts)
    yield "raw embedding of the same answers", f"{raw:8.0f} /s"
    for processes in (1, 2):
        start, _ = run_cases(one, processes, folder)
        whole, _ = run_cases(cases, processes, folder)
        rate = SPEED_CASES / (whole - start)
        name = f"mockint eval run, {processes} process{'es' if processes > 1 else ''}"
        yield name, f"{rate:8.0f} /s {rate / raw:8.2f} x"


def memory_rows(folder: Path, many: int) -> Iterator[tuple[str, str]]:
    """Peak memory of the main process over few and many cases."""
    peaks = []
    for count in (FEW, many):
        cases = write_cases(folder / "memory.jsonl", count, short=True)
        seconds, peak = run_cases(cases, 2, folder)
        peaks.append(peak)
        ratio = f" {peak / peaks[0]:8.2f} x" if count != FEW else ""
        yield f"peak memory over {count:,} cases", f"{peak:8.0f} MB{ratio}  ({seconds:.0f} s)"


def main() -> None:
    """Print the rows."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    print("evals")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, value in (*speed_rows(folder), *memory_rows(folder, many)):
            print(f"  {label:<36}{value}")


if __name__ == "__main__":
    main()
