"""How many of a key point's terms an answer has, exactly or in other words.

A soft recall: each term of the key point looks for its nearest term in a window of the answer,
and counts as far as it finds one. Terms that the question has already said earn little, and so
do terms that the question's other key points share, since naming them does not tell which key
point is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.embedding.base import Vectors
from app.embedding.terms import Terms, TermSource
from app.embedding.vectors import unit_rows
from app.grading.clauses import Span

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

FAINTEST = 0.02
"""Terms whose vector is shorter say nothing (particles, punctuation) and are left out."""

TITLE_WEIGHT = 2.0
"""How much more a term of the title counts than one of the explanation: who says just what the
title says has said the point, if tersely."""

OWN_SHARE = 0.5
BEST_SHARE = 0.4
"""Chosen by hand: the best of several texts is met by chance more often than one, and with less
than all of the recall left to it, limits of coverage suit banks without other wordings too."""

NARROW_ENOUGH = 0.8
"""The best window is the narrowest that reaches this share of the highest recall. A wider one
always recalls at least as much, but shows evidence that is none, and meets rivals too."""

_TIE_DIGITS = 4
"""Windows that say the same, as where an answer repeats itself, differ by rounding alone, and that
by the order of the key points; the first of them is meant."""

SHARED_FLOOR = 0.02
"""What a term shared with another key point still counts, so that no weight sum is zero."""


def remove_directions(vectors: Vectors, directions: Vectors) -> Vectors:
    """The vectors without their part along `directions`, orthonormal rows; shape unchanged."""
    if not len(directions):
        return vectors
    return np.asarray(vectors - (vectors @ directions.T) @ directions, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class TermBag:
    """The telling terms of a text: unit vectors (n, dimension), weights and offsets (n,)."""

    ids: Indices
    starts: Indices
    ends: Indices
    vectors: Vectors
    weights: Floats

    def __len__(self) -> int:
        return len(self.ids)


def telling_terms(terms: Terms, directions: Vectors, *, once: bool) -> TermBag:
    """The terms that say something; `once` keeps the first of each kind only."""
    weights = np.linalg.norm(terms.vectors, axis=1)
    keep = np.flatnonzero(weights > FAINTEST)
    if once:
        firsts = np.unique(terms.ids[keep], return_index=True)[1]
        keep = keep[np.sort(firsts)]
    vectors = unit_rows(remove_directions(terms.vectors[keep], directions))
    return TermBag(terms.ids[keep], terms.starts[keep], terms.ends[keep], vectors, weights[keep])


@dataclass(frozen=True, slots=True, eq=False)
class PointTerms:
    """A key point's terms with two weightings, each of shape (n,).

    `weights` is without what the question says; `own` also without what other key points say.
    """

    bag: TermBag
    weights: Floats
    own: Floats


def point_terms(
    question: str,
    points: Sequence[Sequence[str]],
    titles: Sequence[str],
    source: TermSource,
    directions: Vectors,
) -> tuple[tuple[PointTerms, ...], ...]:
    """The terms of each key point's texts, weighted against the question and each other.

    A key point comes as its own text, which begins with its title, and other wordings of it.
    """
    asked = telling_terms(source.terms(question), directions, once=True)
    bags = [
        [telling_terms(source.terms(text), directions, once=True) for text in texts]
        for texts in points
    ]
    prepared = []
    for index, mine in enumerate(bags):
        others = [other[0].vectors for place, other in enumerate(bags) if place != index]
        rivals = np.vstack(others) if others else asked.vectors[:0]
        lengths = [len(titles[index]), *([0] * (len(mine) - 1))]
        prepared.append(
            tuple(
                _weigh(bag, asked.vectors, rivals, length)
                for place, (bag, length) in enumerate(zip(mine, lengths, strict=True))
                if len(bag) or not place
            )
        )
    return tuple(prepared)


def _weigh(bag: TermBag, asked: Vectors, rivals: Vectors, title: int) -> PointTerms:
    """The weights of a text whose first `title` characters are the key point's title."""
    weights = bag.weights * (1 - nearest(bag.vectors, asked) ** 2) + 1e-6
    weights[bag.starts < title] *= TITLE_WEIGHT
    own = weights * (1 - nearest(bag.vectors, rivals) ** 2) + SHARED_FLOOR * weights
    return PointTerms(bag, weights, own)


def nearest(vectors: Vectors, others: Vectors) -> Floats:
    """For each unit vector, its highest cosine among `others`, within 0 and 1; 0 if none."""
    if not len(vectors) or not len(others):
        return np.zeros(len(vectors), dtype=np.float32)
    best: Floats = np.clip((vectors @ others.T).max(axis=1), 0.0, 1.0)
    return best


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """An answer's terms by the clauses that they stand in.

    `bag` holds every occurrence of each term, in order, `inside` the places of those within a
    clause; `filled` are the clauses that have any, and `firsts` where in `inside` each begins.
    """

    bag: TermBag
    clauses: int
    inside: Indices
    filled: Indices
    firsts: Indices


def place_terms(bag: TermBag, clauses: Sequence[Span]) -> Said:
    """Find the clause of each term."""
    starts = np.array([clause.start for clause in clauses])
    ends = np.array([clause.end for clause in clauses])
    place = np.minimum(np.searchsorted(ends, bag.starts, side="right"), len(clauses) - 1)
    inside = np.flatnonzero((bag.starts >= starts[place]) & (bag.starts < ends[place]))
    filled, firsts = np.unique(place[inside], return_index=True)
    return Said(bag, len(clauses), inside, filled, firsts)


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """How a key point's terms are met.

    `by_window` has a recall of 0 to 1 for each window, over the key point's own terms;
    `in_answer` is the recall over the whole answer. `best` is the index of the first window that
    is narrow and recalls enough, `shown` of the best one as narrow as that.
    """

    by_window: Floats
    in_answer: float
    best: int
    shown: int


def recalls_of(points: Sequence[Sequence[PointTerms]], said: Said, widest: int) -> list[Recall]:
    """Recall of each point in runs of up to `widest` clauses, as `clauses.windows` orders them.

    Where a point has other wordings, its recall is made of that of its own text and that of
    whichever text is recalled best; see OWN_SHARE and BEST_SHARE.
    """
    widest = min(widest, said.clauses)
    if not len(said.bag):
        count = sum(said.clauses - width for width in range(widest))
        return [_choose(np.zeros(count, dtype=np.float32), 0.0, said.clauses) for _ in points]
    texts = [text for point in points for text in point]
    # One product a text: rounding would differ in a larger one, and break ties another way.
    near = np.concatenate([text.bag.vectors @ said.bag.vectors.T for text in texts])
    near = np.clip(near, 0.0, 1.0)
    in_answer = near.max(axis=1)
    by_window = _by_window(_by_clause(near, said), widest)
    recalls = np.zeros((len(texts), by_window.shape[1]), dtype=np.float32)
    wholes = np.zeros(len(texts), dtype=np.float32)
    edges = np.cumsum([0, *(len(text.bag) for text in texts)]).tolist()
    for row, (text, start, stop) in enumerate(zip(texts, edges, edges[1:], strict=False)):
        if stop > start:
            recalls[row] = text.own @ by_window[start:stop] / text.own.sum()
            wholes[row] = text.weights @ in_answer[start:stop] / text.weights.sum()
    places = np.cumsum([0, *map(len, points)]).tolist()
    return [
        _choose(
            _of_wordings(recalls[first:stop]),
            float(_of_wordings(wholes[first:stop])),
            said.clauses,
        )
        for first, stop in pairwise(places)
    ]


def _of_wordings(recalls: Floats) -> Floats:
    """From the recall of each text, the point's own first, to that of the point."""
    own: Floats = recalls[0]
    best: Floats = recalls.max(axis=0)
    return own if len(recalls) == 1 else OWN_SHARE * own + BEST_SHARE * best


def _choose(recall: Floats, whole: float, clauses: int) -> Recall:
    """Choose among windows, of which the first `clauses` are single clauses."""
    if not len(recall):
        return Recall(recall, whole, 0, 0)
    ranked = recall.round(_TIE_DIGITS)
    best = int(np.argmax(ranked >= NARROW_ENOUGH * ranked.max()))
    start, stop = 0, clauses  # the windows as narrow as the best one
    while best >= stop:
        start, stop = stop, 2 * stop - start - 1
    return Recall(recall, whole, best, start + int(np.argmax(ranked[start:stop])))


def _by_clause(near: Floats, said: Said) -> Floats:
    """The best cosine of each wanted term within each clause, shape (terms, clauses)."""
    best = np.zeros((len(near), said.clauses), dtype=np.float32)
    if len(said.inside):
        best[:, said.filled] = np.maximum.reduceat(near[:, said.inside], said.firsts, axis=1)
    return best


def _by_window(by_clause: Floats, widest: int) -> Floats:
    """The same within each window, narrow ones first."""
    columns = [by_clause]
    for width in range(1, widest):
        columns.append(np.maximum(columns[-1][:, :-1], by_clause[:, width:]))
    return np.concatenate(columns, axis=1)
