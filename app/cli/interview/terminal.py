"""The terminal as a place to be interviewed on, or to have one answer graded."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rich.text import Text

from app.cli.asking import asked_yes
from app.cli.interview.answers import answer_from
from app.cli.interview.conversation import Opening, Talk
from app.cli.interview.drafts import Drafts
from app.cli.interview.hosting import Hosting, MakeHost
from app.cli.screen.box import Box, LineBox, TypingBox
from app.cli.screen.card import assessment_card
from app.cli.screen.keyboard import unechoed
from app.cli.screen.palette import look_of
from app.cli.screen.question import opening_lines, question_lines
from app.cli.screen.stage import Stage, plain_console, show
from app.cli.screen.wrap import hang
from app.cli.warm_up import WarmUp, quiet_threads
from app.domain.question import Question
from app.domain.score import MAX_SCORE, TRUTH_UNKNOWN_LIMIT
from app.interview.adapting import Find
from app.interview.host import Host
from app.interview.panel import Panel
from app.interview.plan import Plan
from app.language.messages import translator
from app.settings import Settings
from app.store.base import Repository
from app.wiring.stores import last_session

OPENAI_HOST = "api.openai.com"


@dataclass(frozen=True, slots=True)
class Room:
    """What every interview at this terminal needs; `open_panel` takes a second."""

    settings: Settings
    open_panel: Callable[[], Panel]
    drafts: Drafts
    find: Find


def grade_once(
    question: Question, answer: str | None, open_panel: Callable[[], Panel], *, as_json: bool
) -> None:
    """Grade one answer and print the assessment, as JSON in UTF-8 or as plain text."""
    text = answer_from(answer)
    assessment = asyncio.run(open_panel().grader.assess(question, text))
    if as_json:
        line = json.dumps(assessment.as_json(), ensure_ascii=False, indent=2) + "\n"
        sys.stdout.flush()
        sys.stdout.buffer.write(line.encode())
        return
    console = plain_console()
    look = look_of(console, translator("cli", question.language))
    show(console, question_lines(question, 1, 1, look))
    console.print()
    show(console, assessment_card(text, assessment, look))


def offers_to_go_on(settings: Settings, language: str) -> bool:
    """Where the last interview has not ended: whether the person wants to go on with it."""
    last = last_session(settings)
    if last is None or last.ended:
        return False
    console, say = plain_console(), translator("cli", last.language or language)
    text = say("Your last interview is open: {sent} of {planned} questions done.")
    look = look_of(console, say)
    show(console, hang(Text(text.format(sent=last.sent, planned=last.planned)), look.width))
    return asked_yes((say("Enter: go on with it"), say("n: begin a new one")), look)


def interview(room: Room, plan: Plan, make: MakeHost, minutes: int | None = None) -> bool:
    """Hold a new interview whose first question can be shown at once; `make` stores the plan.

    False if the person left with Ctrl-C.
    """
    return _hold(room, make, plan.questions[0].language, Opening(plan, minutes))


def prepared_interview(room: Room, make: MakeHost, language: str) -> bool:
    """Hold a new interview that `make` has to plan before anything can be asked."""
    return _hold(room, make, language, Opening())


def go_on(room: Room, name: str, language: str) -> bool:
    """Take up an interview by its name, "" for the newest that is open."""

    async def take_up(repository: Repository) -> Host:
        return await Host.take_up(repository, name)

    return _hold(room, take_up, language, Opening(resumes=True))


def _hold(room: Room, make: MakeHost, language: str, opening: Opening) -> bool:
    settings, console, say = room.settings, plain_console(), translator("cli", language)
    opening = replace(opening, ceiling=MAX_SCORE if settings.llm_model else TRUTH_UNKNOWN_LIMIT)
    look = look_of(console, say)
    host = urlsplit(settings.openai_base_url).hostname or OPENAI_HOST
    show(console, opening_lines(look, settings.llm_model, host, language))
    able = look.attributes

    def open_box() -> Box:
        if able:
            return TypingBox(lambda: stage.look, settings.answer_limit, runner)
        return LineBox(look, settings.answer_limit, console.print)

    with asyncio.Runner() as runner, quiet_threads(), unechoed() if able else nullcontext():
        stage = Stage(console, say, runner, open_box)
        hosting = Hosting(settings, stage, make)
        panel = WarmUp(room.open_panel)
        return Talk(stage, hosting, panel, room.drafts, room.find, opening).hold()
