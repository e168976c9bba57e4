"""The normal form of a bank's texts: what every reader returns and the writer keeps exactly.

One-line texts (titles, topics, tags, follow-ups) have each run of white space as one space.
Wordings are such texts too, and each semicolon ends one, since that is what separates them.
Longer texts lose the space at line ends, all but one of a run of blank lines, and the space
around them; the lines after a detail's first lose the indentation that they share, and the first
line of a question stands apart from the rest. Control characters are dropped, and half surrogates
become U+FFFD. A question that has a reference but no key points gets them from its sentences.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import replace

from app.bank.prose import key_points_of_prose
from app.domain.question import Bank, KeyPoint, Question

_UNUSUAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_SPACE_LIKE = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WORDING_END = re.compile(r"[;；]")
_BLANK_RUN = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """`text` without control characters, its line ends all `\\n`."""
    if not _UNUSUAL.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SPACE_LIKE.sub(" ", text)
    return _UNUSUAL.sub("", _SURROGATE.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Clean text on one line, single-spaced."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> str:
    """Clean text of any number of lines, without space at line ends and around it."""
    text = clean(text).strip()
    if "\n" not in text:
        return text
    return _BLANK_RUN.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n")))


def detail_text(text: str) -> str:
    """A key point's detail: `paragraphs` whose lines after the first are dedented together."""
    text = paragraphs(text)
    first, newline, rest = text.partition("\n")
    return first + newline + textwrap.dedent(rest) if newline else first


def question_text(text: str) -> str:
    """A question's text: one line, or one line, a blank one and `paragraphs`."""
    first, _, rest = paragraphs(text).partition("\n")
    rest = paragraphs(rest)
    return f"{one_line(first)}\n\n{rest}" if rest else one_line(first)


def tag_list(tags: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Tags in order, each once, without empty ones."""
    return tuple(dict.fromkeys(tag for tag in map(one_line, tags) if tag))


def wording_list(wordings: Iterable[str]) -> tuple[str, ...]:
    """Wordings in order, cut at semicolons, without empty ones."""
    pieces = (one_line(piece) for text in wordings for piece in _WORDING_END.split(text))
    return tuple(piece for piece in pieces if piece)


def normal_question(question: Question) -> Question:
    """The question in normal form; its key points are made from its reference if it has none."""
    reference = paragraphs(question.reference)
    points = tuple(_normal_key_point(point) for point in question.key_points)
    return replace(
        question,
        text=question_text(question.text),
        topic=one_line(question.topic),
        reference=reference,
        key_points=points or key_points_of_prose(reference),
        tags=tag_list(question.tags),
        variants=one_line(question.variants),
    )


def normal_bank(bank: Bank) -> Bank:
    """The bank in normal form, as `write_bank` writes it and every reader returns it."""
    return replace(
        bank,
        title=one_line(bank.title),
        licence=one_line(bank.licence),
        questions=tuple(normal_question(question) for question in bank.questions),
    )


def _normal_key_point(point: KeyPoint) -> KeyPoint:
    return replace(
        point,
        title=one_line(point.title),
        detail=detail_text(point.detail),
        follow_up=one_line(point.follow_up),
        wordings=wording_list(point.wordings),
    )
