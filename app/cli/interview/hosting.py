"""The session behind the screen, opened while the person reads and types."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from app.cli.screen.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.events import LOCAL_OWNER
from app.errors import MockintError, StoreError
from app.interview.host import Host
from app.settings import Settings
from app.store.base import Repository, Store
from app.wiring.stores import import_store, open_store

MakeHost = Callable[[Repository], Coroutine[Any, Any, Host]]


class Hosting:
    """Opens the store on the interview's event loop and makes the host; closes both.

    Nothing is stored, and nothing can have been sent, until that is done: whoever is killed
    before loses no more than the choice of questions.
    """

    def __init__(self, settings: Settings, stage: Stage, make: MakeHost) -> None:
        self._settings = settings
        self._stage = stage
        self._runner = stage.runner
        self._make = make
        self._imported = WarmUp(import_store)
        self._store: Store | None = None
        self._task: asyncio.Task[Host] | None = None
        self._jobs: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, unless it has begun already."""
        if self._task is None:
            self._imported.start()
            self._task = self._runner.get_loop().create_task(self._open())

    def host(self) -> Host:
        """The host; waits for it, and raises the StoreError that kept it from being made."""
        self.start()
        return self._stage.wait(self._wait())

    @property
    def ready(self) -> bool:
        """Whether `host` will return or raise at once."""
        return self._task is not None and self._task.done()

    @property
    def made(self) -> Host | None:
        """The host if it was made by now."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return None if self._task.exception() else self._task.result()

    def in_background(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something while the person goes on; what fails is left for somebody else to do."""

        async def quietly() -> None:
            with contextlib.suppress(MockintError):
                await work

        self._jobs.append(self._runner.get_loop().create_task(quietly()))

    def close(self) -> None:
        """Stop opening and working in the background, and close what was opened."""
        self._runner.run(self._close())

    async def _open(self) -> Host:
        await asyncio.wrap_future(self._imported.future)
        self._store = await open_store(self._settings)
        return await self._make(self._store.of(LOCAL_OWNER))

    async def _wait(self) -> Host:
        assert self._task is not None
        return await asyncio.shield(self._task)

    async def _close(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, StoreError):
                await self._task
        if self._store is not None:
            await self._store.close()
