"""`mockint forget`: deleting for good, after asking."""

import os
import sys
from typing import Annotated

import typer
from rich.text import Text

from app.cli.asking import asked_yes
from app.cli.interview.drafts import Drafts
from app.cli.retrospect import speaker, with_store
from app.cli.screen.palette import look_of
from app.cli.screen.stage import plain_console, show
from app.cli.screen.wrap import hang
from app.cli.tongue import choose_language
from app.language.messages import Translate
from app.settings import read_settings
from app.store.base import Repository

app = typer.Typer(rich_markup_mode=None)


@app.command()
def forget(
    session: Annotated[
        str, typer.Option(metavar="SESSION", help="An id, the beginning of one, or `last`.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Everything, drafts too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a session, or everything, for good.

    What was derived from it goes too. An export made before is the only way back.
    """
    if bool(session) == everything:
        raise typer.BadParameter("say which: --session SESSION, or --all", param_hint="--session")
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("needs a terminal to ask at, or --yes", param_hint="--yes")
    settings = read_settings()
    say = speaker(choose_language("", settings.language, os.environ, ()))
    name = "" if everything else with_store(settings, lambda mine: mine.resolve(session))
    if everything:
        question = say("Delete all interviews, answers, grades and drafts for good?")
    else:
        question = say("Delete this interview for good, with its answers and grades: {id}?").format(
            id=name
        )
    if not yes and not _confirmed(question, say):
        typer.echo(say("Nothing was deleted."))
        return

    async def task(repository: Repository) -> int:
        if everything:
            return await repository.forget_all()
        await repository.forget_session(name)
        return 1

    count = with_store(settings, task)
    if everything:
        Drafts(settings.home).forget_all()
    typer.echo(say("Deleted {count} interviews for good.").format(count=count))


def _confirmed(question: str, say: Translate) -> bool:
    console = plain_console()
    look = look_of(console, say)
    show(console, hang(Text(question), look.width))
    return asked_yes((say("y: delete for good"), say("Enter: delete nothing")), look, enter=False)
