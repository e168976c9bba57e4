"""What is offered in a line below the screen, and what is said of a reply that was not offered."""

from collections.abc import Iterable

from app.cli.screen.palette import Look
from app.cli.screen.plain import one_line
from app.cli.screen.wrap import flow, line_spans, shorten

LONGEST_NAMED = 24
"""Cells of a reply that are named back."""


def menu(items: Iterable[str], look: Look, complaint: str = "") -> str:
    """The items side by side; above them what was wrong with the reply before."""
    offered = flow(items, look.width - 1)
    return f"{wrapped(complaint, look)}\n{offered}" if complaint else offered


def not_offered(reply: str, look: Look) -> str:
    """What to say of a reply that is none of the choices."""
    named = shorten(one_line(reply), LONGEST_NAMED)
    return look.say("“{reply}” is not one of the choices.").format(reply=named)


def ending(look: Look) -> str:
    """What the first Ctrl-D says where there is nothing to send."""
    return look.say(
        "Ctrl-D once more ends the interview. To go on with it later, leave with Ctrl-C."
    )


def wrapped(text: str, look: Look) -> str:
    """A text broken to the width of a screen that a cursor needs a cell of."""
    spans = line_spans(text, look.width - 1)
    return "\n".join(text[start:end] for start, end in spans)
