"""`mockint eval attack`: whether words that answer nothing earn marks."""

import asyncio
import json
import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.eval.attack_screen import attack_table, honest_table, worst_table
from app.cli.eval.progress import progress
from app.cli.tongue import choose_language
from app.evals.attacks.adversary import QuotePicker
from app.evals.attacks.running import QUESTIONS_EACH, run_attacks
from app.evals.attacks.suite import Half, read_attack_suite
from app.evals.honesty import HonestRow, measure_honesty
from app.evals.questions import QuestionBook, jobs_of
from app.grading.similarity.grader import SimilarityGrader
from app.resources import resource_dir
from app.settings import read_settings
from app.wiring.banks import load_banks
from app.wiring.evaluation import EvalGraders, shipped_banks

HONEST_CASES = ("gold", "hard")


def attack_command(
    folder: Annotated[
        Path | None, typer.Option("--attacks", metavar="DIR", help="A suite of your own.")
    ] = None,
    half: Annotated[
        Half | None, typer.Option(help="Only the attacks to fit on, or only the unseen ones.")
    ] = None,
    questions: Annotated[
        int, typer.Option(min=1, help="Questions that each attack is tried on.")
    ] = QUESTIONS_EACH,
    max_success: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Exit with 1 if more in 100 trials succeed."),
    ] = None,
    worst: Annotated[int, typer.Option(min=0, max=20, help="Show so many of the worst.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Attack both graders offline, the rubric grader with a model that obeys the attacker."""
    settings = read_settings()
    banks = load_banks(settings).banks
    suite = read_attack_suite(banks, folder)
    suite = suite.half(half) if half else suite
    graders = EvalGraders(settings, banks)
    similarity = graders.similarity()
    with progress("attacking", len(suite.pairs(questions))) as advance:
        report = asyncio.run(
            run_attacks(
                suite,
                similarity,
                partial(graders.rubric, similarity=similarity),
                graders.embedder(),
                questions=questions,
                on_progress=lambda done, _total: advance(done),
            )
        )
    honest = asyncio.run(_honest_rows(graders, similarity))
    if as_json:
        found = report.as_json() | {"honest": [row.as_json() for row in honest]}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        console = Console()
        language = choose_language("", settings.language, os.environ, ())
        console.print(attack_table(report, language))
        console.print(honest_table(honest, language))
        if worst:
            console.print(worst_table(report.worst[:worst], language))
    if max_success is not None and 100 * report.most_success > max_success:
        raise typer.Exit(1)


async def _honest_rows(graders: EvalGraders, similarity: SimilarityGrader) -> list[HonestRow]:
    """What the checks cost the marked answers that ship, whatever bank is attacked."""
    book = QuestionBook(shipped_banks())
    picker = QuotePicker(graders.embedder())
    folder = resource_dir("evals") / "cases"
    rubric_with = partial(graders.rubric, similarity=similarity)
    return [
        await measure_honesty(name, jobs_of(book, folder / f"{name}.jsonl"), rubric_with, picker)
        for name in HONEST_CASES
    ]
