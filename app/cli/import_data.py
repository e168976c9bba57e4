"""`mockint import`: what another machine exported, taken in whole or not at all."""

import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli.retrospect import speaker, with_store
from app.cli.screen.plain import visible
from app.cli.tongue import choose_language
from app.settings import read_settings

app = typer.Typer(rich_markup_mode=None)


@app.command("import")
def import_data(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What mockint export wrote.")],
) -> None:
    """Take in a file that mockint export wrote.

    All of it or nothing; what is here already stays, and it may be imported again.
    """
    settings = read_settings()
    done = with_store(settings, lambda repository: repository.import_from(file))
    say = speaker(choose_language("", settings.language, os.environ, ()))
    text = say("Imported: {added} interviews new, {grown} gone on, {known} known already.")
    typer.echo(text.format(added=done.added, grown=done.grown, known=done.known))
    if done.left_alone:
        text = say("Left alone, since they went on differently here and there: {names}.")
        typer.echo(visible(text.format(names=", ".join(done.left_alone))))
