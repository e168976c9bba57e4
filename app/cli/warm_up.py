"""Opening what is slow to open while the person types."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TextIO, TypeVar

THREAD_NAME = "warm-up"

T = TypeVar("T")


class WarmUp(Generic[T]):
    """Calls `opener` once in a thread of its own."""

    def __init__(self, opener: Callable[[], T]) -> None:
        self._opener = opener
        self._future: Future[T] | None = None

    def start(self) -> None:
        """Begin, unless it has begun already."""
        if self._future is None:
            pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=THREAD_NAME)
            self._future = pool.submit(self._opener)
            pool.shutdown(wait=False)

    @property
    def ready(self) -> bool:
        """Whether `result` will return or raise at once."""
        return self._future is not None and self._future.done()

    def result(self) -> T:
        """What `opener` returned; waits for it, and raises what it raised."""
        self.start()
        assert self._future is not None
        return self._future.result()

    @property
    def future(self) -> Future[T]:
        """What will hold the result; begins if need be."""
        self.start()
        assert self._future is not None
        return self._future


def still_warming_up() -> bool:
    """Whether a warm-up is under way somewhere in this process."""
    return any(thread.name.startswith(THREAD_NAME) for thread in threading.enumerate())


class _MainThreadOnly:
    """A text stream that drops what other threads write, so that nothing garbles the prompt."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if threading.current_thread() is threading.main_thread():
            return self._stream.write(text)
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def quiet_threads() -> Iterator[None]:
    """While this lasts, only the main thread reaches stdout and stderr."""
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _MainThreadOnly(stdout), _MainThreadOnly(stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = stdout, stderr
