"""`mockint ask`: an interview at the keyboard, or one answer from an argument or a pipe."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from app.bank.shelf import Shelf
from app.cli.choosing import choose_questions, one_question
from app.cli.drafts import Drafts
from app.cli.screen.plain import visible
from app.cli.terminal import go_on, grade_once, interview, offers_to_go_on
from app.cli.tongue import choose_language
from app.domain.events import SessionMode
from app.domain.question import Question
from app.interview.panel import Panel
from app.interview.plan import Selection
from app.settings import Settings, read_settings
from app.wiring.banks import load_banks
from app.wiring.stores import last_session

DEFAULT_COUNT = 5
MOST_QUESTIONS = 100
INTERRUPTED = 130

app = typer.Typer(rich_markup_mode=None)


class AskedLanguage(StrEnum):
    """The languages that mockint speaks itself."""

    CHINESE = "zh"
    ENGLISH = "en"


class AskedMode(StrEnum):
    """How an interview can be held at the keyboard."""

    PRACTICE = "practice"
    INTERVIEW = "interview"


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
    mode: Annotated[
        AskedMode,
        typer.Option(help="practice: graded after each answer; interview: at the end."),
    ] = AskedMode.PRACTICE,
    minutes: Annotated[
        int | None,
        typer.Option(min=1, max=600, metavar="N", help="Show the time; nothing is cut off."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with SESSION, or with the newest one open.")
    ] = False,
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="With --resume: its id, or how that begins.")
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
    if session and not resume:
        raise typer.BadParameter("goes with --resume", param_hint="SESSION")
    if resume and not at_keyboard:
        raise typer.BadParameter("needs a terminal to go on at", param_hint="--resume")
    settings = read_settings()
    shelf = load_banks(settings)
    for notice in shelf.notices:
        typer.echo(visible(notice), err=True)
    drafts = Drafts(settings.home)
    spoken = choose_language(language or "", settings.language, os.environ, shelf.banks)
    wishes_nothing = not (question or topic or tag or difficulty or seed or minutes)
    if at_keyboard and (resume or (wishes_nothing and offers_to_go_on(settings, spoken))):
        last = last_session(settings, session)
        spoken = last.language if last else spoken
        with opened_later(settings, shelf) as open_panel:
            done = go_on(session, spoken, settings, open_panel, drafts, shelf.question)
        raise typer.Exit(0 if done else INTERRUPTED)
    if question:
        plan = one_question(question, shelf)
    else:
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
    with opened_later(settings, shelf, plan.questions[0]) as open_panel:
        if not at_keyboard:
            grade_once(plan.questions[0], answer, open_panel, as_json=as_json)
        elif not interview(
            plan, settings, open_panel, drafts, shelf.question, SessionMode(mode), minutes
        ):
            raise typer.Exit(INTERRUPTED)


@contextmanager
def opened_later(
    settings: Settings, shelf: Shelf, first: Question | None = None
) -> Iterator[Callable[[], Panel]]:
    """A function that opens grader and voice, made ready for `first`; closed at the end."""
    with ExitStack() as closing:

        def open_panel() -> Panel:
            # Embedder, index and their libraries take a second; the question is shown before.
            from app.wiring.services import build  # noqa: PLC0415

            services = build(settings, shelf)
            closing.callback(services.close)
            services.embedder.embed([first.text if first else ""])
            return services.panel

        yield open_panel
