"""`mockint eval candidates`: whole interviews with simulated candidates."""

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.eval.progress import progress
from app.cli.eval.screen import open_console, show_panel
from app.domain.events import LOCAL_OWNER
from app.domain.question import Question
from app.evals.attacks.suite import read_attack_suite
from app.evals.candidates import Candidate, all_candidates, answerable
from app.evals.cases import Case, read_cases
from app.evals.interviews import CandidateRow, Interviewed, interview, out_of_order, rows_of
from app.evals.panels import Panel
from app.grading.grader import Grader
from app.resources import resource_dir
from app.settings import read_settings
from app.store.opening import open_store
from app.wiring.evaluation import EvalGraders, shipped_banks

LANGUAGE = "zh"
"""That of the recorded answers."""

HEAD = ("candidate", "score", "lowest", "highest", "ability", "difficulty asked", "interviews")


def candidates_command(
    interviews: Annotated[
        int, typer.Option(min=1, max=50, help="Interviews with each candidate.")
    ] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Interview people of known ability, offline; exit with 1 where they end out of order."""
    banks = shipped_banks()
    questions = [question for bank in banks for question in bank.questions]
    recorded = [
        case
        for case in read_cases([resource_dir("evals") / "cases" / "gold.jsonl"])
        if isinstance(case, Case)
    ]
    grader = EvalGraders(read_settings(), banks).similarity()
    attacks = read_attack_suite(banks).attacks
    asked = answerable(questions, recorded, LANGUAGE)
    people = [all_candidates(recorded, attacks, seed) for seed in range(interviews)]
    with progress("interviewing", sum(map(len, people))) as advance:
        held = asyncio.run(_hold(asked, people, grader, advance))
    rows = rows_of(held)
    wrong = out_of_order(rows)
    if as_json:
        data = {"candidates": [row.as_json() for row in rows], "out_of_order": wrong}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        console = open_console()
        show_panel(_panel(rows), console)
        for better, worse in wrong:
            console.print(f"out of order: {better} is not above {worse}")
    if wrong:
        raise typer.Exit(1)


async def _hold(
    questions: list[Question],
    people: list[tuple[Candidate, ...]],
    grader: Grader,
    advance: Callable[[int], None],
) -> list[Interviewed]:
    """All interviews, each in a store of its own, so that nothing is remembered."""
    held: list[Interviewed] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed, candidates in enumerate(people):
            for candidate in candidates:
                store = await open_store(Path(folder) / f"{seed}-{candidate.name}.db")
                try:
                    mine = store.of(LOCAL_OWNER)
                    held.append(await interview(mine, candidate, questions, grader, str(seed)))
                finally:
                    await store.close()
                advance(len(held))
    return held


def _panel(rows: list[CandidateRow]) -> Panel:
    return Panel(
        "Whole interviews with simulated candidates, graded by similarity",
        HEAD,
        tuple(
            (
                row.name,
                f"{row.score:.1f}",
                f"{row.lowest:.1f}",
                f"{row.highest:.1f}",
                f"{row.ability:+.1f}",
                f"{row.difficulty:.1f}",
                str(row.interviews),
            )
            for row in rows
        ),
        "Scores of whole interviews, 0 to 10; ability in logits, 0 before anything is known.",
    )
