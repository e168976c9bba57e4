"""`mockint review`: what is due by spaced repetition, and an interview about it."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from app.cli.asking import asked_yes
from app.cli.interview.choosing import MOST_QUESTIONS, Agenda
from app.cli.interview.desk import open_desk
from app.cli.leaving import INTERRUPTED
from app.cli.retrospect import print_json, speaker, with_store
from app.cli.screen.card import heading
from app.cli.screen.history import due_lines
from app.cli.screen.palette import Look, look_of
from app.cli.screen.stage import plain_console, show
from app.cli.screen.wrap import hang
from app.cli.tongue import choose_language
from app.domain.events import SessionMode, Wishes
from app.interview.preparing import find_due, plan_review
from app.interview.review import DueQuestion, next_due
from app.report.history import due_as_json
from app.settings import read_settings
from app.store.base import Repository
from app.wiring.banks import load_banks

DEFAULT_COUNT = 10

app = typer.Typer(rich_markup_mode=None)


@app.command()
def review(
    questions: Annotated[
        int, typer.Option(min=1, max=MOST_QUESTIONS, metavar="N", help="Ask at most so many.")
    ] = DEFAULT_COUNT,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is due as JSON.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="List what is due, ask nothing.")] = (
        False
    ),
) -> None:
    """List what is due for review, the most forgotten first, and ask it.

    A key point comes back after days that grow while you know it.
    """
    settings = read_settings()
    shelf = load_banks(settings)
    now = datetime.now(UTC)

    async def look(repository: Repository) -> tuple[tuple[DueQuestion, ...], datetime | None]:
        due = await find_due(shelf.questions, repository, now)
        return due, next_due(shelf.questions, await repository.cards(), now)

    due, upcoming = with_store(settings, look)
    if as_json:
        following = None if upcoming is None else upcoming.isoformat()
        print_json({"due": [due_as_json(one) for one in due], "next": following})
        return
    language = choose_language("", settings.language, os.environ, shelf.banks)
    console = plain_console()
    screen = look_of(console, speaker(language))
    show(console, [heading(screen.say("To review"))])
    if not due:
        show(console, hang(_nothing(upcoming, screen), screen.width, "  "))
        return
    chosen = due[:questions]
    show(console, due_lines(chosen, screen))
    if only_list or not sys.stdin.isatty():
        return
    if not asked_yes((screen.say("Enter: begin"), screen.say("n: not now")), screen):
        return
    wishes = Wishes(count=len(chosen))
    with open_desk(settings, shelf) as desk:
        plan = plan_review(chosen, language)
        if not desk.hold(Agenda(wishes, language, SessionMode.REVIEW), plan):
            raise typer.Exit(INTERRUPTED)


def _nothing(upcoming: datetime | None, look: Look) -> Text:
    say = look.say
    if upcoming is None:
        return Text(say("Nothing is due: no answer has been graded yet. Start with: mockint ask"))
    date = upcoming.astimezone().date().isoformat()
    return Text(say("Nothing is due. The next key point is due on {date}.").format(date=date))
