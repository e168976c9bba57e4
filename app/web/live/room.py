"""What one server process has for interviews while they go on."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from app.bank.shelf import Shelf
from app.domain.question import Question
from app.errors import MockintError
from app.grading.grader import Grader
from app.grading.rubric.prompting import Prompts
from app.interview.panel import Panel, Voice
from app.settings import Settings
from app.store.base import Archive, Store
from app.web.live.allowance import Allowance
from app.web.live.aside import Aside
from app.web.live.board import Board
from app.web.live.desk import Desk
from app.web.live.lookout import Lookout
from app.web.live.scribe import Scribe
from app.wiring.services import Services

PLACES_WITHOUT_MODEL = 2
"""Answers graded at a time by similarity, which computes and waits for nobody."""

_log = logging.getLogger(__name__)


@dataclass
class Room:
    """Desk and board, the banks in force, and who judges. `answer_limit` is in characters.

    `panel` judges on the spot, the allowance's in a thread of its own.
    """

    desk: Desk
    board: Board
    shelf: Shelf
    panel: Panel
    answer_limit: int
    allowance: Allowance | None = None
    scribe: Scribe = field(default_factory=lambda: Scribe(None, Prompts()))
    _pondered: Counter[str] = field(default_factory=Counter)

    @property
    def grader(self) -> Grader:
        """The grader to ask from a request, which goes on meanwhile for others."""
        return (self.allowance or self).panel.grader

    async def voice_for(self, archive: Archive) -> Voice | None:
        """Whoever words follow-ups for the owner of this archive now."""
        panel = self.panel if self.allowance is None else await self.allowance.panel_of(archive)
        return panel.voice

    @contextmanager
    def pondering(self, session_id: str) -> Iterator[None]:
        """While this lasts, the interviewer of a session thinks about whether to ask on."""
        self._pondered[session_id] += 1
        try:
            yield
        finally:
            self._pondered[session_id] -= 1
            if not self._pondered[session_id]:
                del self._pondered[session_id]

    def ponders(self, session_id: str) -> bool:
        """Whether the interviewer of a session thinks about that in this process."""
        return session_id in self._pondered

    def find(self, question_id: str) -> Question:
        """The question with this id. Raises QuestionNotFound."""
        return self.shelf.question(question_id)

    def use(self, shelf: Shelf) -> None:
        """Take the banks that are in force now."""
        self.shelf = shelf


@asynccontextmanager
async def open_room(settings: Settings, services: Services, store: Store) -> AsyncIterator[Room]:
    """The room of this process; open gradings are taken up, and given back at the end."""
    board = Board()
    places = settings.llm_concurrency if settings.llm_model else PLACES_WITHOUT_MODEL
    per_day = settings.llm_daily_tokens if settings.llm_model else 0
    async with _thread_for(services) as aside:
        allowance = Allowance(aside.panel(services.panel), aside.panel(services.spent), per_day)
        desk = Desk(
            store,
            allowance.panel,
            board,
            places=places,
            is_alone=settings.workers == 1,
            allowance=allowance,
        )
        prompts = Prompts(max_tokens=settings.llm_max_tokens)
        scribe = Scribe(services.chat, prompts, per_day)
        tasks = [
            asyncio.create_task(desk.run(), name="desk"),
            asyncio.create_task(Lookout(store, board).run(), name="lookout"),
            asyncio.create_task(asyncio.to_thread(services.warm_up), name="warm-up"),
        ]
        for task in tasks:
            task.add_done_callback(_report)
        try:
            shelf, limit = services.shelf, settings.answer_limit
            yield Room(desk, board, shelf, services.panel, limit, allowance, scribe)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await scribe.close()
            await desk.close()


@asynccontextmanager
async def _thread_for(services: Services) -> AsyncIterator[Aside]:
    """Where gradings compute; the connections that they left open there are closed at the end."""
    async with Aside() as aside:
        try:
            yield aside
        finally:
            if services.chat is not None:
                await aside.run(services.chat.aclose())


def _report(task: "asyncio.Task[None]") -> None:
    error = None if task.cancelled() else task.exception()
    if isinstance(error, MockintError):
        _log.warning("The %s of this process: %s", task.get_name(), error)
    elif error is not None:
        _log.error("The %s of this process stopped", task.get_name(), exc_info=error)
