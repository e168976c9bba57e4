"""How fast recorded answers are graded, and whether memory stays flat over many of them.

Run: python -m bench.evals [most cases for the memory test, 100000 if not given]

The memory test takes as many cases as this machine grades in two minutes, up to that number.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from app.embedding.bundled import BundledEmbedder
from app.resources import resource_dir
from bench.table import against, row

MOCKINT = Path(sys.executable).with_name("mockint")
SPEED_CASES = 2000
FEW, MANY = 1000, 100_000
PATIENCE = 120
"""Seconds that the longest run may take, about."""

AIM_SHARE = 0.5
AIM_GROWTH = 1.25
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


def measure_speed(folder: Path) -> None:
    """Cases a second beside raw embedding; the start of the process is measured and taken off."""
    cases = write_cases(folder / "speed.jsonl", SPEED_CASES)
    one = write_cases(folder / "one.jsonl", 1)
    texts = [case["answer"] for case in islice(cycle(gold()), SPEED_CASES)]
    raw = SPEED_CASES / embedding_seconds(texts)
    row("raw embedding of the same answers", raw, "/s")
    for processes in (1, 2):
        start, _ = run_cases(one, processes, folder)
        whole, _ = run_cases(cases, processes, folder)
        rate = SPEED_CASES / (whole - start)
        name = f"mockint eval run, {processes} process{'es' if processes > 1 else ''}"
        share = f"{rate / raw:.3f} of raw embedding"
        row(name, rate, "/s", f"{share}; {against(rate / raw, AIM_SHARE, least=True)}")


def measure_memory(folder: Path, most: int) -> None:
    """Peak memory of the main process over few and many cases."""
    seconds, few = run_cases(write_cases(folder / "few.jsonl", FEW, short=True), 2, folder)
    row(f"peak memory over {FEW:,} cases", few, "MB", f"{seconds:.0f} s")
    many = max(FEW, min(most, int(FEW * PATIENCE / seconds) // FEW * FEW))
    seconds, peak = run_cases(write_cases(folder / "many.jsonl", many, short=True), 2, folder)
    note = f"{peak / few:.2f} times; {against(peak / few, AIM_GROWTH)}; {seconds:.0f} s"
    row(f"peak memory over {many:,} cases", peak, "MB", note)


def main() -> None:
    """Print one row a figure."""
    with tempfile.TemporaryDirectory() as name:
        measure_speed(Path(name))
        measure_memory(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else MANY)


if __name__ == "__main__":
    main()
