"""How far a measurement is, with rate and time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


@contextmanager
def progress(label: str, total: int, then: str = "") -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on standard error, where that is a terminal.

    `then` names what follows when all is done and the bar still stands.
    """
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=total)

        def advance(done: int) -> None:
            bar.update(task, completed=done, description=then if then and done >= total else label)

        yield advance


class RateColumn(ProgressColumn):
    """Cases a second."""

    def render(self, task: Task) -> Text:
        """The rate so far, or a dash at the start."""
        return Text("–/s" if task.speed is None else f"{task.speed:.1f}/s")
