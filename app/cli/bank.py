"""`mockint bank`: import, check, list, search and show question banks."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bank.exporting import question_record
from app.bank.findings import Finding, Severity
from app.bank.importing import require_free_ids, store_bank
from app.bank.reading import READERS, parse_bank, read_bank
from app.bank.shelf import Shelf
from app.cli.screen import bank as screen
from app.cli.screen.plain import visible
from app.cli.tongue import choose_language
from app.domain.question import Bank
from app.errors import QuestionNotFound
from app.language.failures import said
from app.language.messages import Translate, translator
from app.settings import Settings, read_settings
from app.wiring.banks import load_banks

DEFAULT_HITS = 10
MOST_HITS = 1000

app = typer.Typer(
    help="Import, check, list, search and show question banks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command("import")
def import_bank(
    file: Annotated[Path, typer.Argument(help="Markdown, text, CSV, TSV, JSON, JSONL or YAML.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="BANK.md", help="Write here, not to the folder of banks."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    lint: Annotated[
        bool, typer.Option("--lint/--no-lint", help="Look the bank over as well.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Read a file of questions and keep it as a bank, ready to be asked."""
    settings = read_settings()
    say = _translator(settings)
    bank = read_bank(file)
    if out is None:
        kept = settings.model_copy(update={"bank": ""})
        require_free_ids(bank, load_banks(kept).banks)
    target = out or settings.home / "banks" / f"{bank.id}.md"
    findings = _look_over(bank, settings, say) if lint else []
    stored = store_bank(bank, target, force=force)
    if as_json:
        data = screen.bank_data(bank) | {
            "file": str(stored.file),
            "changed": stored.changed,
            "findings": [screen.finding_data(finding, str(file)) for finding in findings],
        }
        _print_json(data)
        return
    console = screen.open_console()
    done = say("Imported {id}: {questions} questions, {points} key points, into {file}.")
    if not stored.changed:
        done = say("{id} is there already: {questions} questions, {points} key points, in {file}.")
    text = done.format(
        id=bank.id,
        questions=len(bank.questions),
        points=screen.key_point_count(bank),
        file=stored.file,
    )
    console.print(visible(text), soft_wrap=True)
    for topic, count in screen.topics_of(bank).items():
        name = visible(topic) or say("(no topic)")
        console.print(f"  {name}: {count}", soft_wrap=True)
    if lint:
        screen.show_findings(console, str(file), findings, say)
        console.print(screen.counted(findings, say))


@app.command("lint")
def lint_banks(
    bank: Annotated[
        str, typer.Argument(help="A file, or the id of a bank; all banks in force if left out.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report what breaks a bank, or makes its questions hard to grade fairly.

    Exit code 1 if there are errors; with --strict, also if there are warnings.
    """
    settings = read_settings()
    say = _translator(settings)
    console = screen.open_console()
    found: list[Finding] = []
    data: list[dict[str, Any]] = []
    for each in _named(bank, settings):
        findings = _look_over(each, settings, say)
        found.extend(findings)
        if as_json:
            data.extend(screen.finding_data(finding, each.source) for finding in findings)
        else:
            screen.show_findings(console, each.source, findings, say)
    if as_json:
        _print_json(data)
    else:
        console.print(screen.counted(found, say))
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in failing for finding in found):
        raise typer.Exit(1)


@app.command("list")
def list_banks(as_json: AsJson = False) -> None:
    """List the banks in force."""
    settings = read_settings()
    shelf = _open_shelf(settings)
    if as_json:
        _print_json([screen.bank_data(bank) for bank in shelf.banks])
    else:
        screen.show_banks(screen.open_console(), shelf.banks, _translator(settings))


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What the questions should be about.")],
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_HITS, help="How many to show.")
    ] = DEFAULT_HITS,
    as_json: AsJson = False,
) -> None:
    """Find questions by meaning, in any words and either language."""
    from app.index.searching import search_questions  # noqa: PLC0415 - loads numpy
    from app.wiring.services import open_embedder, open_index  # noqa: PLC0415 - the same

    if not text.strip():
        raise typer.BadParameter("is empty", param_hint="TEXT")
    settings = read_settings()
    shelf = _open_shelf(settings)
    embedder = open_embedder(settings)
    index = open_index(settings, embedder, shelf.banks)
    try:
        hits = search_questions(text, shelf.questions, index, embedder, limit)
    finally:
        index.close()
    if as_json:
        _print_json([screen.hit_data(hit) for hit in hits])
    else:
        screen.show_hits(screen.open_console(), hits, _translator(settings))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a question or a bank.")],
    as_json: AsJson = False,
) -> None:
    """Show a question with its key points, or the questions of a bank."""
    settings = read_settings()
    shelf = _open_shelf(settings)
    say = _translator(settings)
    bank = next((bank for bank in shelf.banks if bank.id == name), None)
    if bank is not None:
        if as_json:
            questions = [question_record(question) for question in bank.questions]
            _print_json({"bank": bank.id, "title": bank.title, "questions": questions})
        else:
            screen.show_questions(screen.open_console(), bank.questions, say)
        return
    question = shelf.question(name)
    if as_json:
        _print_json(question_record(question))
    else:
        screen.show_question(screen.open_console(), question, say)


@app.command()
def reindex() -> None:
    """Make the vector index anew from the banks in force."""
    from app.wiring.services import open_embedder, open_index  # noqa: PLC0415 - loads numpy

    settings = read_settings()
    shelf = _open_shelf(settings)
    index = open_index(settings, open_embedder(settings), ())
    try:
        index.rebuild(*shelf.banks)
    finally:
        index.close()
    count = sum(len(bank.questions) for bank in shelf.banks)
    say = _translator(settings)
    typer.echo(say("Indexed {count} questions.").format(count=count))


def _translator(settings: Settings) -> Translate:
    return translator("bank", choose_language("", settings.language, os.environ, ()))


def _open_shelf(settings: Settings) -> Shelf:
    """The banks in force; a notice for each that cannot be read goes to standard error."""
    shelf = load_banks(settings)
    language = choose_language("", settings.language, os.environ, ())
    for notice in shelf.notices:
        typer.echo(f"mockint: {visible(said(notice, language))}", err=True)
    if not shelf.banks:
        raise QuestionNotFound(
            "There is no bank in force.", "Import one with `mockint bank import FILE`."
        )
    return shelf


def _named(name: str, settings: Settings) -> tuple[Bank, ...]:
    """All banks in force, the one with this id, or the one in this file."""
    if not name:
        return _open_shelf(settings).banks
    file = Path(name)
    if os.sep in name or file.suffix.lower() in READERS or file.exists():
        return (parse_bank(file),)
    return (_open_shelf(settings).bank(name),)


def _look_over(bank: Bank, settings: Settings, say: Translate) -> list[Finding]:
    from app.bank.lint import lint_bank  # noqa: PLC0415 - loads numpy
    from app.wiring.services import open_embedder  # noqa: PLC0415 - the same

    return lint_bank(bank, open_embedder(settings), say)


def _print_json(data: object) -> None:
    """UTF-8 whatever the locale is, so that scripts always get the same bytes."""
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
