"""A store with one owner, and the desk and board of one process over it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.bank.shelf import Shelf
from app.domain.assessment import Assessment, GraderInfo, Mode, Usage
from app.domain.events import SessionMode
from app.domain.question import Bank, KeyPoint, Question
from app.domain.session import Session
from app.errors import ChatModelRefused
from app.grading.grader import OnVerdict
from app.grading.rubric.appeal import Heard
from app.interview.host import Host
from app.interview.panel import Panel
from app.interview.plan import Plan
from app.store.base import Repository, Store
from app.store.opening import open_store
from app.web.live.board import Board
from app.web.live.desk import Desk
from app.web.live.room import Room
from tests.cli.material import CHINESE, INFO, grade

RUBRIC = GraderInfo(Mode.RUBRIC, "scripted", "none", model="judge")
PATIENCE = 5.0


class SlowGrader:
    """Grades by the rules of `material`, one key point after the other, when it is let.

    `graded` are the answers that it was given; `failing` are errors to raise first.
    """

    def __init__(self, info: GraderInfo = INFO) -> None:
        self.info = info
        self.graded: list[str] = []
        self.finished: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing: list[Exception] = []

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        self.graded.append(answer)
        if self.failing:
            raise self.failing.pop()
        assessment = replace(grade(question, answer), grader=self.info)
        for result in assessment.key_points[:2]:
            if on_verdict is not None:
                on_verdict(result)
        await self.gate.wait()
        self.finished.append(answer)
        return assessment


class Hearing:
    """Hears every appeal in the candidate's favour."""

    async def hear(self, question: Question, point: KeyPoint, answer: str, argument: str) -> Heard:
        if "fail" in argument:
            raise ChatModelRefused("The model refused.")
        result = grade(question, point.title).key_points[question.key_points.index(point)]
        return Heard(result, RUBRIC, Usage(1, 10, 5))


@dataclass
class House:
    """One process: what it opened, and what tests look at."""

    store: Store
    mine: Repository
    board: Board
    desk: Desk
    room: Room
    grader: SlowGrader

    async def begin(
        self, mode: SessionMode = SessionMode.PRACTICE, questions: Sequence[Question] = CHINESE
    ) -> Session:
        """A session with its first question put."""
        return (await Host.begin(self.mine, Plan.of(questions), mode=mode)).session


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has become so."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - what changes is in a database
            await asyncio.sleep(0.02)


MakeHouse = Callable[..., House]


@pytest.fixture
async def make_house(tmp_path: Path) -> AsyncIterator[MakeHouse]:
    """Makes processes that share one store; a desk works once its `run` is started."""
    store = await open_store(tmp_path / "mockint.db")
    made: list[House] = []

    def make(
        info: GraderInfo = INFO,
        *,
        places: int = 2,
        is_alone: bool = True,
        limit: int = 200,
        patience: float = PATIENCE,
    ) -> House:
        grader = SlowGrader(info)
        appeals = Hearing() if info.mode is Mode.RUBRIC else None
        panel = Panel(grader, appeals=appeals, patience=patience)
        board = Board()
        desk = Desk(store, panel, board, places=places, is_alone=is_alone)
        shelf = Shelf((Bank("made-up", questions=CHINESE),))
        room = Room(desk, board, shelf, panel, limit)
        house = House(store, store.of("local"), board, desk, room, grader)
        made.append(house)
        return house

    yield make
    for house in made:
        await house.desk.close()
    await store.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """One process alone."""
    return make_house()


@contextlib.asynccontextmanager
async def running(work: "asyncio._CoroutineLike[None]") -> AsyncIterator[None]:
    """Something that runs until the block ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
