"""Signs that a matched window says the opposite of its key point.

Word vectors cannot tell a statement from its reversal. These features look at the small parts
of both texts that speak of the same thing, and ask whether one part calls needless, denies or
turns round what the other affirms. They catch blatant reversals only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.embedding.base import Vectors
from app.embedding.vectors import unit_rows
from app.grading.clauses import Span, is_filler
from app.grading.similarity.opposites import DENIAL, NEEDLESS, OPPOSITES
from app.grading.similarity.term_match import Floats, Indices, TermBag

POLARITY_FEATURES = ("needless", "opposite", "swapped", "affirmed", "denied", "disowned")

SAME_SUBJECT = 0.3
"""Cosine from which two parts are taken to speak of the same thing."""

MOST_PARTS = 12
"""Parts looked at on either side; bounds the work on long texts."""

FEW_PAIRS = 12
"""Pairs of parts that a key point and a window of usual length make."""

TELLING = 0.05
"""Weight from which a term can anchor a part."""

_PART_END = re.compile(
    r"[，,。；;！!？?\n：:、]|(?:而|但|并且|并|同时|却|则|才|再)(?=.)|"
    r"\b(?:and|but|while|whereas|so|because|when|if|then)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of a text about one thing, with its terms and what polarity reads off it.

    `anchors` are the terms that two parts can be known to share.
    """

    words: str
    ids: tuple[int, ...]
    vectors: Vectors
    weights: Floats
    anchors: frozenset[int]
    needless: bool
    denied: bool


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A key point's parts with what does not depend on an answer.

    `sides` are the pairs of opposites that it uses, each with one entry a part: 1 for the first
    of the pair, -1 for the second, 0 for neither or both. `wordings` are other ways to put it.
    """

    parts: tuple[Part, ...]
    sums: Vectors
    sides: tuple[tuple[int, Floats], ...]
    wordings: tuple["Target", ...] = ()

    @property
    def denies(self) -> bool:
        """Whether the key point itself denies something, so that a denial may well be right."""
        return any(part.denied for part in self.parts)


def prepare_target(text: str, bag: TermBag, wordings: tuple[Target, ...] = ()) -> Target:
    """Split a key point's text; `bag` holds all its terms with offsets."""
    parts = split_parts(text, bag)
    sides = ((pair, _sides(parts, pair)) for pair in range(len(OPPOSITES)))
    taken = tuple(item for item in sides if item[1].any())
    return Target(parts, _sums(parts), taken, wordings)


def split_parts(text: str, bag: TermBag, span: Span | None = None) -> tuple[Part, ...]:
    """The parts of a text, or of a span of it; `bag` holds the text's terms with offsets."""
    start, end = (span.start, span.end) if span else (0, len(text))
    parts = []
    for piece in _pieces(text, start, end):
        first, stop = np.searchsorted(bag.starts, (piece.start, piece.end))
        if stop > first and not is_filler(piece.of(text)):
            parts.append(_part(text, piece, bag, np.arange(first, stop)))
        if len(parts) == MOST_PARTS:
            break
    return tuple(parts)


def polarity_features(target: Target, window: Sequence[Part], disowned: float = 0.0) -> Floats:
    """Shape (6,), each 0 to 1 and 0 where nothing speaks of a reversal; see POLARITY_FEATURES.

    `disowned` is the share of the window that the speaker denies as a whole. What any wording
    asks for may be called needless; the other signs are too faint to be looked for in so many.
    """
    if not target.parts or not window:
        return np.zeros(len(POLARITY_FEATURES), dtype=np.float32)
    alike = _alike(target, window)
    plain = [not part.denied for part in target.parts]
    features = [
        _opposite(alike, target, window),
        _swapped(target.parts, window),
        _strongest(
            alike, [part.denied for part in target.parts], [not part.denied for part in window]
        ),
        _strongest(alike, plain, [part.denied and not part.needless for part in window]),
    ]
    few = _fewness(alike)
    denied = 0.0 if target.denies else disowned
    needless = _called_needless(target, window)
    return np.array([needless, *(few * value for value in features), denied], dtype=np.float32)


def _alike(target: Target, window: Sequence[Part]) -> Floats:
    """Cosines of parts about the same thing, 0 for others; shape (target's parts, window's)."""
    alike = np.clip(target.sums @ _sums(window).T, 0.0, 1.0)
    return np.where(alike >= SAME_SUBJECT, alike, np.float32(0.0))


def _fewness(alike: Floats) -> float:
    """What a sign found in so many pairs is worth, 0 to 1.

    Long texts offer more pairs of parts, of which some look reversed by chance.
    """
    return float(min(1.0, FEW_PAIRS / max(alike.size, 1)) ** 2)


def _called_needless(target: Target, window: Sequence[Part]) -> float:
    """How surely the window calls needless what the key point, in any wording, asks for."""
    needless = [part.needless for part in window]
    strongest = 0.0
    for wording in (target, *target.wordings) if any(needless) else ():
        asked = [not (part.needless or part.denied) for part in wording.parts]
        if any(asked):
            alike = _alike(wording, window)
            strongest = max(strongest, _fewness(alike) * _strongest(alike, asked, needless))
    return strongest


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _PART_END.finditer(text, start, end):
        if match.start() - start > 1:
            yield Span(start, match.start())
            start = match.end()
        elif not match[0].isalnum():
            start = match.end()
    yield Span(start, end)


def _part(text: str, piece: Span, bag: TermBag, where: Indices) -> Part:
    words = piece.of(text)
    needless, denial = list(NEEDLESS.finditer(words)), list(DENIAL.finditer(words))
    for cue in (*needless, *denial):  # the subject is what remains without them
        start, end = piece.start + cue.start(), piece.start + cue.end()
        where = where[(bag.ends[where] <= start) | (bag.starts[where] >= end)]
    weights = bag.weights[where]
    return Part(
        words,
        tuple(bag.ids[where].tolist()),
        bag.vectors[where],
        weights,
        frozenset(bag.ids[where[weights > TELLING]].tolist()),
        bool(needless),
        bool(denial),
    )


def _sides(parts: Sequence[Part], pair: int) -> Floats:
    """Which side of a pair of opposites each part takes, shape (parts,)."""
    one, other = OPPOSITES[pair]
    sides = [bool(one.search(part.words)) - bool(other.search(part.words)) for part in parts]
    return np.array(sides, dtype=np.float32)


def _sums(parts: Sequence[Part]) -> Vectors:
    if not parts:
        return np.zeros((0, 0), dtype=np.float32)
    return unit_rows(np.array([part.weights @ part.vectors for part in parts]))


def _strongest(alike: Floats, rows: list[bool], columns: list[bool]) -> float:
    if not (any(rows) and any(columns)):
        return 0.0
    chosen = alike[np.ix_(np.flatnonzero(rows), np.flatnonzero(columns))]
    return float(chosen.max())


def _opposite(alike: Floats, target: Target, window: Sequence[Part]) -> float:
    """The likeness at which a pair of opposites clashes and nowhere agrees."""
    strongest = 0.0
    if not alike.any():
        return strongest
    for pair, mine in target.sides:
        products = alike * np.outer(mine, _sides(window, pair))
        if not (products > 0).any():
            strongest = max(strongest, -float(products.min()))
    return strongest


def _swapped(target: Sequence[Part], window: Sequence[Part]) -> float:
    """How far two subjects have traded what is said of them.

    For parts A and B of the key point and C and D of the window, where A and C share terms and
    so do B and D, the rest of A should be near the rest of C; it is a trade where it is nearer
    to the rest of D, and B's rest to C's.
    """
    mine, theirs = [part.anchors for part in target], [part.anchors for part in window]
    shared = [[one & other for other in theirs] for one in mine]
    pairs = [(a, c) for a, row in enumerate(shared) for c, common in enumerate(row) if common]
    best = 0.0
    for a, c in pairs:
        for b, d in pairs:
            if b <= a or c == d:
                continue
            left = shared[a][c] - mine[b] - theirs[d]
            right = shared[b][d] - mine[a] - theirs[c]
            if left and right:
                rest_a, rest_b = _rest(target[a], left), _rest(target[b], right)
                rest_c, rest_d = _rest(window[c], left), _rest(window[d], right)
                crossed = rest_a @ rest_d + rest_b @ rest_c
                straight = rest_a @ rest_c + rest_b @ rest_d
                best = max(best, float(crossed - straight))
    return min(best, 1.0)


def _rest(part: Part, without: frozenset[int]) -> Vectors:
    """Unit vector of a part's terms except `without`; zero where none is left."""
    keep = [index for index, term in enumerate(part.ids) if term not in without]
    rest: Vectors = part.weights[keep] @ part.vectors[keep]
    length = float(np.sqrt(rest @ rest))
    return rest / np.float32(length) if length else rest
