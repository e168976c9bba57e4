"""What one server process has for interviews while they go on."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.bank.shelf import Shelf
from app.domain.question import Question
from app.interview.panel import Panel
from app.settings import Settings
from app.store.base import Store
from app.web.live.board import Board
from app.web.live.desk import Desk
from app.web.live.lookout import Lookout
from app.wiring.services import Services

PLACES_WITHOUT_MODEL = 2
"""Answers graded at a time by similarity, which computes and waits for nobody."""

_log = logging.getLogger(__name__)


@dataclass
class Room:
    """Desk and board, the banks in force, and who judges. `answer_limit` is in characters."""

    desk: Desk
    board: Board
    shelf: Shelf
    panel: Panel
    answer_limit: int

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
    desk = Desk(store, services.panel, board, places=places, is_alone=settings.workers == 1)
    tasks = [
        asyncio.create_task(desk.run(), name="desk"),
        asyncio.create_task(Lookout(store, board).run(), name="lookout"),
    ]
    for task in tasks:
        task.add_done_callback(_report)
    try:
        yield Room(desk, board, services.shelf, services.panel, settings.answer_limit)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await desk.close()


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("The %s of this process stopped", task.get_name(), exc_info=error)
