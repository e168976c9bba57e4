"""`mockint export`: everything that is kept, in one file that moves between machines."""

import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli.retrospect import speaker, with_store
from app.cli.screen.plain import visible
from app.cli.tongue import choose_language
from app.settings import read_settings

app = typer.Typer(rich_markup_mode=None)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; JSON Lines.")],
) -> None:
    """Write everything that is kept to one file.

    Interviews, answers, grades and what is due; the file takes its name only once it is whole.
    """
    settings = read_settings()
    count = with_store(settings, lambda repository: repository.export_to(file))
    say = speaker(choose_language("", settings.language, os.environ, ()))
    text = say("Exported {count} interviews to {file}.").format(count=count, file=file)
    typer.echo(visible(text))
