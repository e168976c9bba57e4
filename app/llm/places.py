"""How many calls may be under way at once, over all event loops and threads of a process."""

import asyncio
import threading
from collections import deque
from contextlib import suppress
from typing import Self


class Places:
    """A semaphore that several event loops share, each in a thread of its own; first come first."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._lock = threading.Lock()

    async def __aenter__(self) -> Self:
        with self._lock:
            if self._free:
                self._free -= 1
                return self
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not self._withdrawn(waiter):
                self._leave()  # the place came too late
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _withdrawn(self, waiter: "asyncio.Future[None]") -> bool:
        with self._lock, suppress(ValueError):
            self._waiting.remove(waiter)
            return True
        return False

    def _leave(self) -> None:
        """Hand the place on to whoever waits longest, in the loop that it waits in."""
        with self._lock:
            while self._waiting:
                waiter = self._waiting.popleft()
                with suppress(RuntimeError):  # its loop is closed, and nobody waits there
                    waiter.get_loop().call_soon_threadsafe(_give, waiter)
                    return
            self._free += 1


def _give(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
