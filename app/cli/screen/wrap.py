"""Breaking lines where Chinese and English readers expect it.

Latin words stay whole, Chinese may break between any two characters, and closing punctuation
never starts a line nor opening punctuation ends one. Widths are terminal cells.
"""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

CLOSERS = frozenset("，。、；：？！）】」』》〉”’…—％,.;:?!)]}%")
OPENERS = frozenset("（【「『《〈“‘([{")


def line_spans(text: str, width: int, first_width: int | None = None) -> list[tuple[int, int]]:
    """Where each line of one paragraph starts and ends, at most `width` cells wide each.

    `text` holds no line feed. `first_width` is the room on the first line. White space at a
    break belongs to no line. At least one span comes back, be it empty.
    """
    lines: list[tuple[int, int]] = []
    room = width if first_width is None else first_width
    start = end = used = 0
    for unit_start, unit_end in _units(text, width):
        piece = text[unit_start:unit_end]
        size = cell_len(piece.rstrip())
        if used + size > room:
            if end > start:
                lines.append((start, end))
                room = width
            start, used = unit_start, 0
        end = unit_start + len(piece.rstrip())
        used += cell_len(piece)
    lines.append((start, end))
    return lines


def hang(text: Text, width: int, lead: Text | str = "", indent: int | None = None) -> list[Text]:
    """`text` as lines that fit `width`: `lead` before the first, `indent` spaces before the rest.

    Without `indent`, later lines align with the end of `lead`. Line feeds in `text` start new
    lines.
    """
    head = lead if isinstance(lead, Text) else Text(lead)
    margin = head.cell_len if indent is None else indent
    lines: list[Text] = []
    for paragraph in text.split("\n", allow_blank=True) or [Text()]:
        room = max(width - margin, 2)
        first = max(width - head.cell_len, 2) if not lines else room
        for start, end in line_spans(paragraph.plain, room, first):
            before = head if not lines else Text(" " * margin)
            lines.append(before + paragraph[start:end] if end > start else before.copy())
    for line in lines:
        line.rstrip()
    return lines


def _units(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Spans that must not be broken, each with the white space that follows it."""
    start = 0
    for position in range(1, len(text)):
        too_wide = cell_len(text[start : position + 1].rstrip()) > width
        if too_wide or _may_break(text[position - 1], text[position]):
            yield start, position
            start = position
    if text:
        yield start, len(text)


def _may_break(before: str, after: str) -> bool:
    if after.isspace():
        return False
    if before.isspace():
        return True
    if after in CLOSERS or before in OPENERS or cell_len(after) == 0:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(sign: str) -> bool:
    return cell_len(sign) == 2


def flow(items: Iterable[str], width: int, separator: str = "  ") -> str:
    """Items side by side with `separator`, on as many lines as `width` asks for, none broken."""
    lines: list[str] = []
    for item in items:
        longer = f"{lines[-1]}{separator}{item}" if lines else item
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(item)
    return "\n".join(lines)


def shorten(text: str, width: int) -> str:
    """`text` cut to `width` cells, the last of them an ellipsis where something was cut."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for sign in text:
        if cell_len(kept + sign) > width - 1:
            break
        kept += sign
    return kept.rstrip() + "…"
