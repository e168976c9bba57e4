"""One look a moment at all watched sessions, for what was stored elsewhere.

Another worker, the terminal or an import may add to a session at any time. Whatever this process
stores itself is told to the board at once.
"""

import asyncio
import logging

from app.errors import StoreError
from app.store.base import Store
from app.web.live.board import Board

LOOK_SECONDS = 0.25
TROUBLED_SECONDS = 5.0
"""Between looks while the database does not answer."""

_log = logging.getLogger(__name__)


class Lookout:
    """Looks as long as `run` runs; one query a look, and none while nobody watches."""

    def __init__(self, store: Store, board: Board, *, seconds: float = LOOK_SECONDS) -> None:
        self._store = store
        self._board = board
        self._seconds = seconds

    async def run(self) -> None:
        """Look on and on, until cancelled."""
        while True:
            await self._board.somebody()
            try:
                await self.look()
                pause = self._seconds
            except StoreError as error:
                _log.warning("Watching sessions: %s", error)
                pause = TROUBLED_SECONDS
            await asyncio.sleep(pause)

    async def look(self) -> None:
        """Wake whoever has not seen the newest event of a session, or whose session is gone."""
        watched = self._board.watched
        newest = await self._store.last_seqs(watched)
        for session_id in watched:
            self._board.wake(session_id, newest.get(session_id))
