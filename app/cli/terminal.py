"""The terminal as a place to be interviewed on, or to have one answer graded."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from urllib.parse import urlsplit

from app.cli.answers import answer_from
from app.cli.conversation import hold_interview
from app.cli.drafts import Drafts
from app.cli.screen.box import Box, LineBox, TypingBox
from app.cli.screen.card import assessment_card
from app.cli.screen.keyboard import unechoed
from app.cli.screen.palette import look_of
from app.cli.screen.question import opening_lines, question_lines
from app.cli.stage import Stage, plain_console, show
from app.cli.warm_up import WarmUp, quiet_threads
from app.domain.question import Question
from app.grading.grader import Grader
from app.interview.plan import Plan
from app.language.messages import translator
from app.settings import Settings

OPENAI_HOST = "api.openai.com"


def grade_once(
    question: Question, answer: str | None, open_grader: Callable[[], Grader], *, as_json: bool
) -> None:
    """Grade one answer and print the assessment, as JSON in UTF-8 or as plain text."""
    text = answer_from(answer)
    assessment = asyncio.run(open_grader().assess(question, text))
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


def interview(
    plan: Plan, settings: Settings, open_grader: Callable[[], Grader], drafts: Drafts
) -> bool:
    """Hold the interview on this terminal. False if the person left with Ctrl-C."""
    language = plan.questions[0].language
    console, say = plain_console(), translator("cli", language)
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
        return hold_interview(plan, stage, WarmUp(open_grader), drafts)
