"""Answers that are no answers: empty, "I don't know", noise, the question repeated, bare titles.

Each rule looks at the whole answer, so that a good answer which happens to hold the same words
is left alone. All of them are linear in its length.
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from app.domain.question import Question
from app.embedding.terms import Terms, TermSource
from app.grading.clauses import text_units
from app.grading.feedback import first_sentence
from app.grading.ignorance import admits_ignorance
from app.language.messages import Translate


class Guarded(StrEnum):
    """Why an answer was not judged on its content."""

    EMPTY = "empty"
    DONT_KNOW = "dont_know"
    GIBBERISH = "gibberish"
    QUESTION_REPEATED = "question_repeated"
    KEYWORDS_ONLY = "keywords_only"
    OFF_TOPIC = "off_topic"


SCORE_CAPS = {
    Guarded.EMPTY: 0.0,
    Guarded.DONT_KNOW: 0.0,
    Guarded.GIBBERISH: 0.0,
    Guarded.QUESTION_REPEATED: 0.0,
    Guarded.KEYWORDS_ONLY: 1.0,
    Guarded.OFF_TOPIC: 2.0,
}
"""The highest score, of 10, that each kind of non-answer can get."""


@dataclass(frozen=True, slots=True)
class GuardFinding:
    """What the guard saw; `cap` is the highest score that the answer can get."""

    kind: Guarded

    @property
    def cap(self) -> float:
        return SCORE_CAPS[self.kind]

    @property
    def has_content(self) -> bool:
        """Whether it is still worth showing which key points the words come near to."""
        return self.kind in (Guarded.KEYWORDS_ONLY, Guarded.OFF_TOPIC)


_SHORTEST_NOISE = 6
_REPEATED = 0.6
_FEW_LETTERS = 4
_MANY_SIGNS = 12
_MASHED = 0.6
_WORD = re.compile(r"[a-z]{5,}")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{5,}")
_KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(
    pair
    for row in _KEYBOARD_ROWS
    for one, other in pairwise(row)
    for pair in (one + other, other + one)
)

_ECHO = 0.75
_ECHO_LENGTH = 0.7
_LONGEST_TITLE = 14
_TITLE_LEFTOVER = 3
_ITEM_END = re.compile(r"[，,。.;；、\n\t/|+·•]+|\s-\s")
_LIST_COMMA = re.compile(r"[、，,|·•\n\t]+")
_GAP = re.compile(r"\s+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SAYING = re.compile(
    r"[的了是在就把被要会得我你他们不没也都和跟再先每这那有做让给用按]|[。！？!?;；]|\.\s|"
    r"\b(?:is|are|was|to|the|an?|we|i|you|and|of|for|with|in|on|it|by|from|then)\b",
    re.IGNORECASE,
)
_FEWEST_ITEMS = 5
_LONGEST_ITEM = 7
_USUAL_ITEM = 4.5
_STATEMENT = 15


def guard_answer(
    answer: str, question: Question | None = None, source: TermSource | None = None
) -> GuardFinding | None:
    """What is wrong with the answer as a whole, or None where its content is to be judged.

    Without `question` or `source` the rules that need them are left out.
    """
    kind = _kind(answer, question, source)
    return GuardFinding(kind) if kind else None


def guard_notice(kind: Guarded, say: Translate) -> str:
    """What to tell the candidate about it, without reproach."""
    return {
        Guarded.EMPTY: say("There was no answer to grade. A rough idea is a good start."),
        Guarded.DONT_KNOW: say(
            "That is fine: now you know what to read up on. Look at the key points, then "
            "try to explain one of them in your own words."
        ),
        Guarded.GIBBERISH: say("This does not read as an answer, so nothing was graded."),
        Guarded.QUESTION_REPEATED: say(
            "Your answer repeats the question. Say what you would do, and why."
        ),
        Guarded.KEYWORDS_ONLY: say(
            "You listed headings. Say for each of them what it does or how you would do it."
        ),
        Guarded.OFF_TOPIC: say(
            "Your answer comes near none of this question's key points; it may be about something "
            "else."
        ),
    }[kind]


def _kind(answer: str, question: Question | None, source: TermSource | None) -> Guarded | None:
    if not any(character.isalnum() for character in answer):
        return Guarded.EMPTY
    if admits_ignorance(answer, question.text if question else ""):
        return Guarded.DONT_KNOW
    if _is_repetition(answer) or (source and _is_mashed(answer, source)):
        return Guarded.GIBBERISH
    if question and _is_echo(answer, question):
        return Guarded.QUESTION_REPEATED
    if question and (_is_titles(answer, question) or _is_bare_list(answer, question)):
        return Guarded.KEYWORDS_ONLY
    return None


def _is_repetition(answer: str) -> bool:
    signs = [character for character in answer.lower() if character.isalnum()]
    if len(signs) < _SHORTEST_NOISE:
        return False
    counts = Counter(signs)
    if counts.most_common(1)[0][1] >= _REPEATED * len(signs):
        return True
    letters_only = not any(map(str.isdigit, counts))
    return letters_only and len(counts) <= _FEW_LETTERS and len(signs) >= _MANY_SIGNS


def _is_mashed(answer: str, source: TermSource) -> bool:
    """Whether most of a text is letters as fingers fall on a keyboard."""
    text = answer[:400].lower()
    words = list(_WORD.finditer(text))
    letters = sum(len(word[0]) for word in words)
    if not letters or letters < _MASHED * sum(map(str.isalnum, text)):
        return False
    terms = source.terms(text)
    mashed = sum(len(word[0]) for word in words if _is_mashed_word(word, terms))
    return mashed >= _MASHED * letters


def _is_mashed_word(word: re.Match[str], terms: Terms) -> bool:
    inside = (terms.starts >= word.start()) & (terms.ends <= word.end())
    pieces = (terms.ends - terms.starts)[inside]
    if len(pieces) and pieces.max() > 3:
        return False
    letters = word[0]
    beside = sum(letters[at : at + 2] in _BESIDE for at in range(len(letters) - 1))
    return bool(_CONSONANTS.search(letters)) or beside >= 0.5 * (len(letters) - 1)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rules ask of a question.

    `asked` and `points` are the pairs of signs of its text and of its key points, `titles` those
    that say less than their details; `states` tells whether its key points are statements.
    """

    asked: set[str]
    points: set[str]
    titles: tuple[str, ...]
    states: bool


@lru_cache(maxsize=256)
def _known(question: Question) -> _Known:
    """Prepared once, as many answers to a question may follow one another."""
    points = question.key_points
    stated = sum(text_units(first_sentence(point.detail)) for point in points)
    return _Known(
        _pairs(question.text),
        _pairs(" ".join(point.statement for point in points)),
        tuple(
            _signs(point.title)
            for point in points
            if text_units(point.title) <= _LONGEST_TITLE
            and text_units(point.detail) > 2 * text_units(point.title)
        ),
        len(points) > 1
        and all(point.detail for point in points)
        and stated >= _STATEMENT * len(points),
    )


def _is_echo(answer: str, question: Question) -> bool:
    """Whether the answer is the question again, with nothing in it that a key point says."""
    known, said = _known(question), _pairs(answer)
    asked = known.asked
    common = len(said & asked)
    if common < _ECHO * len(said) or common < _ECHO_LENGTH * len(asked):
        return False
    return not (said - asked) & known.points


def _pairs(text: str) -> set[str]:
    signs = "".join(character for character in text.lower() if character.isalnum())
    return {signs[index : index + 2] for index in range(len(signs) - 1)} or {signs}


def _is_titles(answer: str, question: Question) -> bool:
    """Whether the answer only names key points by their titles."""
    titles = _known(question).titles
    if not titles or len(answer) > 4 * sum(map(len, titles)) + 40:
        return False
    pieces = [_signs(piece) for piece in _ITEM_END.split(answer)]
    pieces = [piece for piece in pieces if piece and not piece.isdigit()]
    return bool(pieces) and all(_is_title(piece, titles) for piece in pieces)


def _is_title(piece: str, titles: tuple[str, ...]) -> bool:
    return any(
        (piece in title and len(piece) >= 2)
        or (title in piece and len(piece) - len(title) <= _TITLE_LEFTOVER)
        for title in titles
    )


def _is_bare_list(answer: str, question: Question) -> bool:
    """Whether the answer strings terms together where the key points are statements."""
    if not _known(question).states:
        return False
    if _are_terms(_LIST_COMMA.split(answer)):
        return True
    spoken = bool(_SAYING.search(answer)) or not _HAN.search(answer)
    return not spoken and _are_terms(_GAP.split(_LIST_COMMA.sub(" ", answer)))


def _are_terms(items: list[str]) -> bool:
    """Whether there are many items and each is about as long as a term."""
    sizes = [size for item in items if (size := text_units(item))]
    return (
        len(sizes) >= _FEWEST_ITEMS
        and max(sizes) <= _LONGEST_ITEM
        and sum(sizes) <= _USUAL_ITEM * len(sizes)
    )


def _signs(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
