"""`mockint doctor`: whether everything is in order, and what to do where it is not."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.cells import cell_len
from rich.text import Text

from app.bank.shelf import Shelf
from app.cli.checks import (
    Check,
    Level,
    Part,
    attempted,
    check_banks,
    check_chat_model,
    check_embedder,
    check_home,
    check_server,
    check_terminal,
)
from app.cli.screen.palette import FAILURE, QUIET, SUCCESS, WARNING, Look, look_of
from app.cli.screen.plain import visible
from app.cli.screen.stage import plain_console, show
from app.cli.screen.wrap import hang
from app.cli.tongue import choose_language
from app.embedding.base import Embedder
from app.language.failures import said
from app.language.messages import Translate, translator
from app.settings import Settings, read_settings
from app.wiring.banks import load_banks
from app.wiring.services import open_embedder, open_hurried_model, open_index

UNBROKEN = 10_000
"""Into a pipe or a file each finding goes as one line, paths whole."""
STYLES = {Level.OK: SUCCESS, Level.WARN: WARNING, Level.FAIL: FAILURE}

app = typer.Typer(rich_markup_mode=None)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check that everything mockint needs is in order.

    A configured language model is sent one tiny request. Exit code 1 if a check fails.
    """
    settings = read_settings()
    language = choose_language("", settings.language, os.environ, ())
    say = translator("cli", language)
    if as_json:
        checks = list(examine(settings, language))
        data = {
            "ok": all(check.level is not Level.FAIL for check in checks),
            "checks": [asdict(check) for check in checks],
        }
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        sys.stdout.buffer.write(text.encode())
    else:
        console = plain_console()
        look = look_of(console, say)
        if not console.is_terminal:
            look = replace(look, width=UNBROKEN)
        checks = []
        for check in examine(settings, language):
            show(console, check_lines(check, look))
            checks.append(check)
    if any(check.level is Level.FAIL for check in checks):
        raise typer.Exit(1)


def examine(settings: Settings, language: str) -> Iterator[Check]:
    """Each check as soon as it is done; what builds on something broken is left out."""
    for check in _examine(settings, language):
        message, remedy = said(check.message, language), said(check.remedy, language)
        yield replace(check, message=message, remedy=remedy)


def _examine(settings: Settings, language: str) -> Iterator[Check]:
    say = translator("cli", language)
    yield check_terminal(os.environ, say)
    home = check_home(settings, say)
    yield home
    shelf: Shelf | None = None

    def banks() -> Check:
        nonlocal shelf
        shelf = load_banks(settings)
        notices = tuple(said(notice, language) for notice in shelf.notices)
        return check_banks(replace(shelf, notices=notices), say)

    yield attempted(Part.BANKS, banks)
    if shelf is not None and shelf.questions:
        yield from _examine_vectors(settings, shelf, say)
    yield attempted(Part.LANGUAGE_MODEL, lambda: _chat_model_check(settings, say))
    yield check_server(settings, say)


def _examine_vectors(settings: Settings, shelf: Shelf, say: Translate) -> Iterator[Check]:
    embedder: Embedder | None = None

    def embedding() -> Check:
        nonlocal embedder
        embedder = open_embedder(settings)
        return check_embedder(embedder, shelf.questions[0], say)

    result = attempted(Part.EMBEDDER, embedding)
    yield result
    if embedder is None or result.level is Level.FAIL:
        return
    working = embedder

    def index() -> Check:
        opened = open_index(settings, working, shelf.banks)
        question = shelf.questions[0]
        try:
            nearest = opened.nearest_questions([question.text], 1)[0]
        finally:
            opened.close()
        server = urlsplit(settings.chroma_url)
        where = server.netloc.rpartition("@")[2] or str(settings.home / "index")
        if not nearest:
            return Check(
                Part.INDEX,
                Level.FAIL,
                say("{where} does not find a question by its own text.").format(where=where),
                say("Remove this index; the next run builds it anew."),
            )
        return Check(Part.INDEX, Level.OK, say("up to date, {where}").format(where=where))

    yield attempted(Part.INDEX, index)


def _chat_model_check(settings: Settings, say: Translate) -> Check:
    model = open_hurried_model(settings) if settings.llm_model else None
    return asyncio.run(check_chat_model(model, say))


def check_lines(check: Check, look: Look) -> Iterator[Text]:
    """One check: level, name and finding, then the remedy below."""
    say = look.say
    words = {Level.OK: say("ok"), Level.WARN: say("warning"), Level.FAIL: say("failed")}
    labels = {
        Part.TERMINAL: say("terminal"),
        Part.HOME: say("data folder"),
        Part.BANKS: say("question banks"),
        Part.EMBEDDER: say("embedder"),
        Part.INDEX: say("index"),
        Part.LANGUAGE_MODEL: say("language model"),
        Part.SERVER: say("server"),
    }
    column = max(map(cell_len, words.values()))
    word = words[check.level]
    lead = Text(word + " " * (column - cell_len(word) + 2), style=f"bold {STYLES[check.level]}")
    finding = Text(say("{part}: ").format(part=labels[check.part]), style="bold")
    finding.append(visible(check.message), style="not bold")
    yield from hang(finding, look.width, lead)
    if check.remedy:
        margin = " " * lead.cell_len
        yield from hang(Text(visible(check.remedy), style=QUIET), look.width, margin)
