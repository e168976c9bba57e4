"""An interview on this terminal with a grader that follows a script; started as a process
(python -m tests.cli.scripted_ask).

Arguments: zh or en, then anything to go on with the session that is open. Environment:
SCRIPT_DELAY (seconds for one assessment), SCRIPT_UNGRADED (how many first assessments fail),
SCRIPT_FAIL (the grader cannot be opened), SCRIPT_NOISE (opening the grader writes to stdout and
stderr), SCRIPT_SLOW (seconds that opening it takes), SCRIPT_JUDGE (a model judges, and gives every
appeal this verdict), SCRIPT_MODE, SCRIPT_MINUTES, SCRIPT_PATIENCE (seconds that a grade is waited
for before the next question).
"""

import asyncio
import os
import sys
import time
from dataclasses import replace

from app.cli.interview.beginning import begin
from app.cli.interview.drafts import Drafts
from app.cli.interview.terminal import Room, go_on, interview
from app.cli.main import leave
from app.domain.assessment import (
    Assessment,
    GraderInfo,
    KeyPointResult,
    Mode,
    Usage,
    Verdict,
)
from app.domain.events import SessionMode, Wishes
from app.domain.question import KeyPoint, Question
from app.errors import MockintError, VectorIndexError
from app.grading.grader import OnVerdict
from app.grading.rubric.appeal import Heard
from app.interview.panel import Panel
from app.interview.plan import Plan
from app.settings import read_settings
from tests.cli.material import QUESTIONS, grade

RUBRIC = GraderInfo(Mode.RUBRIC, "scripted", "none", model="judge")


class ScriptedGrader:
    info = GraderInfo(Mode.SIMILARITY, embedder="scripted", calibration="none")

    def __init__(self) -> None:
        self._failures = int(os.environ.get("SCRIPT_UNGRADED", "0"))

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        delay = float(os.environ.get("SCRIPT_DELAY", "0"))
        self._failures -= 1
        assessment = grade(question, answer, failed=self._failures >= 0)
        if os.environ.get("SCRIPT_JUDGE"):
            assessment = replace(assessment, grader=RUBRIC)
        for result in assessment.key_points:
            await asyncio.sleep(delay / len(assessment.key_points))
            if on_verdict:
                on_verdict(result)
        return assessment


class ScriptedAppeals:
    """Gives every appeal the verdict in SCRIPT_JUDGE."""

    async def hear(self, question: Question, point: KeyPoint, answer: str, argument: str) -> Heard:
        verdict = Verdict(os.environ["SCRIPT_JUDGE"])
        result = KeyPointResult(point.id, point.title, point.weight, verdict, 0.9)
        return Heard(replace(result, reason=f"“{argument}”"), RUBRIC, Usage(1, 10, 5))


def open_panel() -> Panel:
    if os.environ.get("SCRIPT_NOISE"):
        time.sleep(0.3)
        print("NOISE\nNOISE", flush=True)
        print("NOISE\nNOISE", file=sys.stderr, flush=True)
    time.sleep(float(os.environ.get("SCRIPT_SLOW", "0")))
    if os.environ.get("SCRIPT_FAIL"):
        raise VectorIndexError("The index cannot be opened.", "Delete the folder and start again.")
    return Panel(
        ScriptedGrader(),
        appeals=ScriptedAppeals() if os.environ.get("SCRIPT_JUDGE") else None,
        patience=float(os.environ.get("SCRIPT_PATIENCE", "3")),
    )


def main() -> int:
    settings = read_settings()
    language, drafts = sys.argv[1], Drafts(settings.home)
    shelf = {question.id: question for question in QUESTIONS[language]}
    room = Room(settings, open_panel, drafts, shelf.__getitem__)
    try:
        if sys.argv[2:]:
            done = go_on(room, "", language)
        else:
            plan = Plan.of(QUESTIONS[language], "scripted")
            mode = SessionMode(os.environ.get("SCRIPT_MODE", "practice"))
            minutes = int(os.environ.get("SCRIPT_MINUTES", "0")) or None
            done = interview(room, plan, begin(plan, mode, Wishes(minutes=minutes)), minutes)
    except MockintError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if done else 130


if __name__ == "__main__":
    leave(main())
