"""`mockint eval public`: agreement with people, on sets of others that lie elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.eval.progress import progress
from app.cli.eval.screen import NOTHING, open_console, show_listed, show_panel
from app.errors import EvalError, filled
from app.evals.calibration.ridge import ridge_by_question
from app.evals.cases import Case, read_cases
from app.evals.panels import RUN_HEAD, Cell, Panel, run_row
from app.evals.provenance import provenance_of
from app.evals.questions import QuestionBook
from app.evals.run import RunPlan, RunResult, run_cases
from app.grading.similarity.grader import SimilarityGrader
from app.settings import read_settings
from app.wiring.evaluation import EvalGraders, shipped_banks


def public_command(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", envvar="MOCKINT_ASAG_DIR", help="Where the *.jsonl sets lie."
        ),
    ],
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that grade.")] = 2,
) -> None:
    """Grade human-marked public sets by similarity, nothing fitted on them.

    evals/README.md says which sets there are, and whose they are.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise EvalError(
            filled("There is no *.jsonl file in {folder!r}.", folder=str(folder)),
            "evals/README.md says how to get the public sets.",
        )
    graders = EvalGraders(read_settings(), shipped_banks())
    console = open_console()
    rows: list[tuple[Cell, ...]] = []
    people: list[tuple[Cell, ...]] = []
    grader = graders.similarity()
    for file in files:
        result = _run(graders, file, processes)
        rows.append(run_row(file.stem, result.figures))
        rows.append(_ridge_row(file, grader))
        people += _people(file.stem, result)
        tally = result.tally
        show_listed(f"{file.name}: ungraded", tally.ungraded, tally.cases - tally.graded, console)
        problems = [(problem.source, problem.what) for problem in result.problems]
        show_listed(f"{file.name}: not read", problems, result.problem_count, console)
    note = (
        "Human marks; similarity grader, nothing fitted on these sets. Ridge: what its figures "
        "reach when they are fitted to the marks of the set's other questions."
    )
    show_panel(Panel("Agreement with people", RUN_HEAD, tuple(rows), note), console)
    if people:
        head = ("", "QWK with mockint", "QWK with each other")
        show_panel(Panel("Raters", head, tuple(people)), console)


def _run(graders: EvalGraders, file: Path, processes: int) -> RunResult:
    plan = RunPlan(
        cases=[file],
        book=QuestionBook(),
        make_grader=graders.similarity,
        provenance=provenance_of([file], graders.banks, graders.info()),
        processes=processes,
    )
    with progress(file.stem, plan.provenance.case_files[0].lines) as advance:
        return run_cases(plan, advance)


def _people(name: str, result: RunResult) -> list[tuple[Cell, ...]]:
    raters = result.figures["raters"]
    if raters["count"] < 2:
        return []

    def listed(entries: list[dict[str, dict[str, float | None]]]) -> str:
        values = (entry["qwk"]["value"] for entry in entries)
        return ", ".join("–" if value is None else f"{value:.3f}" for value in values)

    return [(name, listed(raters["mockint_with"]), listed(raters["raters_with_each_other"]))]


def _ridge_row(file: Path, grader: SimilarityGrader) -> tuple[Cell, ...]:
    cases = (case for case in read_cases([file]) if isinstance(case, Case))
    names = ("pearson", "qwk", "mae", "false_praise")
    try:
        figures = ridge_by_question(cases, QuestionBook(), grader)
    except EvalError:  # too few questions to learn from some and predict others
        return ("  ridge by question", "", "", *(NOTHING for _ in names), "")
    shown = [figures[name] for name in names]
    return ("  ridge by question", "", "", *shown, "")
