"""Answers and appeals are judged here, in the background of the server process.

Whoever sends an answer does not wait: it is stored, and the desk claims it and has it graded. A
claim is held by one process at a time, so that any number of workers judge everything once. What
a killed process left open is taken up when the next one starts, or by another's next round.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from app.domain.assessment import KeyPointResult
from app.domain.events import Appeal
from app.domain.poker_face import is_withheld
from app.domain.session import Exchange, Session
from app.errors import MockintError, SessionNotFound, StoreError
from app.grading.grader import OnVerdict
from app.interview.host import Host
from app.interview.judging import CLAIM_SECONDS
from app.interview.panel import Panel
from app.store.base import Store
from app.web.live.allowance import Allowance
from app.web.live.board import Board

ROUND_SECONDS = 2.0
"""Between two looks at what waits: how long after its claim lapsed something is taken up."""

FIRST_PICK_SECONDS = 1.5
"""An answer that nobody watches here is left for so long to the process where it is watched."""

LONGEST_PAUSE = 300.0
"""Seconds before something that keeps failing is tried again."""

_log = logging.getLogger(__name__)

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Job:
    """An answer or an appeal to be judged, by its `number`; `again` also where it was graded."""

    owner: str
    session_id: str
    number: int
    again: bool = False

    @property
    def key(self) -> Key:
        """What two jobs about the same thing have in common."""
        return self.session_id, self.number


@dataclass(slots=True)
class Trouble:
    """How often something failed in a row, and when (monotonic) it may be tried again."""

    times: int
    until: float


class Desk:
    """Judges up to `places` things at a time; `is_alone` where no other worker shares the store.

    Without an `allowance` the panel judges for everybody.
    """

    def __init__(
        self,
        store: Store,
        panel: Panel,
        board: Board,
        *,
        places: int,
        is_alone: bool = True,
        allowance: Allowance | None = None,
    ) -> None:
        self._store = store
        self._allowance = allowance or Allowance(panel, panel)
        self._board = board
        self._places = places
        self._first_pick = 0.0 if is_alone else FIRST_PICK_SECONDS
        self._queue: dict[Key, Job] = {}
        self._under_way: dict[Key, asyncio.Task[None]] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        self._trouble: dict[Key, Trouble] = {}
        self._is_closed = False

    async def run(self) -> None:
        """Look for what waits, now and again and again, until cancelled."""
        known: set[Key] | None = None
        while True:
            try:
                known = await self._go_round(known)
            except StoreError as error:
                _log.warning("Looking for answers to grade: %s", error)
            self._forget_old_trouble()
            await asyncio.sleep(ROUND_SECONDS)

    async def _go_round(self, known: set[Key] | None) -> set[Key]:
        """Queue what waits; where others share the store, what was there a round ago as well.

        `known` is what waited then, None in the first round: then all of it was left behind.
        """
        jobs = [Job(one.owner, one.session_id, one.number) for one in await self._store.waiting()]
        for job in jobs:
            is_left = known is None or job.key in known or not self._first_pick
            if is_left or self._board.is_watched(job.session_id):
                self.put(job)
        return {job.key for job in jobs}

    def take_up(self, session: Session) -> None:
        """Have all that waits in a session judged, which somebody watches here."""
        numbers = [_sent(one) for one in session.waiting if not one.assessments]
        for number in (*numbers, *(appeal.seq for appeal in _open_appeals(session))):
            self.put(Job(session.start.owner, session.id, number))

    def offer(self, job: Job) -> None:
        """Have something judged that was sent just now."""
        if self._first_pick and not job.again and not self._board.is_watched(job.session_id):
            loop = asyncio.get_running_loop()
            self._timers[job.key] = loop.call_later(self._first_pick, self._put_late, job)
            return
        self.put(job)

    def put(self, job: Job) -> None:
        """Queue a job unless it is queued, under way, or has failed a moment ago."""
        trouble = self._trouble.get(job.key)
        if trouble is not None and time.monotonic() < trouble.until and not job.again:
            return
        if self._is_closed or job.key in self._under_way:
            return
        self._queue[job.key] = job
        self._fill()

    def at_work_on(self, session_id: str) -> frozenset[int]:
        """The numbers of what is queued or under way here of a session."""
        keys = (*self._queue, *self._under_way)
        return frozenset(number for session, number in keys if session == session_id)

    @property
    def busy(self) -> int:
        """How many things are queued or under way."""
        return len(self._queue) + len(self._under_way)

    async def close(self) -> None:
        """Break off what is under way; its claims are given back, so that others take it up."""
        self._is_closed = True
        self._queue.clear()
        for timer in self._timers.values():
            timer.cancel()
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _put_late(self, job: Job) -> None:
        self._timers.pop(job.key, None)
        self.put(job)

    def _forget_old_trouble(self) -> None:
        long_ago = time.monotonic() - LONGEST_PAUSE
        self._trouble = {k: one for k, one in self._trouble.items() if one.until > long_ago}

    def _fill(self) -> None:
        while self._queue and len(self._under_way) < self._places:
            key = next(iter(self._queue))
            job = self._queue.pop(key)
            task = asyncio.create_task(self._do(job), name=f"judge {key[0]} {key[1]}")
            self._under_way[key] = task
            task.add_done_callback(partial(self._after, job))

    def _after(self, job: Job, done: "asyncio.Task[None]") -> None:
        self._under_way.pop(job.key, None)
        self._board.finish(job.session_id, job.number)
        error = None if done.cancelled() else done.exception()
        if error is not None and not isinstance(error, SessionNotFound):
            self._put_off(job, error)
        if not self._is_closed:
            self._fill()

    def _put_off(self, job: Job, error: BaseException) -> None:
        """Try again later, each time later still; the answer is stored and loses nothing."""
        times = self._trouble[job.key].times + 1 if job.key in self._trouble else 1
        pause = min(ROUND_SECONDS * 2**times, LONGEST_PAUSE)
        self._trouble[job.key] = Trouble(times, time.monotonic() + pause)
        where = f"Answer {job.number} of session {job.session_id}"
        if isinstance(error, MockintError):
            _log.warning("%s could not be judged: %s", where, error)
        else:
            _log.error("%s could not be judged", where, exc_info=error)

    async def _do(self, job: Job) -> None:
        """Judge one thing, unless it is judged by now or somebody else is at it."""
        repository = self._store.of(job.owner)
        host = Host(repository, await repository.load(job.session_id))
        panel = await self._allowance.panel_of(repository)
        if any(one.seq == job.number for one in _open_appeals(host.session)):
            record = await host.hear_if_free(panel.appeals, job.number)
        elif job.again or any(_sent(one) == job.number for one in host.session.waiting):
            listener = self._listener(host.session, job.number)
            record = await host.grade_if_free(panel.grader, job.number, listener, again=job.again)
        else:
            return
        if record is None:
            self._trouble[job.key] = Trouble(0, time.monotonic() + CLAIM_SECONDS)

    def _listener(self, session: Session, number: int) -> OnVerdict | None:
        """Whoever hears of verdicts on their way; nobody, where they are withheld."""
        if is_withheld(session):
            return None
        self._board.begin(session.id, number)

        def hear(result: KeyPointResult) -> None:
            self._board.hand_on(session.id, number, result)

        return hear


def _open_appeals(session: Session) -> Iterator[Appeal]:
    return (appeal for exchange in session.waiting for appeal in exchange.open_appeals)


def _sent(exchange: Exchange) -> int:
    assert exchange.answer is not None
    return exchange.answer.seq
