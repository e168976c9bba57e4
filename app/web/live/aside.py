"""A thread of its own for grading, which computes and may wait for an embedder."""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from app.domain.assessment import Assessment, GraderInfo, KeyPointResult
from app.domain.question import KeyPoint, Question
from app.grading.grader import Grader, OnVerdict
from app.interview.panel import Appeals, Panel

if TYPE_CHECKING:
    from app.grading.rubric.appeal import Heard

T = TypeVar("T")


class Aside:
    """A thread with an event loop, so that the one that answers requests is never held up.

    Connections to a language model belong to that loop, and stay open in it from one grading to
    the next.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="grading", daemon=True)
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of `work` over there; cancelled there where it is cancelled here."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def panel(self, panel: Panel) -> Panel:
        """A panel that judges over there."""
        appeals = panel.appeals and AsideAppeals(panel.appeals, self)
        return replace(panel, grader=AsideGrader(panel.grader, self), appeals=appeals)

    async def close(self) -> None:
        """End the thread, after all that was cancelled has ended."""
        await self.run(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    @staticmethod
    async def _end_all() -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_asyncgens()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@dataclass(frozen=True, slots=True)
class AsideGrader:
    """A grader that works in the thread; verdicts are heard where it was asked."""

    grader: Grader
    aside: Aside

    @property
    def info(self) -> GraderInfo:
        """See `Grader`."""
        return self.grader.info

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """See `Grader`."""
        here = asyncio.get_running_loop()

        def hear(result: KeyPointResult) -> None:
            assert on_verdict is not None
            here.call_soon_threadsafe(on_verdict, result)

        listener = hear if on_verdict is not None else None
        return await self.aside.run(self.grader.assess(question, answer, listener))


@dataclass(frozen=True, slots=True)
class AsideAppeals:
    """A judge of appeals that works in the thread."""

    appeals: Appeals
    aside: Aside

    async def hear(
        self, question: Question, point: KeyPoint, answer: str, argument: str
    ) -> "Heard":
        """See `Appeals`."""
        return await self.aside.run(self.appeals.hear(question, point, answer, argument))
