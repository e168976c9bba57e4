"""`mockint eval stability` and `contrast`: one property of a grader at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

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
from app.cli.eval.screen import number, open_console, show_panel
from app.cli.screen.plain import one_line
from app.domain.question import Question
from app.errors import EvalError
from app.evals.cases import Case, CaseProblem, read_cases
from app.evals.contrast import contrast_figures, grade_contrast, read_contrast
from app.evals.edits import Editor, read_synonyms
from app.evals.panels import contrast_panels, stability_panels
from app.evals.questions import QuestionBook
from app.evals.stability import Unstable, measure_stability
from app.grading.grader import Grader
from app.resources import resource_dir
from app.settings import read_settings
from app.wiring.evaluation import EvalGraders

T = TypeVar("T")


def stability_command(
    cases: Cases,
    bank: Banks = None,
    grader: WhichGrader = GraderName.SIMILARITY,
    replay: Replay = None,
    record: Record = None,
    live: Live = False,
    times: Annotated[int, typer.Option(min=1, max=100, help="Grade each answer so often.")] = 3,
    limit: Annotated[int, typer.Option(min=1, help="Use so many answers.")] = 100,
) -> None:
    """See whether grades stay when nothing changed, and fall when a key point is taken out."""
    wish = Wish(grader, replay, record, live)
    wish.check()
    settings = read_settings()
    graders = EvalGraders(settings, read_banks(bank, settings))
    subjects = list(islice(_subjects(cases, QuestionBook(graders.banks)), limit))
    editor = Editor(read_synonyms(resource_dir("evals") / "synonyms.yaml"))
    found = _with_grader(
        graders,
        wish,
        lambda grader: measure_stability(subjects, grader, editor, times=times),
    )
    console = open_console()
    for panel in stability_panels(found):
        show_panel(panel, console)
    _show_unstable(found.unstable, console)


def contrast_command(
    items: Annotated[Path, typer.Argument(metavar="CONTRAST.jsonl")],
    grader: WhichGrader = GraderName.SIMILARITY,
    replay: Replay = None,
    record: Record = None,
    live: Live = False,
) -> None:
    """See whether a grader tells what covers a key point from what only sounds like it."""
    wish = Wish(grader, replay, record, live)
    wish.check()
    read = read_contrast(items)
    settings = read_settings()
    graders = EvalGraders(settings, read_banks(None, settings))
    rows = _with_grader(graders, wish, lambda grader: grade_contrast(read, grader))
    console = open_console()
    for panel in contrast_panels(contrast_figures(rows)):
        show_panel(panel, console)


def _with_grader(graders: EvalGraders, wish: Wish, measure: Callable[[Grader], Awaitable[T]]) -> T:
    chat = wish.chat_model(graders.settings)

    async def work() -> T:
        try:
            return await measure(maker(graders, chat)())
        finally:
            if chat is not None:
                await chat.aclose()

    return asyncio.run(work())


def _subjects(cases: Sequence[Path], book: QuestionBook) -> "list[tuple[Case, Question]]":
    found = []
    for entry in read_cases(cases):
        question = entry if isinstance(entry, CaseProblem) else book.question_of(entry)
        if isinstance(question, Question) and isinstance(entry, Case):
            found.append((entry, question))
    if not found:
        raise EvalError("There is no case to grade.", "evals/README.md shows how a line looks.")
    return found


def _show_unstable(unstable: Sequence[Unstable], console: Console) -> None:
    if not unstable:
        return
    table = Table(title="moved, or did not", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("case", "edit", "before", "after"):
        table.add_column(name)
    for item in unstable[:10]:
        table.add_row(one_line(item.id), item.edit, number(item.before), number(item.after))
    console.print(table)
