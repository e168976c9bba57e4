"""The terminal that an interview is held on: what shows, and where the person types."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from app.cli.screen.box import Box
from app.cli.screen.palette import QUIET, Look, look_of
from app.cli.screen.wrap import hang
from app.language.messages import Translate

FRAMES_PER_SECOND = 12.5
UNTOLD, UNEXPLAINED = 0.3, 2.0
"""Seconds that the database may take before the wait is shown, and before its cause is named."""

T = TypeVar("T")
OnProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Console, language and event loop of one interview; `open_box` makes the answer box."""

    console: Console
    say: Translate
    runner: asyncio.Runner
    open_box: Callable[[], Box]
    under_way: list[str] = field(default_factory=list)

    @property
    def look(self) -> Look:
        """What the terminal can show now; its width may change at any time."""
        return look_of(self.console, self.say)

    def show(self, lines: Iterable[Text]) -> None:
        """Print lines that already fit the width."""
        show(self.console, lines)

    def blank(self) -> None:
        """Print an empty line."""
        self.console.print()

    def tell(self, text: str) -> None:
        """Print a quiet remark."""
        self.show(hang(Text(text, style=QUIET), self.look.width))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work on the store to its end on the interview's event loop.

        Where it takes long, what is waited for is shown.
        """
        return self.runner.run(self._told(work))

    async def _told(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        try:
            if await _done(task, UNTOLD):
                return task.result()
            with self._waiting() as explain:
                if not await _done(task, UNEXPLAINED - UNTOLD):
                    explain()
                return await task
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise

    @contextmanager
    def _waiting(self) -> Iterator[Callable[[], None]]:
        """Show that the database is waited for; the callable yielded says what may hold it."""
        waiting = self.look.say("Waiting for the database…")
        held = self.look.say("Waiting for the database; another program may be using it…")
        if self.under_way:  # what is shown already includes this wait
            yield lambda: None
        elif self.look.attributes:
            with self.busy(waiting) as progress:
                yield lambda: progress(held)
        else:
            yield lambda: self.tell(held)

    @contextmanager
    def busy(self, text: str) -> Iterator[OnProgress]:
        """Show that work is under way; the callable yielded replaces the text."""
        self.under_way.append(text)
        try:
            with self._spinner(text) if self.look.attributes else self._told_once(text) as progress:
                yield progress
        finally:
            self.under_way.pop()

    @contextmanager
    def _told_once(self, text: str) -> Iterator[OnProgress]:
        self.tell(text)
        self.blank()
        yield lambda _: None

    @contextmanager
    def _spinner(self, text: str) -> Iterator[OnProgress]:
        spinner = Spinner("dots", Text(text, style=QUIET))
        live = Live(
            spinner,
            console=self.console,
            transient=True,
            refresh_per_second=FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with live:
            yield lambda progress: spinner.update(text=Text(progress, style=QUIET))


async def _done(task: "asyncio.Task[Any]", seconds: float) -> bool:
    """Whether a task ends within so many seconds; what it raises stays in it."""
    return bool((await asyncio.wait({task}, timeout=seconds))[0])


def plain_console() -> Console:
    """Standard output, where text is text: no markup, no emoji codes, no guessed colours."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False)


def show(console: Console, lines: Iterable[Text]) -> None:
    """Print lines that already fit the width of the console, without wrapping them again."""
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
