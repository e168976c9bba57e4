"""`mockint ask`: an interview at the keyboard, or one answer from an argument or a pipe."""

import os
import secrets
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.interview.answers import STDIN
from app.cli.interview.choosing import (
    MOST_QUESTIONS,
    Agenda,
    Documents,
    how_many,
    one_question,
    with_documents,
)
from app.cli.interview.desk import open_desk
from app.cli.interview.terminal import offers_to_go_on
from app.cli.leaving import INTERRUPTED
from app.cli.screen.keyboard import listen_to_the_terminal
from app.cli.screen.plain import visible
from app.cli.tongue import choose_language
from app.domain.events import SessionMode, Wishes
from app.language.failures import said
from app.settings import read_settings
from app.wiring.banks import load_banks
from app.wiring.stores import last_session

app = typer.Typer(rich_markup_mode=None)


class AskedLanguage(StrEnum):
    """The languages that mockint speaks itself."""

    CHINESE = "zh"
    ENGLISH = "en"


@app.command()
def ask(
    questions: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_QUESTIONS,
            metavar="N",
            help="How many questions to ask; else what fits into the time, else 5, with a "
            "document 8.",
        ),
    ] = None,
    minutes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=600,
            metavar="N",
            help="Plan no more than fits, and show the time; nothing is cut off.",
        ),
    ] = None,
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
    jd: Annotated[
        str,
        typer.Option(
            "--jd",
            metavar="FILE|-|TEXT",
            help="Ask what this job description requires (Markdown, text, PDF or DOCX).",
        ),
    ] = "",
    resume_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask about what this résumé says."),
    ] = None,
    mode: Annotated[
        SessionMode,
        typer.Option(
            help="practice: graded after each answer; interview: at the end; review: what is due."
        ),
    ] = SessionMode.PRACTICE,
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
        bool, typer.Option("--json", help="Print the assessment, or the plan, as JSON.")
    ] = False,
    only_plan: Annotated[
        bool, typer.Option("--plan", help="Show what would be asked and why; ask nothing.")
    ] = False,
    seed: Annotated[
        str, typer.Option(metavar="TEXT", help="The same seed plans the same questions.")
    ] = "",
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
    documents = Documents(jd, resume_file)
    holds = not only_plan and answer is None and (jd == STDIN or sys.stdin.isatty())
    _check_usage(documents, answer, question, session, holds=holds, resume=resume, as_json=as_json)
    settings = read_settings()
    shelf = load_banks(settings)
    spoken = choose_language(language or "", settings.language, os.environ, shelf.banks)
    for notice in shelf.notices:
        typer.echo(visible(said(notice, spoken)), err=True)
    chosen = (questions, minutes, topic, tag, difficulty, documents, question, seed)
    wishes_nothing = mode is SessionMode.PRACTICE and not any(chosen)
    with open_desk(settings, shelf) as desk:
        if holds and (resume or (wishes_nothing and offers_to_go_on(settings, spoken))):
            last = last_session(settings, session)
            raise typer.Exit(_code(desk.go_on(session, last.language if last else spoken)))
        wishes = Wishes(
            how_many(questions, minutes, documents=bool(documents)),
            minutes,
            tuple(topic or ()),
            tuple(tag or ()),
            tuple(sorted(set(difficulty or ()))),
            seed=seed or secrets.token_hex(8),
        )
        agenda = with_documents(Agenda(wishes, spoken, mode, repeatable=bool(seed)), documents)
        plan = one_question(question, shelf) if question else None
        if only_plan:
            desk.show_plan(agenda, plan, as_json=as_json)
        elif not holds:
            desk.grade(agenda, plan, answer, as_json=as_json)
        else:
            listen_to_the_terminal()
            raise typer.Exit(_code(desk.hold(agenda, plan)))


def _check_usage(
    documents: Documents,
    answer: str | None,
    question: str,
    session: str,
    *,
    holds: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Raise BadParameter where options contradict each other."""
    if as_json and holds:
        raise typer.BadParameter(
            "needs an answer: use --answer TEXT, or pipe it in", param_hint="--json"
        )
    if session and not resume:
        raise typer.BadParameter("goes with --resume", param_hint="SESSION")
    if resume and not holds:
        raise typer.BadParameter("needs a terminal to go on at", param_hint="--resume")
    if question and documents:
        raise typer.BadParameter("asks that one question only", param_hint="--question")
    if documents.job == STDIN and answer == STDIN:
        raise typer.BadParameter("is read already, for --jd", param_hint="--answer -")


def _code(done: bool) -> int:
    return 0 if done else INTERRUPTED
