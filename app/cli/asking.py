"""A yes or a no before an interview, where its answer box is not open yet."""

from collections.abc import Iterable

from rich.text import Text

from app.cli.commands import is_yes
from app.cli.screen.box import PROMPT
from app.cli.screen.menu import menu, not_offered
from app.cli.screen.palette import QUIET, Look
from app.cli.screen.stage import plain_console, show


def asked_yes(items: Iterable[str], look: Look, *, enter: bool = True) -> bool:
    """Show what the keys mean, and ask until it is a yes or a no. The end of input is a no.

    `enter` is what Enter alone means.
    """
    console, offered = plain_console(), menu(items, look)
    show(console, [Text(offered, style=QUIET)])
    while True:
        try:
            reply = input(PROMPT)
        except EOFError:
            return False
        agreed = is_yes(reply) if reply.strip() else enter
        if agreed is not None:
            return agreed
        show(console, [Text(f"{not_offered(reply, look)}\n{offered}", style=QUIET)])
