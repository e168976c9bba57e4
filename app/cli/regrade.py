"""`mockint regrade`: stored answers graded anew, the old grades kept beside the new."""

import os
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from app.cli.retrospect import speaker, with_store
from app.cli.screen.palette import QUIET, VERDICT_STYLES, Look, look_of, verdict_word
from app.cli.screen.plain import one_line
from app.cli.screen.stage import plain_console, show
from app.cli.screen.wrap import hang, shorten
from app.cli.tongue import choose_language
from app.domain.assessment import Mode
from app.domain.events import AssessmentRecord
from app.errors import SettingsError
from app.interview.regrading import Regraded, Tally, regrade_session
from app.settings import Settings, read_settings
from app.store.base import Repository
from app.wiring.banks import load_banks

app = typer.Typer(rich_markup_mode=None)


@app.command()
def regrade(
    session: Annotated[
        str, typer.Option(metavar="SESSION", help="An id, the beginning of one, or `last`.")
    ] = "last",
    everything: Annotated[bool, typer.Option("--all", help="All sessions.")] = False,
    grader: Annotated[
        Mode | None, typer.Option(help="Default: rubric where a model is configured.")
    ] = None,
) -> None:
    """Grade stored answers anew and show what changed; old grades are kept.

    A model that fails leaves the grade that counted before in force.
    """
    settings = _with_grader(read_settings(), grader)
    shelf = load_banks(settings)
    say = speaker(choose_language("", settings.language, os.environ, shelf.banks))
    console, tally, done = plain_console(), Tally(), list[Regraded]()
    look = look_of(console, say)

    def report(one: Regraded) -> None:
        done.append(one)
        show(console, _lines(one, look))

    # Embedder and index take a second, which --help need not wait for.
    from app.wiring.services import build  # noqa: PLC0415

    services = build(settings, shelf)

    async def task(repository: Repository) -> None:
        if everything:
            names = [row.id for row in reversed(await repository.sessions())]
        else:
            names = [await repository.resolve(session)]
        for name in names:
            await regrade_session(repository, name, services.grader, tally, report)

    try:
        with_store(settings, task)
    finally:
        services.close()
    show(console, _closing(done, tally, look))


def _with_grader(settings: Settings, grader: Mode | None) -> Settings:
    if grader is Mode.SIMILARITY:
        return settings.model_copy(update={"llm_model": ""})
    if grader is Mode.RUBRIC and not settings.llm_model:
        raise SettingsError(
            "Grading with the rubric needs a language model, and none is configured.",
            "Set MOCKINT_LLM_MODEL, and OPENAI_BASE_URL and OPENAI_API_KEY where needed.",
        )
    return settings


def _lines(one: Regraded, look: Look) -> Iterator[Text]:
    """The scores, the question, and each verdict that is another one than before."""
    line = Text(f"{_score(one.before, look)} → {_score(one.after, look)}  ", style="bold")
    step = f"({look.say('Follow-up')} {one.step}) " if one.step else ""
    room = max(look.width - line.cell_len - 1, 8)
    yield line + Text(shorten(step + one_line(one.turn.question.text), room), style="default")
    if one.before is None:
        return
    old = {result.id: result.verdict for result in one.before.assessment.key_points}
    for result in one.after.assessment.key_points:
        before = old.get(result.id)
        if before is None or before is result.verdict:
            continue
        lead = Text("  ") + Text(verdict_word(before, look.say), VERDICT_STYLES[before])
        lead += Text(" → ", QUIET)
        lead += Text(verdict_word(result.verdict, look.say), VERDICT_STYLES[result.verdict])
        yield from hang(Text(one_line(result.title)), look.width, lead + Text("  "))


def _score(record: AssessmentRecord | None, look: Look) -> str:
    if record is None or record.assessment.score is None:
        return look.say("not graded")
    return f"{record.assessment.score:.1f}"


def _closing(done: list[Regraded], tally: Tally, look: Look) -> Iterator[Text]:
    say = look.say
    if not done and not (tally.held or tally.kept or tally.withheld):
        yield Text(say("No answer to grade."))
        return
    text = say("{count} answers graded anew, {changed} with another score.")
    changed = sum(one.is_other for one in done)
    yield from hang(Text(text.format(count=len(done), changed=changed)), look.width)
    if tally.held:
        text = say("{held} are being graded elsewhere and were left alone.")
        yield from hang(Text(text.format(held=tally.held)), look.width)
    if tally.withheld:
        text = say(
            "{withheld} belong to interviews that are not over and were left alone until they end."
        )
        yield from hang(Text(text.format(withheld=tally.withheld)), look.width)
    if tally.kept:
        text = say(
            "{kept} were settled by yourself and were left alone; a model would judge them anew."
        )
        yield from hang(Text(text.format(kept=tally.kept)), look.width)
