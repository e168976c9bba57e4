"""An index in plain arrays: for banks that need no keeping, and for evals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.index.base import KeyPointHit, OnProgress, QuestionHit, SyncReport
from app.index.rows import (
    embed_questions,
    key_point_row,
    refuse_repeated_ids,
    sample_rows,
    wording_digest,
)

_QUESTIONS_A_BATCH = 128


@dataclass(frozen=True, slots=True)
class _Entry:
    """`own` has shape (dimension,), `points` (number of key points, dimension)."""

    wording: str
    question: Question
    own: Vectors
    points: Vectors


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Everything of all banks in rows, so that a search is one product of matrices."""

    questions: list[QuestionHit]
    own: Vectors
    key_points: list[KeyPointHit]
    points: Vectors


class InMemoryIndex:
    """Keeps nothing after the process ends; exact search, no Chroma."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._banks: dict[str, Bank] = {}
        self._entries: dict[str, dict[str, _Entry]] = {}
        self._shelf: _Shelf | None = None
        self._entry_of = lru_cache(maxsize=256)(self._find_or_embed)

    def sync(self, bank: Bank, on_progress: OnProgress | None = None) -> SyncReport:
        """Embed what is new or reworded, and forget what is gone."""
        refuse_repeated_ids(bank)
        old = self._entries.get(bank.id, {})
        kept: dict[str, _Entry] = {}
        new: list[Question] = []
        for question in bank.questions:
            known = old.get(question.id)
            if known is not None and known.wording == wording_digest(question):
                kept[question.id] = known
            else:
                new.append(question)
        for start in range(0, len(new), _QUESTIONS_A_BATCH):
            batch = new[start : start + _QUESTIONS_A_BATCH]
            kept |= {entry.question.id: entry for entry in self._embed(batch)}
            if on_progress is not None:
                on_progress(min(start + len(batch), len(new)), len(new))
        self._banks[bank.id] = bank
        self._entries[bank.id] = {question.id: kept[question.id] for question in bank.questions}
        self._shelf = None
        removed = len(old.keys() - kept.keys())
        return SyncReport(len(new), removed, len(bank.questions) - len(new))

    def key_point_vectors(self, question: Question) -> Vectors:
        """The kept vectors, or new ones for a question that is not in a synced bank."""
        return self._entry_of(question).points

    def question_vector(self, question: Question) -> Vectors:
        """The kept vector, or a new one for a question that is not in a synced bank."""
        return self._entry_of(question).own

    def nearest_key_points(self, vectors: Vectors, limit: int) -> list[tuple[KeyPointHit, ...]]:
        """Exact, best first; equal similarities in the order of the banks."""
        shelf = self._shelve()
        return [
            tuple(
                KeyPointHit(hit.question_id, hit.key_point_id, similarity)
                for hit, similarity in ((shelf.key_points[place], s) for place, s in found)
            )
            for found in _best(shelf.points, vectors, limit)
        ]

    def nearest_questions(self, texts: Sequence[str], limit: int) -> list[tuple[QuestionHit, ...]]:
        """Exact, best first; equal similarities in the order of the banks."""
        shelf = self._shelve()
        return [
            tuple(QuestionHit(shelf.questions[place].question_id, s) for place, s in found)
            for found in _best(shelf.own, self._embedder.embed(texts), limit)
        ]

    def sample_key_points(self, limit: int) -> Vectors:
        """Evenly spread over the banks, as every index does it."""
        rows = {
            (bank_id, key_point_row(entry.question.id, place)): vector
            for bank_id, entries in self._entries.items()
            for entry in entries.values()
            for place, vector in enumerate(entry.points)
        }
        return _stack(
            [rows[row] for row in sample_rows(self._banks.values(), limit)],
            self._embedder.dimension,
        )

    def close(self) -> None:
        """Nothing is open."""

    def _embed(self, questions: Sequence[Question]) -> list[_Entry]:
        entries = []
        vectors = embed_questions(self._embedder, questions)
        for question, (own, points) in zip(questions, vectors, strict=True):
            own.setflags(write=False)
            points.setflags(write=False)
            entries.append(_Entry(wording_digest(question), question, own, points))
        return entries

    def _find_or_embed(self, question: Question) -> _Entry:
        wording = wording_digest(question)
        for entries in self._entries.values():
            entry = entries.get(question.id)
            if entry is not None and entry.wording == wording:
                return entry
        return self._embed([question])[0]

    def _shelve(self) -> _Shelf:
        if self._shelf is None:
            entries = [e for bank in self._entries.values() for e in bank.values()]
            dimension = self._embedder.dimension
            self._shelf = _Shelf(
                [QuestionHit(e.question.id, 0.0) for e in entries],
                _stack([e.own for e in entries], dimension),
                [
                    KeyPointHit(e.question.id, point.id, 0.0)
                    for e in entries
                    for point in e.question.key_points
                ],
                _stack([vector for e in entries for vector in e.points], dimension),
            )
        return self._shelf


def _stack(vectors: Sequence[Vectors], dimension: int) -> Vectors:
    return np.stack(vectors) if vectors else np.zeros((0, dimension), dtype=np.float32)


def _best(rows: Vectors, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
    """For each vector, up to `limit` pairs of row and cosine, best first."""
    similarities = np.asarray(vectors, dtype=np.float32) @ rows.T
    order = np.argsort(-similarities, axis=1, kind="stable")[:, : max(limit, 0)]
    return [
        [(int(place), float(np.clip(line[place], -1, 1))) for place in places]
        for line, places in zip(similarities, order, strict=True)
    ]
