"""A long answer cut to the passages that count."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from app.cli.screen.highlight import Mark, highlighted
from app.cli.screen.palette import QUIET, Look
from app.cli.screen.wrap import hang

WHOLE = 600
"""Characters up to which an answer is shown whole: at 80 columns some 15 lines of Chinese."""

AROUND = 50
"""Characters before and after a quote that may be shown with it, to the next break of a clause."""

LONGEST_QUOTE = 240
"""Of a longer quote its first and last characters are shown, half as many each."""

BEGINNING = 160
"""Characters that are shown of an answer without any quote."""

_BREAK = re.compile(r"[，。！？；、：\n]|[,.!?;:](?=\s)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of the answer that is shown."""

    start: int
    end: int


def passages_of(answer: str, marks: Sequence[Mark]) -> list[Passage]:
    """What is shown of an answer, in order and apart; all of a short one.

    A gap that is no longer than the line that would tell of it is not left out.
    """
    if len(answer) <= WHOLE:
        return [Passage(0, len(answer))]
    spans = [span for mark in marks for span in _spans(mark)]
    found = sorted(
        (_widened(answer, start, end) for start, end in spans), key=lambda one: one.start
    )
    passages: list[Passage] = []
    for one in found or [_widened(answer, 0, BEGINNING)]:
        if passages and one.start - passages[-1].end <= AROUND:
            passages[-1] = replace(passages[-1], end=max(passages[-1].end, one.end))
        else:
            passages.append(one)
    return passages


def answer_lines(answer: str, marks: Sequence[Mark], look: Look, margin: str) -> Iterator[Text]:
    """The answer with its quotes marked; where it is cut, how many characters are left out."""
    end = 0
    for passage in passages_of(answer, marks):
        yield from _left_out(passage.start - end, look, margin)
        end = passage.end
        piece = answer[passage.start : end]
        inside = list(_within(marks, passage))
        yield from hang(highlighted(piece, inside, look), look.width, margin)
    yield from _left_out(len(answer) - end, look, margin)


def _left_out(count: int, look: Look, margin: str) -> Iterator[Text]:
    if count:
        text = look.say("… {count} characters left out …").format(count=count)
        yield from hang(Text(text, style=QUIET), look.width, margin)


def _spans(mark: Mark) -> Iterator[tuple[int, int]]:
    if mark.end - mark.start <= LONGEST_QUOTE:
        yield mark.start, mark.end
        return
    half = LONGEST_QUOTE // 2
    yield mark.start, mark.start + half
    yield mark.end - half, mark.end


def _widened(answer: str, start: int, end: int) -> Passage:
    """From the first break of a clause shortly before to the last one shortly after."""
    before = answer[max(start - AROUND, 0) : start]
    opening = 0 if len(before) == start else None
    if opening is None:
        found = _BREAK.search(before)
        opening = start - len(before) + found.end() if found else start
    after = answer[end : end + AROUND]
    breaks = [found.end() for found in _BREAK.finditer(after)]
    closing = len(answer) if end + len(after) == len(answer) else end + max(breaks, default=0)
    while opening < start and answer[opening].isspace():
        opening += 1
    return Passage(opening, closing)


def _within(marks: Sequence[Mark], passage: Passage) -> Iterator[Mark]:
    for mark in marks:
        start, end = max(mark.start, passage.start), min(mark.end, passage.end)
        if start < end:
            yield replace(mark, start=start - passage.start, end=end - passage.start)
