"""The banks of a server process, which takes up what changes in their files while it runs.

Every process looks at the files itself when a request needs the banks, so that all workers soon
know what one of them wrote, and what somebody edited by hand.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace

from app.bank.living_shelf import LivingShelf
from app.bank.shelf import Shelf
from app.errors import MockintError
from app.settings import Settings
from app.wiring.banks import living_banks
from app.wiring.services import Services, build

PATIENCE = 2.0
"""Seconds that a request waits for changed banks; a large one goes on being read behind it."""

RETRY_SECONDS = 30.0
"""After what failed, as when another process has the index, it is tried again so much later."""

logger = logging.getLogger("mockint.web")


class StandingBanks:
    """Services whose shelf follows the files. Belongs to one event loop."""

    def __init__(self, living: LivingShelf, services: Services) -> None:
        self._living = living
        self._services = services
        self._taking_up: asyncio.Task[None] | None = None
        self._begun = 0.0
        self._retry_at = math.inf
        self._watchers: list[Callable[[Shelf], None]] = []

    @property
    def services(self) -> Services:
        """Index, embedder, grader and the banks as they were last found."""
        return self._services

    def watch(self, tell: Callable[[Shelf], None]) -> None:
        """Have `tell` called with the banks whenever they have changed."""
        self._watchers.append(tell)

    async def current(self) -> Services:
        """The services with the banks as the files hold them now.

        Where reading them takes longer than PATIENCE, the banks before are in force until it is
        done. Whatever goes wrong leaves those in force too.
        """
        task = self._begin()
        if task is not None:
            left = self._begun + PATIENCE - time.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(task), max(left, 0.0))
        return self._services

    async def renewed(self) -> Services:
        """The services after a change that this process has just written, however long it takes."""
        for _ in range(2):  # the first may have begun before the change
            if task := self._begin():
                await asyncio.shield(task)
        return self._services

    async def close(self) -> None:
        """Wait for what is being read, and let go of the model and the index."""
        if self._taking_up is not None:
            await self._taking_up
        if self._services.chat is not None:
            await self._services.chat.aclose()
        await asyncio.to_thread(self._services.close)

    def _begin(self) -> asyncio.Task[None] | None:
        """The work under way, begun where there is some; None where there is none."""
        now = time.monotonic()
        if self._taking_up is None and (now >= self._retry_at or self._is_changed()):
            self._begun, self._retry_at = now, math.inf
            self._taking_up = asyncio.create_task(self._take_up())
        return self._taking_up

    def _is_changed(self) -> bool:
        try:
            return self._living.has_changed
        except MockintError as error:
            logger.warning("%s", error)
            return False

    async def _take_up(self) -> None:
        try:
            shelf = await asyncio.to_thread(self._living.read)
            await asyncio.to_thread(self._index, shelf)
        except MockintError as error:
            logger.warning("%s", error)
            self._retry_at = time.monotonic() + RETRY_SECONDS
        else:
            self._services = replace(self._services, shelf=shelf)
            for tell in self._watchers:
                tell(shelf)
        finally:
            self._taking_up = None

    def _index(self, shelf: Shelf) -> None:
        known = {bank.id: bank for bank in self._services.shelf.banks}
        for bank in shelf.banks:
            if known.pop(bank.id, None) is not bank:
                self._services.index.sync(bank)
        for gone in known:
            self._services.index.forget(gone)
        self._services.similarity.forget_banks()


def open_banks(settings: Settings) -> StandingBanks:
    """Everything that grading needs. Raises a MockintError that names what cannot be opened."""
    living = living_banks(settings)
    return StandingBanks(living, build(settings, living.read()))
