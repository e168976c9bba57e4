"""Finding questions by meaning: by what they ask, and by what a good answer says."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.question import Question
from app.embedding.base import Embedder
from app.index.base import BankIndex

POINTS_A_QUESTION = 4
"""Key points looked up for each question wanted: a question has about three."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A question, its similarity (-1 to 1), and the key point that was nearer than its text."""

    question: Question
    similarity: float
    key_point: str = ""


def search_questions(
    text: str, questions: Iterable[Question], index: BankIndex, embedder: Embedder, limit: int
) -> list[Hit]:
    """Up to `limit` of `questions`, best first.

    What else the index holds is passed over. Empty for a text without a single known word.
    """
    known = {question.id: question for question in questions}
    vectors = embedder.embed([text])
    if not vectors.any():
        return []
    best: dict[str, Hit] = {}
    for found in index.nearest_questions([text], limit)[0]:
        if question := known.get(found.question_id):
            best[question.id] = Hit(question, found.similarity)
    for point in index.nearest_key_points(vectors, limit * POINTS_A_QUESTION)[0]:
        question = known.get(point.question_id)
        if question is None:
            continue
        if question.id not in best or best[question.id].similarity < point.similarity:
            title = next((p.title for p in question.key_points if p.id == point.key_point_id), "")
            best[question.id] = Hit(question, point.similarity, title)
    return sorted(best.values(), key=lambda hit: (-hit.similarity, hit.question.id))[:limit]
