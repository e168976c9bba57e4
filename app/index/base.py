"""What the rest of mockint needs from a vector index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.question import Bank, Question
from app.embedding.base import Vectors

OnProgress = Callable[[int, int], None]
"""Hears of questions embedded so far and questions to embed in all, after each batch."""


@dataclass(frozen=True, slots=True)
class KeyPointHit:
    """A key point found by similarity; `similarity` is the cosine, -1 to 1."""

    question_id: str
    key_point_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class QuestionHit:
    """A question found by similarity; `similarity` is the cosine, -1 to 1."""

    question_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, in questions: embedded anew, removed, and left as they were."""

    embedded: int
    removed: int
    unchanged: int


class BankIndex(Protocol):
    """Vectors of the questions and key points of the banks that were synced through it.

    A key point's vector is that of its `statement`, a question's that of its `text`. Every
    method raises VectorIndexError where the index cannot be opened, read or written, and
    EmbedderError where something had to be embedded and could not be. Safe to call from
    threads.
    """

    def sync(self, bank: Bank, on_progress: OnProgress | None = None) -> SyncReport:
        """Make the index hold exactly this bank's questions under the bank's id."""

    def key_point_vectors(self, question: Question) -> Vectors:
        """Shape (number of key points, dimension), in key-point order, not to be written to.

        A question that is not in the index, or stands there with other wording, is embedded on
        the spot.
        """

    def question_vector(self, question: Question) -> Vectors:
        """Shape (dimension,), not to be written to."""

    def nearest_key_points(self, vectors: Vectors, limit: int) -> list[tuple[KeyPointHit, ...]]:
        """The key points nearest to each row of `vectors` over all synced banks, best first."""

    def nearest_questions(self, texts: Sequence[str], limit: int) -> list[tuple[QuestionHit, ...]]:
        """The questions nearest in meaning to each text over all synced banks, best first."""

    def sample_key_points(self, limit: int) -> Vectors:
        """Up to `limit` key-point vectors, the same ones each time, shape (n, dimension).

        They are spread evenly over the synced banks, taken in the order of the banks' ids.
        """

    def close(self) -> None:
        """Let go of files and connections; a later call opens them again."""
