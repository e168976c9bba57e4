"""Cutting an answer into clauses, pieces small enough to hold one claim.

Clauses end at punctuation and line breaks, in Chinese and in English; at spaces between Chinese
characters, as speech recognition leaves them; and, where a speaker gave neither, before words
that open a new thought or at a bounded length. All steps are linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

SHORTEST = 4
"""In units of `text_units`; a shorter piece joins its neighbour, as it holds no claim alone."""

LONGEST = 40
"""In units of `text_units`; a longer piece is cut further."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_LETTERS = rf"(?:(?![{_HAN}])[^\W_]){{1,24}}"
_WORD = re.compile(rf"{_LETTERS}(?:['’.-]{_LETTERS})?")
_UNIT = re.compile(f"(?P<han>{_HAN_CHARACTER.pattern})|{_WORD.pattern}")

_ABBREVIATIONS = (
    "e.g", "i.e", "etc", "vs", "cf", "approx", "resp", "dr", "mr", "mrs", "ms", "prof", "no",
    "fig", "eq", "sec", "st", "al", "inc", "ltd", "dept", "max", "min", "avg",
)  # fmt: skip

_CLOSERS = "”’\"'）)】》」』\\]"

_BOUNDARY = re.compile(
    rf"""
    (?P<line>\n\s*)
    | (?P<stop>[。！？；…]+[{_CLOSERS}]*|[!?;]+[{_CLOSERS}]*(?=[\s{_HAN}]|$))
    | (?P<dot>\.+(?=[\s{_CLOSERS}]|$|[{_HAN}]))
    | (?P<comma>，|,(?!\d))
    | (?P<colon>：|:(?=[\s{_HAN}]))
    | (?P<dash>[—–]+|\s-{{1,3}}\s)
    | (?P<item>[（(]?[\d一二三四五六七八九十]{{1,2}}[)）]|[①-⑳❶-❿])
    | (?P<gap>(?<=[{_HAN}])[^\S\n]+(?=[{_HAN}]))
    """,
    re.VERBOSE,
)

_FENCE = re.compile(r"^[ \t]*(```|~~~)", re.MULTILINE)

_LIST_MARK = re.compile(
    r"""\s*(?:[-*+•·●▪◦>#]{1,6}\s+|[（(]?\d{1,2}[)）、]\s*|\d{1,2}\.(?=\D)\s*"""
    r"""|[（(][一二三四五六七八九十]{1,2}[)）]\s*|[一二三四五六七八九十]{1,2}、\s*)"""
)

_NUMBERED = re.compile(r"(?:^|\n)[ \t]*\d{1,2}$")

_OPENERS = re.compile(
    "嗯|呃|那个|首先|其次|再次|然后|接着|另外|此外|还有就是|还有|最后|第[一二三四五六七八九十](?!次|代|天)|"
    "就是说|也就是说|比如说|比如|例如|所以|因此|但是|不过|而且|并且|同时|因为|如果|"
    r"\b(?:first|second|third|then|also|next|finally|besides|moreover|however|because|but|so|"
    r"for example|in addition|which means|and then)\b",
    re.IGNORECASE,
)

_FILLER = re.compile(
    r"(?:[嗯呃额啊哦诶唉]+|那个|这个(?:嘛)?|就是(?:说)?|怎么说呢|我想想|然后呢?|对吧?|是吧|"
    r"um+|uh+|er+|hmm+|well|you know|i mean|basically|actually|like|so|okay|right)",
    re.IGNORECASE,
)
"""What fills a pause between two marks: it holds no claim and parts none."""

_TRIM = " \t\r\n\f\v\u3000\u200b\ufeff，,、。.；;：:！!？?—–…·•*`~"
_TRIM_LEFT = _TRIM + ")）]】》」』”’>"
_TRIM_RIGHT = _TRIM + "(（[【《「『“‘<"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: `text[start:end]`, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words of the span."""
        return text[self.start : self.end]


def text_units(text: str) -> int:
    """Length in comparable units: a Chinese character counts 1, any other word or number 2."""
    return len(_HAN_CHARACTER.findall(text)) + 2 * len(_WORD.findall(text))


def split_clauses(text: str) -> tuple[Span, ...]:
    """The clauses of a text in order, without overlap, trimmed of punctuation and list marks.

    A text without a letter, digit or Chinese character has none.
    """
    pieces = [
        part
        for piece in _pieces(text)
        for part in (_shorten(text, piece) if piece.end - piece.start > LONGEST else (piece,))
    ]
    held = [piece for piece in pieces if piece.end > piece.start]
    telling = [piece for piece in held if not is_filler(piece.of(text))]
    return tuple(_merge_short(text, telling or held))


def is_filler(text: str) -> bool:
    """Whether the text only fills a pause."""
    return bool(_FILLER.fullmatch(text.strip(_TRIM)))


def windows(clauses: tuple[Span, ...], widest: int) -> tuple[tuple[int, int], ...]:
    """All runs of 1 to `widest` neighbouring clauses as (first, last + 1), narrow ones first."""
    return tuple(
        (first, first + width)
        for width in range(1, min(widest, len(clauses)) + 1)
        for first in range(len(clauses) - width + 1)
    )


def _pieces(text: str) -> Iterator[Span]:
    start = 0
    for cut_start, cut_end in _boundaries(text):
        yield _trim(text, start, cut_start)
        start = cut_end
    yield _trim(text, start, len(text))


def _boundaries(text: str) -> Iterator[tuple[int, int]]:
    fences = [match.start() for match in _FENCE.finditer(text)]
    inside = 0
    for match in _BOUNDARY.finditer(text):
        while inside < len(fences) and fences[inside] < match.end():
            inside += 1
        in_code = inside % 2 == 1
        if match["line"] or not (in_code or _is_no_end(text, match)):
            yield match.start(), match.end()


def _is_no_end(text: str, match: re.Match[str]) -> bool:
    if match["dot"] is None:
        return False
    if _NUMBERED.search(text[max(0, match.start() - 6) : match.start()]):
        return True  # the dot of a list mark, which trimming takes off
    before = text[max(0, match.start() - 8) : match.start()].lower()
    word = re.split(r"[^a-z.]", before)[-1]
    return match.end() < len(text) and (word in _ABBREVIATIONS or len(word) == 1)


def _trim(text: str, start: int, end: int) -> Span:
    """The span without list mark, spaces and punctuation at its ends; empty if none is left."""
    mark = _LIST_MARK.match(text, start, end)
    if mark and mark.end() < end:
        start = mark.end()
    while start < end and text[start] in _TRIM_LEFT:
        start += 1
    while end > start and text[end - 1] in _TRIM_RIGHT:
        end -= 1
    return Span(start, end) if _UNIT.search(text, start, end) else Span(start, start)


def _shorten(text: str, piece: Span) -> Iterator[Span]:
    """Cut a piece over the limit before words that open a thought, then at the limit itself."""
    if text_units(piece.of(text)) <= LONGEST:
        yield piece
        return
    cuts = [piece.start]
    cuts += [match.start() for match in _OPENERS.finditer(text, piece.start, piece.end)]
    cuts.append(piece.end)
    for start, end in pairwise(cuts):
        yield from _cut_by_length(text, start, end)


def _cut_by_length(text: str, start: int, end: int) -> Iterator[Span]:
    total = text_units(text[start:end])
    limit = total / -(-total // LONGEST) if total else 0.0  # equal shares, none over the limit
    units = 0
    for match in _UNIT.finditer(text, start, end):
        units += 1 if match["han"] else 2
        if units > limit and match.start() > start:
            yield _trim(text, start, match.start())
            start, units = match.start(), 1 if match["han"] else 2
    yield _trim(text, start, end)


def _merge_short(text: str, pieces: list[Span]) -> Iterator[Span]:
    """Join each piece under the limit with the next one, and a last one with the one before."""
    held: Span | None = None
    last: Span | None = None
    for piece in pieces:
        joined = Span(held.start, piece.end) if held else piece
        if text_units(joined.of(text)[: SHORTEST * 8]) < SHORTEST:
            held = joined
            continue
        if last:
            yield last
        last, held = joined, None
    if held:
        last = Span(last.start, held.end) if last else held
    if last:
        yield last
