"""`mockint eval`: how well grades agree with marks, and what a change did to that."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.eval.attack import attack_command
from app.cli.eval.calibrate import calibrate_command
from app.cli.eval.candidates import candidates_command
from app.cli.eval.check import check_command
from app.cli.eval.grader_options import (
    Banks,
    Cases,
    GraderName,
    Live,
    Record,
    Replay,
    WhichGrader,
    Wish,
    maker,
    read_banks,
)
from app.cli.eval.probe import contrast_command, stability_command
from app.cli.eval.progress import progress
from app.cli.eval.public import public_command
from app.cli.eval.record import record_command
from app.cli.eval.screen import open_console, show_comparison, show_listed, show_summary
from app.cli.tongue import choose_language
from app.errors import EvalError, filled
from app.evals.compare import compare_runs
from app.evals.provenance import provenance_of
from app.evals.questions import QuestionBook
from app.evals.report.page import write_report
from app.evals.run import OnProgress, RunPlan, RunResult, run_cases
from app.evals.runfile import RunFile
from app.llm.base import ChatModel
from app.llm.recording import ReplayModel
from app.settings import read_settings
from app.wiring.evaluation import EvalGraders

app = typer.Typer(
    help="Measure how well grades agree with marks.", no_args_is_help=True, rich_markup_mode=None
)
app.command("attack")(attack_command)
app.command("check")(check_command)
app.command("public")(public_command)
app.command("calibrate")(calibrate_command)
app.command("stability")(stability_command)
app.command("contrast")(contrast_command)
app.command("candidates")(candidates_command)
app.command("record")(record_command)


@app.command("run")
def run_command(
    cases: Cases,
    bank: Banks = None,
    grader: WhichGrader = GraderName.SIMILARITY,
    replay: Replay = None,
    record: Record = None,
    live: Live = False,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Cases under way at once.")] = 4,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that grade (similarity only).")
    ] = 1,
    out: Annotated[Path | None, typer.Option(metavar="RUN.json", help="Where to write.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at a line that is no case.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Drop what an interrupted run left.")
    ] = False,
) -> None:
    """Grade recorded answers and measure how well the grades agree with the marks.

    An interrupted run with --out goes on where it was when the same command is given again.
    """
    wish = Wish(grader, replay, record, live)
    wish.check()
    if grader is GraderName.RUBRIC and processes > 1:
        raise typer.BadParameter("is for --grader similarity", param_hint="--processes")
    settings = read_settings()
    graders = EvalGraders(settings, read_banks(bank, settings))
    chat = wish.chat_model(settings)
    plan = plan_run(
        graders,
        cases,
        chat,
        RunOptions(out, concurrency=concurrency, processes=processes, strict=strict, fresh=fresh),
    )
    lines = sum(file.lines for file in plan.provenance.case_files)
    with progress("grading", lines, "measuring") as advance:
        result = run_to_the_end(plan, advance)
    console = open_console()
    show_summary(result.figures, console, resumed=result.resumed)
    _show_failures(result, console)
    if isinstance(chat, ReplayModel) and (unused := len(chat.unused())):
        console.print(f"recordings that no case asked for: {unused}")
    if out:
        console.print(f"written: {out}", soft_wrap=True)
    _complain(result, chat)


@app.command("compare")
def compare_command(
    before: Annotated[Path, typer.Argument(metavar="A.json")],
    after: Annotated[Path, typer.Argument(metavar="B.json")],
) -> None:
    """Show what changed from run A to run B, and how sure that is."""
    show_comparison(compare_runs(RunFile(before), RunFile(after)), open_console())


@app.command("report")
def report_command(
    run: Annotated[Path, typer.Argument(metavar="RUN.json")],
    out: Annotated[Path | None, typer.Option(metavar="PAGE.html", help="Where to write.")] = None,
    language: Annotated[str, typer.Option(help="zh or en; else as elsewhere.")] = "",
) -> None:
    """Write a run as one page that opens offline: figures, charts, worst cases with evidence."""
    page = out or run.with_suffix(".html")
    spoken = choose_language(language, read_settings().language, os.environ, ())
    write_report(RunFile(run), page, spoken or "en")
    typer.echo(str(page))


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to grade; see `RunPlan`."""

    out: Path | None = None
    concurrency: int = 4
    processes: int = 1
    strict: bool = False
    fresh: bool = False


def plan_run(
    graders: EvalGraders, cases: Sequence[Path], chat: ChatModel | None, options: RunOptions
) -> RunPlan:
    """The plan for a run with the rubric grader over `chat`, or by similarity without one."""
    return RunPlan(
        cases=cases,
        book=QuestionBook(graders.banks),
        make_grader=maker(graders, chat),
        provenance=provenance_of(cases, graders.banks, graders.info(chat)),
        out=options.out,
        concurrency=options.concurrency,
        processes=options.processes,
        strict=options.strict,
        fresh=options.fresh,
        aclose=chat.aclose if chat else None,
    )


def run_to_the_end(plan: RunPlan, advance: OnProgress) -> RunResult:
    """The result; where a person interrupts the run, they hear what becomes of the grades."""
    try:
        return run_cases(plan, advance)
    except KeyboardInterrupt:
        stderr = Console(stderr=True)
        if plan.out:
            stderr.print("Interrupted. What is graded is kept; the same command goes on from here.")
        else:
            stderr.print("Interrupted, and nothing is kept: a run with --out could go on later.")
        raise


def _show_failures(result: RunResult, console: Console) -> None:
    tally = result.tally
    show_listed("ungraded", tally.ungraded, tally.cases - tally.graded, console)
    problems = [(problem.source, problem.what) for problem in result.problems]
    show_listed("lines that are no cases", problems, result.problem_count, console)


def _complain(result: RunResult, chat: ChatModel | None) -> None:
    """Raises EvalError where nothing was graded, or a replay lacked recordings."""
    tally = result.tally
    if tally.graded == 0:
        raise EvalError(
            filled(
                "None of the {cases} cases could be graded: {reason}",
                cases=tally.cases,
                reason=tally.ungraded[0][1],
            ),
            "Mend that and run again.",
        )
    if isinstance(chat, ReplayModel) and chat.missed:
        raise EvalError(
            filled(
                "This replay lacked {missed} recordings, and {ungraded} of {cases} cases have no "
                "grade.",
                missed=chat.missed,
                ungraded=tally.cases - tally.graded,
                cases=tally.cases,
            ),
            "Record what is missing: mockint eval record CASES… --to DIR, with a live endpoint.",
        )
