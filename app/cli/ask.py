"""`mockint ask`: an interview at the keyboard, or one answer from an argument or a pipe."""

import os
import sys
from contextlib import ExitStack
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.choosing import choose_questions, one_question
from app.cli.drafts import Drafts
from app.cli.screen.plain import visible
from app.cli.terminal import grade_once, interview
from app.cli.tongue import choose_language
from app.grading.grader import Grader
from app.interview.plan import Selection
from app.settings import read_settings
from app.wiring.banks import load_banks

DEFAULT_COUNT = 5
MOST_QUESTIONS = 100
INTERRUPTED = 130

app = typer.Typer(rich_markup_mode=None)


class AskedLanguage(StrEnum):
    """The languages that mockint speaks itself."""

    CHINESE = "zh"
    ENGLISH = "en"


@app.command()
def ask(
    questions: Annotated[
        int, typer.Option(min=1, max=MOST_QUESTIONS, metavar="N", help="How many questions to ask.")
    ] = DEFAULT_COUNT,
    topic: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Only topics that contain this; repeatable."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Only questions with this tag; repeatable."),
    ] = None,
    difficulty: Annotated[
        list[int] | None,
        typer.Option(min=1, max=3, metavar="N", help="Only this difficulty; repeatable."),
    ] = None,
    language: Annotated[
        AskedLanguage | None,
        typer.Option(help="Language; else MOCKINT_LANGUAGE, else the locale."),
    ] = None,
    question: Annotated[str, typer.Option(metavar="ID", help="Ask this one question.")] = "",
    answer: Annotated[
        str | None,
        typer.Option(metavar="TEXT|-", help="Grade this answer (-: standard input) and stop."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the assessment of the one answer as JSON.")
    ] = False,
    seed: Annotated[
        str, typer.Option(metavar="TEXT", help="The same seed asks the same questions.")
    ] = "",
) -> None:
    """Hold a mock interview, or grade one answer.

    With --answer, or with a pipe as standard input, one answer is graded and printed.
    """
    at_keyboard = answer is None and sys.stdin.isatty()
    if as_json and at_keyboard:
        raise typer.BadParameter(
            "needs an answer: use --answer TEXT, or pipe it in", param_hint="--json"
        )
    settings = read_settings()
    shelf = load_banks(settings)
    for notice in shelf.notices:
        typer.echo(visible(notice), err=True)
    drafts = Drafts(settings.home)
    if question:
        plan = one_question(question, shelf)
    else:
        spoken = choose_language(language or "", settings.language, os.environ, shelf.banks)
        latest = drafts.latest() if at_keyboard else None
        plan = choose_questions(
            shelf.questions,
            Selection(
                topics=tuple(topic or ()),
                tags=tuple(tag or ()),
                difficulties=frozenset(difficulty or ()),
                language=spoken,
            ),
            count=questions if at_keyboard else 1,
            seed=seed,
            draft_of=latest.question_id if latest else "",
        )

    with ExitStack() as closing:

        def open_grader() -> Grader:
            # Embedder, index and their libraries take a second; the question is shown before.
            from app.wiring.services import build  # noqa: PLC0415

            services = build(settings, shelf)
            closing.callback(services.close)
            services.embedder.embed([plan.questions[0].text])
            return services.grader

        if not at_keyboard:
            grade_once(plan.questions[0], answer, open_grader, as_json=as_json)
        elif not interview(plan, settings, open_grader, drafts):
            raise typer.Exit(INTERRUPTED)
