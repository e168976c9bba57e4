"""`mockint report`: what a session came to, and what to do next."""

import contextlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.retrospect import print_json, speaker, with_store
from app.cli.screen.palette import look_of
from app.cli.screen.report import report_lines
from app.cli.screen.stage import plain_console, show
from app.errors import MockintError, filled
from app.grading.rubric.prompting import Prompts
from app.report.as_json import json_report
from app.report.gathering import gather_report
from app.report.markdown import markdown_report
from app.report.page import html_report
from app.report.prose import summarise_report
from app.report.session_report import SessionReport
from app.settings import Settings, read_settings
from app.store.base import Repository

app = typer.Typer(rich_markup_mode=None)


class Format(StrEnum):
    """What a report can be written as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


SUFFIXES = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".json": Format.JSON,
}


@app.command()
def report(
    session: Annotated[
        str,
        typer.Argument(metavar="SESSION", help="An id, the beginning of one, or `last`."),
    ] = "last",
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Default: by the suffix of --out, else for the terminal."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
    with_summary: Annotated[
        bool,
        typer.Option("--summary/--no-summary", help="With a language model, a summary in prose."),
    ] = True,
) -> None:
    """Show what a session came to, with your own words, and what to do next.

    HTML is one file that needs nothing else and prints well.
    """
    settings = read_settings()
    summed_up = with_summary and bool(settings.llm_model)

    async def look(mine: Repository) -> tuple[SessionReport, tuple[str, ...]]:
        found = await gather_report(mine, session)
        return found, await _summary(mine, found, settings) if summed_up else ()

    found, summary = with_store(settings, look)
    form = form or SUFFIXES.get(out.suffix.lower() if out else "", Format.TERMINAL)
    if form is Format.TERMINAL and out is None:
        console = plain_console()
        show(console, report_lines(found, look_of(console, speaker(found.language)), summary))
        return
    if form is Format.JSON and out is None:
        print_json(json_report(found, summary))
        return
    text = rendered(found, form, summary)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text)
        typer.echo(str(out), err=True)


async def _summary(mine: Repository, report: SessionReport, settings: Settings) -> tuple[str, ...]:
    # The client of the language model takes most of a second to import.
    from app.wiring.services import open_chat_model  # noqa: PLC0415

    chat, prompts = open_chat_model(settings), Prompts(max_tokens=settings.llm_max_tokens)
    waiting = speaker(report.language)("Writing a summary…")
    try:
        with Console(stderr=True).status(waiting):
            return await summarise_report(mine, report, chat, prompts)
    finally:
        await chat.aclose()


def rendered(report: SessionReport, form: Format, summary: Sequence[str] = ()) -> str:
    """The report as the text of a file; for the terminal as plain text of 80 columns."""
    if form is Format.HTML:
        return html_report(report, summary=summary)
    if form is Format.MARKDOWN:
        return markdown_report(report, summary=summary)
    if form is Format.JSON:
        return json.dumps(json_report(report, summary), ensure_ascii=False, indent=2) + "\n"
    console = Console(file=io.StringIO(), width=80, color_system=None)
    look = replace(look_of(console, speaker(report.language)), width=80)
    lines = report_lines(report, look, summary)
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def _write(out: Path, text: str) -> None:
    """Write a file that is whole or not there."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", errors="replace")
        part.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise MockintError(
            filled("{out!r} cannot be written: {reason}.", out=str(out), reason=error.strerror),
            "Choose another place.",
        ) from error
