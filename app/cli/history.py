"""`mockint history`: scores over time, by topic, days in a row, and what is due when."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.retrospect import print_json, speaker, with_store
from app.cli.screen.history import history_lines, today_of
from app.cli.screen.palette import look_of
from app.cli.screen.stage import plain_console, show
from app.cli.tongue import choose_language
from app.report.gathering import gather_history
from app.settings import read_settings
from app.wiring.banks import load_banks

app = typer.Typer(rich_markup_mode=None)


@app.command()
def history(
    as_json: Annotated[bool, typer.Option("--json", help="Print the history as JSON.")] = False,
) -> None:
    """Show scores over time, by topic, days in a row, and what is due when.

    What was not graded is in no average.
    """
    settings = read_settings()
    shelf = load_banks(settings)
    now = datetime.now(UTC)
    found = with_store(
        settings, lambda repository: gather_history(repository, shelf.questions, now=now)
    )
    if as_json:
        print_json(found.as_json())
        return
    language = choose_language("", settings.language, os.environ, shelf.banks)
    console = plain_console()
    show(console, history_lines(found, today_of(now), look_of(console, speaker(language))))
