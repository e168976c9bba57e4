"""`mockint eval record`: keep a model's replies, so that grading can be repeated without it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.eval.grader_options import Banks, Cases, read_banks
from app.cli.eval.progress import progress
from app.cli.eval.screen import show_listed
from app.domain.question import Question
from app.evals.cases import Case, CaseProblem, read_cases
from app.evals.provenance import provenance_of
from app.evals.questions import QuestionBook
from app.evals.record import Estimate, TopUpModel, estimate, read_prices
from app.evals.run import RunPlan, run_cases
from app.grading.rubric.prompting import Prompts
from app.resources import resource_dir
from app.settings import read_settings
from app.wiring.evaluation import EvalGraders
from app.wiring.services import open_chat_model


def record_command(
    cases: Cases,
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where the recordings lie.")
    ] = Path("evals/recordings"),
    bank: Banks = None,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Print calls, tokens and cost; ask nobody.")
    ] = False,
    model: Annotated[
        str, typer.Option(help="With --estimate: the model's name; else MOCKINT_LLM_MODEL.")
    ] = "",
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --estimate: your price table.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Cases under way at once.")] = 4,
) -> None:
    """Grade live and keep each reply under the digest of its request; what is there is not asked.

    The recordings hold questions, answers and replies as they are: look before you publish them.
    """
    settings = read_settings()
    graders = EvalGraders(settings, read_banks(bank, settings))
    book = QuestionBook(graders.banks)
    console = Console()
    if only_estimate:
        table = read_prices(prices or resource_dir("evals") / "prices.yaml")
        left_out: list[tuple[str, str]] = []
        subjects = _subjects(cases, book, settings.answer_limit, left_out)
        name = model or settings.llm_model
        _show(estimate(subjects, name, table, Prompts()), name, console)
        show_listed("left out, as they cannot be graded", left_out, len(left_out), console)
        return
    chat = TopUpModel(open_chat_model(settings), to)
    plan = RunPlan(
        cases=cases,
        book=book,
        make_grader=lambda: graders.rubric(chat),
        provenance=provenance_of(cases, graders.banks, graders.info(chat)),
        concurrency=concurrency,
        aclose=chat.aclose,
    )
    with progress("recording", sum(file.lines for file in plan.provenance.case_files)) as advance:
        result = run_cases(plan, advance)
    tally = result.tally
    console.print(f"{tally.graded} of {tally.cases} cases graded, {chat.asked} new replies in {to}")
    show_listed("ungraded", tally.ungraded, tally.cases - tally.graded, console)
    problems = [(problem.source, problem.what) for problem in result.problems]
    show_listed("lines that are no cases", problems, result.problem_count, console)


def _subjects(
    cases: Iterable[Path], book: QuestionBook, limit: int, left_out: list[tuple[str, str]]
) -> Iterator[tuple[Case, Question]]:
    """The cases that a model would be asked about; the others go to `left_out` with the reason."""
    for entry in read_cases(cases):
        question = book.question_of(entry) if isinstance(entry, Case) else entry
        if isinstance(question, CaseProblem):
            left_out.append((question.source, question.what))
        elif isinstance(entry, Case) and len(entry.answer) > limit:
            left_out.append((entry.source, f"the answer is longer than {limit} characters"))
        elif isinstance(entry, Case):
            yield entry, question


def _show(total: Estimate, model: str, console: Console) -> None:
    console.print(f"cases          {total.cases:>12,}")
    console.print(f"calls          {total.calls:>12,.0f}")
    console.print(f"prompt tokens  {total.prompt_tokens:>12,.0f}")
    console.print(f"  of these cached {total.cached_tokens:>9,.0f}")
    console.print(f"reply tokens   {total.completion_tokens:>12,.0f}")
    if not model:
        console.print("cost           unknown: name a model with --model or MOCKINT_LLM_MODEL")
    elif total.cost is None:
        console.print(f"cost           unknown: {model!r} is not in the price table")
    else:
        digits = 2 if total.cost >= 1 else 4
        console.print(f"cost           {total.cost:>12,.{digits}f} {total.currency} ({model})")
    console.print("Rough figures: tokens are reckoned from the length of the texts.")
