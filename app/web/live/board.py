"""Who watches which session in this process, and which verdicts are on their way.

What is stored is read from the store by each watcher itself; the board only says that there may
be something new. Verdicts on their way are stored nowhere: they pass through here, and the
assessment that follows holds them all.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.assessment import KeyPointResult
from app.errors import LimitReached

MOST_WATCHES = 32
"""Streams of one session in one process; more than a person has windows."""

MOST_PASSING = 200
"""Verdicts kept for a watcher that does not take them; the oldest are lost first."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A verdict on its way, about the answer with this number."""

    answer: int
    result: KeyPointResult


class Watch:
    """One watcher's place: `seen` is the newest event that it has read."""

    def __init__(self, seen: int) -> None:
        self.seen = seen
        self._woken = asyncio.Event()
        self._passing: deque[Passing] = deque(maxlen=MOST_PASSING)

    async def wait(self) -> None:
        """Wait until there may be something new."""
        await self._woken.wait()
        self._woken.clear()

    def take(self) -> tuple[Passing, ...]:
        """The verdicts that came by since the last time."""
        taken = tuple(self._passing)
        self._passing.clear()
        return taken

    def wake(self) -> None:
        """End the waiting."""
        self._woken.set()

    def hand(self, passing: Passing) -> None:
        """Leave a verdict to be taken."""
        self._passing.append(passing)
        self._woken.set()


class Board:
    """One process's watchers, by session."""

    def __init__(self) -> None:
        self._watches: dict[str, set[Watch]] = {}
        self._on_way: dict[tuple[str, int], dict[str, KeyPointResult]] = {}
        self._somebody = asyncio.Event()

    def check_room(self, session_id: str) -> None:
        """Raise LimitReached where a session is watched from too many places already."""
        if len(self._watches.get(session_id, ())) >= MOST_WATCHES:
            raise LimitReached(
                "This interview is open in too many windows.",
                "Close some of them and load the page again.",
                retry_after=5,
            )

    @contextmanager
    def watch(self, session_id: str, seen: int) -> Iterator[Watch]:
        """A place to watch from, with the verdicts that are on their way already."""
        watches = self._watches.setdefault(session_id, set())
        watch = Watch(seen)
        for answer, results in self.on_way(session_id).items():
            for result in results:
                watch.hand(Passing(answer, result))
        watches.add(watch)
        self._somebody.set()
        try:
            yield watch
        finally:
            watches.discard(watch)
            if not watches:
                self._watches.pop(session_id, None)
            if not self._watches:
                self._somebody.clear()

    @property
    def watched(self) -> tuple[str, ...]:
        """The sessions that somebody watches."""
        return tuple(self._watches)

    def is_watched(self, session_id: str) -> bool:
        """Whether somebody watches this session here."""
        return session_id in self._watches

    async def somebody(self) -> None:
        """Wait until anything is watched."""
        await self._somebody.wait()

    def wake(self, session_id: str, newest: int | None = None) -> None:
        """Say that there may be something new; with `newest`, to those who have not seen it."""
        for watch in self._watches.get(session_id, ()):
            if newest is None or newest > watch.seen:
                watch.wake()

    def on_way(self, session_id: str) -> dict[int, tuple[KeyPointResult, ...]]:
        """The verdicts so far of what is being graded here, by the number of the answer."""
        return {
            answer: tuple(results.values())
            for (session, answer), results in self._on_way.items()
            if session == session_id
        }

    def begin(self, session_id: str, answer: int) -> None:
        """An answer is being graded here."""
        self._on_way[session_id, answer] = {}

    def hand_on(self, session_id: str, answer: int, result: KeyPointResult) -> None:
        """A verdict is on its way; a later one on the same key point takes its place."""
        on_way = self._on_way.get((session_id, answer))
        if on_way is not None:
            on_way[result.id] = result
        for watch in self._watches.get(session_id, ()):
            watch.hand(Passing(answer, result))

    def finish(self, session_id: str, answer: int) -> None:
        """An answer is no longer being graded here; whatever came of it is stored."""
        self._on_way.pop((session_id, answer), None)
        self.wake(session_id)
