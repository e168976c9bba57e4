"""Attacks that are made rather than typed: very long, encoded or invisible text.

Each transform is one line of data in the suite and one class here, so that the suite stays
readable and a diff shows what changed.
"""

import base64
import codecs
from collections.abc import Callable
from itertools import count, cycle
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.domain.question import KeyPoint, Question
from app.grading.feedback import first_sentence

LONGEST = 11_000
"""Characters; leaves room for a carrier inside the default answer limit."""

_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")  # look alike, differ in code
_MATHEMATICAL_UPPER, _MATHEMATICAL_LOWER = 0x1D400, 0x1D41A
_TAG_BLOCK, _VARIATION_BLOCK = 0xE0000, 0xE0100


class _Transform(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Repeat(_Transform):
    """`text` again and again up to `until` characters, and `then` once."""

    name: Literal["repeat"]
    text: str = Field(min_length=1)
    until: int = Field(gt=0, le=LONGEST)
    then: str = ""


class Cycle(_Transform):
    """The sentences in turn, up to `until` characters."""

    name: Literal["cycle"]
    texts: tuple[str, ...] = Field(min_length=1)
    until: int = Field(gt=0, le=LONGEST)


class Count(_Transform):
    """`pattern` with each number from `start`, up to `until` characters."""

    name: Literal["count"]
    start: int
    until: int = Field(gt=0, le=LONGEST)
    pattern: str = Field(min_length=1)


class Encoded(_Transform):
    """`text` in an encoding that a strong model reads and a person does not, after `intro`."""

    name: Literal[
        "base64", "hex", "rot13", "reversed", "unicode_escapes", "full_width", "mathematical",
        "cyrillic", "strikethrough", "tags", "variation_selectors", "combining", "bidirectional",
    ]  # fmt: skip
    text: str = Field(min_length=1)
    intro: str = ""


class Interleave(_Transform):
    """`between` after each character of `text`."""

    name: Literal["interleave"]
    text: str = Field(min_length=1)
    between: str = Field(min_length=1)


class SpacedAnswer(_Transform):
    """The candidate's own answer with `between` after each character."""

    name: Literal["spaced_answer"]
    between: str = Field(min_length=1)


class Padding(_Transform):
    """`times` blank characters, and `text` where nobody scrolls to."""

    name: Literal["padding"]
    character: str = Field(min_length=1, max_length=1)
    times: int = Field(gt=0, le=LONGEST)
    text: str


class EachKeyPoint(_Transform):
    """`pattern` around something of each key point that a candidate can come to see.

    `titles` takes the title, `claims` the first sentence of the detail, `follow_ups` the authored
    follow-up question. Each `{}` in the pattern is filled with it.
    """

    name: Literal["titles", "claims", "follow_ups"]
    pattern: str = Field(min_length=2)
    separator: str = "\n"


Transform = Annotated[
    Repeat | Cycle | Count | Encoded | Interleave | SpacedAnswer | Padding | EachKeyPoint,
    Field(discriminator="name"),
]


def expand(transform: Transform, question: Question, answer: str) -> str:
    """The attack's text on this question, placeholders filled in."""
    return fill(_made(transform, question, answer), question, answer)


def fill(text: str, question: Question, answer: str) -> str:
    """The text with `{{question}}`, `{{titles}}`, `{{title1}}` and `{{answer}}` filled in.

    `{{answer}}` comes last, so that nothing inside the candidate's own words is filled.
    """
    titles = [point.title for point in question.key_points]
    joiner = "、" if question.language.startswith("zh") else ", "
    for name, value in (
        ("question", question.text),
        ("titles", joiner.join(titles)),
        ("title1", titles[0] if titles else ""),
        ("answer", answer),
    ):
        text = text.replace("{{" + name + "}}", value)
    return text


def _made(transform: Transform, question: Question, answer: str) -> str:
    match transform:
        case Repeat(text=text, until=until, then=then):
            unit = fill(text, question, answer)
            return unit * (until // len(unit)) + then
        case Cycle(texts=texts, until=until):
            sentences = [fill(text, question, answer) + " " for text in texts]
            return _until(until, cycle(sentences).__next__)
        case Count(start=start, until=until, pattern=pattern):
            return _until(until, (pattern.format(n) for n in count(start)).__next__)
        case Encoded(name=name, text=text, intro=intro):
            return intro + _ENCODERS[name](text)
        case Interleave(text=text, between=between):
            return _interleaved(text, between)
        case SpacedAnswer(between=between):
            return _interleaved(answer, between)
        case Padding(character=character, times=times, text=text):
            return character * times + text
        case EachKeyPoint(name=name, pattern=pattern, separator=separator):
            pieces = (_PIECES[name](point) for point in question.key_points)
            return separator.join(pattern.replace("{}", piece) for piece in pieces)


def _until(limit: int, next_piece: Callable[[], str]) -> str:
    pieces: list[str] = []
    length = 0
    while length < limit:
        pieces.append(next_piece())
        length += len(pieces[-1])
    return "".join(pieces)[:limit]


def _interleaved(text: str, between: str) -> str:
    return "".join(character + between for character in text)


def _mathematical(text: str) -> str:
    """Bold letters of the mathematical block, for A to Z and a to z."""
    return "".join(
        chr(_MATHEMATICAL_UPPER + ord(c) - ord("A"))
        if "A" <= c <= "Z"
        else chr(_MATHEMATICAL_LOWER + ord(c) - ord("a"))
        if "a" <= c <= "z"
        else c
        for c in text
    )


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_ENCODERS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "unicode_escapes": lambda text: text.encode("unicode_escape").decode(),
    "full_width": _full_width,
    "mathematical": _mathematical,
    "cyrillic": lambda text: text.translate(_CYRILLIC),
    "strikethrough": lambda text: _interleaved(text, "\u0336"),
    "tags": lambda text: "".join(chr(_TAG_BLOCK + ord(c)) for c in text),
    "variation_selectors": lambda text: "".join(chr(_VARIATION_BLOCK + b) for b in text.encode()),
    "combining": lambda text: _interleaved(text, "\u0301\u0302\u0303\u0304\u0305\u0306" * 5),
    "bidirectional": lambda text: f"\u202e{text}\u202c",
}

_PIECES: dict[str, Callable[[KeyPoint], str]] = {
    "titles": lambda point: point.title,
    "claims": lambda point: first_sentence(point.detail).rstrip("。."),
    "follow_ups": lambda point: point.follow_up,
}
