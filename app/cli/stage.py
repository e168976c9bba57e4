"""The terminal that an interview is held on: what shows, and where the person types."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

T = TypeVar("T")
OnProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Console, language and event loop of one interview; `open_box` makes the answer box."""

    console: Console
    say: Translate
    runner: asyncio.Runner
    open_box: Callable[[], Box]

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
        """Run a coroutine to its end on the interview's event loop."""
        return self.runner.run(work)

    @contextmanager
    def busy(self, text: str) -> Iterator[OnProgress]:
        """Show that work is under way; the callable yielded replaces the text."""
        if not self.look.attributes:
            self.tell(text)
            self.blank()
            yield lambda _: None
            return
        spinner = Spinner("dots", Text(text, style=QUIET))
        with Live(
            spinner,
            console=self.console,
            transient=True,
            refresh_per_second=FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield lambda progress: spinner.update(text=Text(progress, style=QUIET))


def plain_console() -> Console:
    """Standard output, where text is text: no markup, no emoji codes, no guessed colours."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False)


def show(console: Console, lines: Iterable[Text]) -> None:
    """Print lines that already fit the width of the console, without wrapping them again."""
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
