"""Charts of a line or less, for terminals."""

from collections.abc import Sequence

from rich.cells import cell_len

from app.cli.screen.palette import Look
from app.cli.screen.wrap import shorten

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-:=+*#"


def sparkline(values: Sequence[float], look: Look, *, top: float = 10.0, room: int = 40) -> str:
    """One character a value from 0 to `top`, oldest first; the newest `room` of them."""
    steps = _BLOCKS if look.signs.circled else _ASCII
    last = len(steps) - 1
    return "".join(steps[min(max(round(value / top * last), 0), last)] for value in values[-room:])


def padded(text: str, cells: int) -> str:
    """The text at just this width: cut, or filled with spaces; Chinese counts two cells."""
    cut = shorten(text, cells)
    return cut + " " * (cells - cell_len(cut))
