"""`mockint serve`: the chat page for browsers on this machine, or for a class."""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from app.cli.tongue import choose_language
from app.language.messages import Translate, translator
from app.settings import read_settings

app = typer.Typer(rich_markup_mode=None)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; else MOCKINT_HOST.")
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, metavar="N", help="Port; else MOCKINT_PORT. 0: any."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, metavar="N", help="Processes; else MOCKINT_WORKERS."),
    ] = None,
) -> None:
    """Serve the chat page until Ctrl-C.

    The link that is printed opens the page with the interviews of this terminal.
    """
    given = {"MOCKINT_HOST": host, "MOCKINT_PORT": port, "MOCKINT_WORKERS": workers}
    # Worker processes read their settings from the environment.
    os.environ.update(
        {name: str(value) for name, value in given.items() if value not in ("", None)}
    )
    settings = read_settings()
    serving = importlib.import_module("app.web.serving")  # FastAPI takes half a second
    say = translator("cli", choose_language("", settings.language, os.environ, ()))
    serving.check_protection(settings)
    listening = serving.bound_socket(settings)
    serving.prepare(settings, _progress(say))
    link = serving.entry_link(settings, listening.getsockname()[1])
    typer.echo(say("Open {link}").format(link=link))
    if settings.workers > 1:
        typer.echo(say("Processes: {workers}").format(workers=settings.workers))
    typer.echo(say("Ctrl-C stops the server; interviews are kept."))
    sys.stdout.flush()
    serving.serve(settings, listening)


def _progress(say: Translate) -> Callable[[int, int], None]:
    """A line that counts the questions embedded, where there is somebody to read it."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            text = say("Building the index: {done} of {total} questions")
            end = "\n" if done == total else ""
            typer.echo(f"\r{text.format(done=done, total=total)}{end}", err=True, nl=False)

    return tell
