"""Finding a quote in an answer, and keeping what is no evidence from passing as such.

A quote is looked for letter by letter first, then with case, width, spaces and punctuation set
aside. Where a quote leaves something out ("first part … second part") its parts must all be
there, in order. The first occurrence counts.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.domain.assessment import Evidence
from app.grading.invisible import is_invisible

MIN_CONTENT = 2
"""In units: a Chinese character or a single letter is 1, a longer word or a number 2."""

ELLIPSIS_SLACK = 80
"""Characters between the parts of a quote up to which the whole stretch is the evidence."""

_ELLIPSIS = re.compile(r"(?:…|⋯|\.{3,}|。{3,}|\[\s*…\s*\]|\[\.{3}\])+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_JOINERS = frozenset("'’‘ʼ＇`´")
_HOLLOW = """
a an and are as at be but by can do for from i if in is it its of on or so that the then there
they this to very was we well what will with you your 的 了 是 我 我们 你 你们 他们 这 那 这个 那个
就 就是 然后 还有 所以 因为 但是 如果 可以 需要 一个 什么 怎么 的话 也是 都是 以及 或者 而且 不是
没有 这样 那样 这些 那些 其实 可能 应该 觉得 比如 主要 首先 其次 最后
"""
HOLLOW_WORDS = frozenset(_HOLLOW.split())


@dataclass(frozen=True, slots=True)
class Folded:
    """A text reduced to its letters, digits and signs, each with its place in the original.

    Words of spaced scripts are parted by one space; scripts written without spaces have none.
    `starts` and `ends` hold, for each character of `text`, the span in the original.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(text: str) -> Folded:
    """What `locate` compares: compatibility forms, case, spaces, punctuation set aside."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    parted = False
    for start, end in _clusters(text):
        for character in _plain(text[start:end]):
            if not _counts(character):
                parted = parted or _parts(character)
                continue
            if parted and characters and _spaced(characters[-1]) and _spaced(character):
                characters.append(" ")
                starts.append(ends[-1])
                ends.append(start)
            characters.append(character)
            starts.append(start)
            ends.append(end)
            parted = False
    return Folded("".join(characters), tuple(starts), tuple(ends))


class AnswerText:
    """An answer to find quotes in; folds it once."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self._folded: Folded | None = None

    @property
    def folded(self) -> Folded:
        """The answer as `fold` gives it."""
        if self._folded is None:
            self._folded = fold(self.answer)
        return self._folded

    def locate(self, quote: str) -> Evidence | None:
        """Where the answer says this, or None where it does not or the quote says nothing."""
        quote = quote.strip()
        if not has_content(quote):
            return None
        return self._exact(quote) or self._alike(quote) or self._in_parts(quote)

    def span(self, start: int, end: int) -> Evidence:
        """The words from `start` to `end` as evidence."""
        return Evidence(self.answer[start:end], start, end)

    def _exact(self, quote: str) -> Evidence | None:
        start = self.answer.find(quote)
        return None if start < 0 else self.span(start, start + len(quote))

    def _alike(self, quote: str, after: int = 0) -> Evidence | None:
        """The first place at or behind `after` that folds to the same whole words."""
        needle, hay = fold(quote).text, self.folded
        at = hay.text.find(needle)
        while at >= 0:
            stop = at + len(needle)
            if hay.starts[at] >= after and _on_words(hay.text, at, stop):
                return self.span(hay.starts[at], hay.ends[stop - 1])
            at = hay.text.find(needle, at + 1)
        return None

    def _in_parts(self, quote: str) -> Evidence | None:
        parts = [part for part in _ELLIPSIS.split(quote) if has_content(part)]
        if len(parts) < 2:
            return None
        found: list[Evidence] = []
        for part in parts:
            place = self._alike(part, found[-1].end if found else 0)
            if place is None:
                return None
            found.append(place)
        start, end = found[0].start, found[-1].end
        if end - start <= sum(len(part.quote) for part in found) + ELLIPSIS_SLACK:
            return self.span(start, end)
        return max(found, key=lambda part: len(part.quote))


def locate(quote: str, answer: str) -> Evidence | None:
    """Where `answer` says `quote`; see `AnswerText.locate`."""
    return AnswerText(answer).locate(quote)


def has_content(quote: str) -> bool:
    """Whether a quote holds enough to support anything: not a lone or hollow word."""
    folded = fold(quote).text
    words = [word for word in folded.split(" ") if word]
    if folded in HOLLOW_WORDS or all(word in HOLLOW_WORDS for word in words):
        return False
    return content_units(folded) >= MIN_CONTENT


def content_units(folded: str) -> int:
    """The length of folded text: 1 for a dense character or lone letter, 2 for a word or number."""
    dense = len(_DENSE.findall(folded))
    words = _DENSE.sub(" ", folded).split()
    return dense + sum(1 if len(word) == 1 and not word.isdigit() else 2 for word in words)


def _plain(cluster: str) -> str:
    """The compatibility form of a character with its marks, in lower case."""
    return _plain_character(cluster) if len(cluster) == 1 else _compatible(cluster)


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


_plain_character = lru_cache(maxsize=8192)(_compatible)


def _clusters(text: str) -> list[tuple[int, int]]:
    """Each character with the combining marks that follow it, as spans."""
    spans: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if spans and unicodedata.combining(character):
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return spans


@lru_cache(maxsize=8192)
def _counts(character: str) -> bool:
    if character.isalnum():
        return not is_invisible(character)
    return unicodedata.category(character) in {"Mn", "Mc", "So"} and not is_invisible(character)


def _parts(character: str) -> bool:
    """Whether a character that does not count separates the words around it."""
    return character.isspace() or not (character in _JOINERS or is_invisible(character))


def _spaced(character: str) -> bool:
    return not _DENSE.match(character)


def _on_words(text: str, start: int, stop: int) -> bool:
    """Whether a match neither starts nor ends within a word of a spaced script."""
    return not (_within_word(text, start) or _within_word(text, stop))


def _within_word(text: str, at: int) -> bool:
    if at <= 0 or at >= len(text):
        return False
    before, behind = text[at - 1], text[at]
    return before != " " != behind and _spaced(before) and _spaced(behind)
