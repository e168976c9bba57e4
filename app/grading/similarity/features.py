"""What is measured about an answer and each key point: only how the two match.

No feature looks at the answer alone. Its length, tone or negations would tell the development
data's wrong answers from its right ones, and mislead everywhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.domain.question import KeyPoint, Question
from app.embedding.base import Embedder, Vectors
from app.embedding.terms import Terms, TermSource
from app.embedding.vectors import unit_rows
from app.grading.clauses import Span, split_clauses, windows
from app.grading.feedback import first_sentence
from app.grading.similarity.listing import list_likeness
from app.grading.similarity.polarity import Target, prepare_target
from app.grading.similarity.reversal import reversal_signs
from app.grading.similarity.term_match import (
    Floats,
    PointTerms,
    Recall,
    place_terms,
    point_terms,
    recalls_of,
    remove_directions,
    telling_terms,
)
from app.index.base import BankIndex

MATCH_FEATURES = (
    "window_terms",
    "answer_terms",
    "answer_vector",
    "answer_standing",
    "rival_margin",
    "rival_standing",
)

WIDEST_WINDOW = 3
"""Clauses; wider windows met more key points and told covered from missing less well."""

QUESTION_SHARE = 0.7
"""How much of the likeness to the question is taken off the likeness to the key point."""

_KEPT_QUESTIONS = 256
_SMALLEST_SAMPLE = 20
_SAMPLE_LIMIT = 2000
_COMMON_DIRECTIONS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Measurements of one answer, a row a key point in the question's order.

    `match` has the columns MATCH_FEATURES, `polarity` the columns POLARITY_FEATURES. `reference`
    is the match with the whole reference answer, shape (MATCH_FEATURES,), and `listing` how much
    of a list that is; see `list_likeness`. `windows` holds the span of the answer that each key
    point was held against, `shown` the one that says it best, `clauses` all clauses.
    `answer_vector` is the embedder's vector of the whole answer, at unit length.
    """

    match: Floats
    polarity: Floats
    reference: Floats
    listing: float
    windows: tuple[Span, ...]
    shown: tuple[Span, ...]
    clauses: tuple[Span, ...]
    answer_vector: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What does not depend on the answer.

    `points` are the key points and, last, the whole reference. `stored` are the key points'
    vectors as the index has them, `targets` without the shared directions, `topic` the question's.
    """

    points: tuple[tuple[PointTerms, ...], ...]
    reference_vector: Vectors
    listing: float
    statements: tuple[Target, ...]
    stored: Vectors
    targets: Vectors
    topic: Vectors


@dataclass(frozen=True, slots=True)
class _Usual:
    """Mean and standard deviation of an answer's likeness to the bank's key points."""

    mean: float = 0.0
    spread: float = 0.2


def claim_of(point: KeyPoint) -> str:
    """The text an answer is held against first: the title and what the detail states first."""
    claim = first_sentence(point.detail)
    return f"{point.title}：{claim}" if claim else point.title


class FeatureReader:
    """Measures answers against the questions of an index; prepares each question once.

    `terms` supplies word vectors whatever the embedder is. `directions` are those of the word
    vectors, orthonormal rows, that all technical text shares; `own_space` says that the
    embedder's vectors share them. Else its common directions are taken from the index.
    """

    def __init__(
        self,
        index: BankIndex,
        embedder: Embedder,
        terms: TermSource,
        directions: Vectors,
        *,
        own_space: bool,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._terms = terms
        self._directions = directions
        self._common: Vectors | None = directions if own_space else None
        self._sample: Vectors | None = None
        self._prepared = lru_cache(maxsize=_KEPT_QUESTIONS)(self._prepare)

    def read(self, question: Question, answer: str) -> Features | None:
        """Measure one answer; None where it holds no clause or the question no key point."""
        clauses = split_clauses(answer)
        if not clauses or not question.key_points:
            return None
        prepared = self._prepared(question)
        runs = windows(clauses, WIDEST_WINDOW)
        terms = self._terms.terms(answer)
        bag = telling_terms(terms, self._directions, once=False)
        *recalls, whole = recalls_of(prepared.points, place_terms(bag, clauses), WIDEST_WINDOW)
        spans = tuple(_span_of(clauses, runs[recall.best]) for recall in recalls)
        vectors = self._embed(answer, terms, spans)
        cleaned = self._clean(vectors)
        usual = self._usual(cleaned[0])
        return Features(
            match=_match(prepared, recalls, cleaned, usual),
            polarity=reversal_signs(prepared.statements, answer, bag, spans),
            reference=_match_reference(prepared, whole, cleaned[0], usual),
            listing=prepared.listing,
            windows=spans,
            shown=tuple(_span_of(clauses, runs[recall.shown]) for recall in recalls),
            clauses=clauses,
            answer_vector=vectors[0],
        )

    def elsewhere(self, question: Question, features: Features) -> float:
        """How much nearer the answer is to another question's key points than to its own.

        A difference of cosines, -2 to 2; negative where nothing is nearer.
        """
        own = self._prepared(question).stored @ features.answer_vector
        limit = len(question.key_points) + 1  # one of so many belongs to another question
        hits = self._index.nearest_key_points(features.answer_vector[None, :], limit)[0]
        others = (hit.similarity for hit in hits if hit.question_id != question.id)
        return float(next(others, -1.0)) - float(own.max())

    def _embed(self, answer: str, terms: Terms, spans: Sequence[Span]) -> Vectors:
        """Vectors of the answer and of the spans; summed where the terms are the embedder's."""
        if id(self._embedder) != id(self._terms):
            return self._embedder.embed([answer, *(span.of(answer) for span in spans)])
        edges = np.searchsorted(terms.starts, [(span.start, span.end) for span in spans])
        pieces = (terms.vectors[first:stop].sum(axis=0) for first, stop in edges)
        return unit_rows(np.array([terms.vectors.sum(axis=0), *pieces]))

    def _usual(self, answer: Vectors) -> _Usual:
        """How near a text like this comes to the bank's key points."""
        near = self._background() @ answer
        return _Usual(float(near.mean()), float(near.std()) + 0.01) if len(near) else _Usual()

    def _background(self) -> Vectors:
        if self._sample is None:
            self._sample = self._clean(self._index.sample_key_points(_SAMPLE_LIMIT))
        return self._sample

    def _clean(self, vectors: Vectors) -> Vectors:
        if self._common is None:
            self._common = common_directions(self._index.sample_key_points(_SAMPLE_LIMIT))
        return unit_rows(remove_directions(vectors, self._common))

    def _prepare(self, question: Question) -> _Prepared:
        titles = [point.title for point in question.key_points]
        texts = [(claim_of(point), *point.wordings) for point in question.key_points]
        points = point_terms(question.text, texts, titles, self._terms, self._directions)
        stored = self._index.key_point_vectors(question)
        reference = " ".join(question.full_reference.split())
        (whole,) = point_terms(question.text, [[reference]], [""], self._terms, self._directions)
        return _Prepared(
            (*points, whole),
            self._clean(self._embedder.embed([reference]))[0],
            list_likeness(question.full_reference, whole[0]),
            tuple(map(self._statement, question.key_points)),
            stored,
            self._clean(stored),
            self._clean(self._index.question_vector(question)[None, :])[0],
        )

    def _statement(self, point: KeyPoint) -> Target:
        """The parts of a key point, and of its wordings."""
        return self._target(claim_of(point), tuple(map(self._target, point.wordings)))

    def _target(self, text: str, wordings: tuple[Target, ...] = ()) -> Target:
        bag = telling_terms(self._terms.terms(text), self._directions, once=False)
        return prepare_target(text, bag, wordings)


def _match(
    prepared: _Prepared, recalls: Sequence[Recall], cleaned: Vectors, usual: _Usual
) -> Floats:
    """Shape (key points, MATCH_FEATURES); `cleaned` are the answer's vector and its windows'."""
    near = cleaned @ prepared.targets.T
    asked = float(cleaned[0] @ prepared.topic)
    margins = _margins(near[1:])
    return np.column_stack(
        [
            [recall.by_window[recall.best] for recall in recalls],
            [recall.in_answer for recall in recalls],
            near[0] - QUESTION_SHARE * asked,
            _standing(near[0], asked, usual),
            margins,
            margins / usual.spread,
        ]
    ).astype(np.float32)


def _match_reference(prepared: _Prepared, recall: Recall, answer: Vectors, usual: _Usual) -> Floats:
    """Shape (MATCH_FEATURES,); a whole reference has no rivals."""
    near, asked = answer @ prepared.reference_vector, float(answer @ prepared.topic)
    return np.array(
        [
            recall.by_window[recall.best],
            recall.in_answer,
            near - QUESTION_SHARE * asked,
            _standing(near, asked, usual),
            0.0,
            0.0,
        ],
        dtype=np.float32,
    )


def _standing(near: Floats, asked: float, usual: _Usual) -> Floats:
    """Likeness beyond that to the question, in places among the bank's key points."""
    standing: Floats = (near - usual.mean - QUESTION_SHARE * (asked - usual.mean)) / usual.spread
    return standing


def common_directions(sample: Vectors) -> Vectors:
    """The directions that a bank's key points share, orthonormal rows; none for a small sample."""
    if len(sample) < _SMALLEST_SAMPLE:
        return np.zeros((0, sample.shape[1] if sample.ndim == 2 else 0), dtype=np.float32)
    gram = (sample.T @ sample).astype(np.float64)
    directions: Vectors = np.linalg.eigh(gram)[1][:, ::-1][:, :_COMMON_DIRECTIONS].T
    return directions.astype(np.float32)


def _span_of(clauses: Sequence[Span], run: tuple[int, int]) -> Span:
    return Span(clauses[run[0]].start, clauses[run[1] - 1].end)


def _margins(near: Floats) -> Floats:
    """How much nearer each key point's window is to it than to the question's other key points."""
    if len(near) == 1:
        return np.zeros(1, dtype=np.float32)
    margins = [row[index] - np.delete(row, index).max() for index, row in enumerate(near)]
    return np.array(margins, dtype=np.float32)
