"""How questions and key points are told apart, compared and sampled inside an index."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.embedding.vectors import encodable
from app.errors import VectorIndexError, filled

PREFIX = "mockint-"
"""What the name of every collection of ours starts with."""


def key_point_row(question_id: str, position: int) -> str:
    """The row of a question's key point; the position counts from 0."""
    return f"{encodable(question_id)}/{position}"


def key_point_rows(question: Question) -> list[str]:
    """The rows of all key points of a question, in their order."""
    return [key_point_row(question.id, place) for place in range(len(question.key_points))]


def wording_digest(question: Question) -> str:
    """BLAKE2 (hex) over what is embedded and the key points' ids, and nothing else.

    A new weight, tag or difficulty thus costs no embedding.
    """
    digest = hashlib.blake2b(digest_size=16)
    parts = [question.text]
    for point in question.key_points:
        parts += (point.id, point.statement)
    for part in parts:
        digest.update(encodable(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def embed_questions(
    embedder: Embedder, questions: Sequence[Question]
) -> Iterator[tuple[Vectors, Vectors]]:
    """Each question's own vector, shape (dimension,), and its key points', in one embedder call."""
    texts: list[str] = []
    for question in questions:
        texts.append(question.text)
        texts.extend(point.statement for point in question.key_points)
    vectors = embedder.embed(texts)
    start = 0
    for question in questions:
        stop = start + 1 + len(question.key_points)
        yield vectors[start], vectors[start + 1 : stop]
        start = stop


def refuse_repeated_ids(bank: Bank) -> None:
    """Raise VectorIndexError where two questions of a bank have one id, or one has none."""
    counts = Counter(encodable(question.id) for question in bank.questions)
    wrong = next((name for name, count in counts.items() if count > 1 or not name), None)
    if wrong is not None:
        raise VectorIndexError(
            filled(
                "Bank {bank!r} cannot be indexed: the question id {id!r} stands there more than "
                "once.",
                bank=bank.id,
                id=wrong,
            )
            if wrong
            else filled("Bank {bank!r} cannot be indexed: a question id is empty.", bank=bank.id),
            "Give each question an id of its own; mockint bank lint shows the lines.",
        )


def sample_rows(banks: Iterable[Bank], limit: int) -> list[tuple[str, str]]:
    """Up to `limit` pairs of bank id and key-point row, evenly spread, the same for same banks."""
    rows = [
        (bank.id, row)
        for bank in sorted(banks, key=lambda bank: bank.id)
        for question in bank.questions
        for row in key_point_rows(question)
    ]
    if limit >= len(rows):
        return rows
    places = np.linspace(0, len(rows) - 1, max(limit, 0)).round().astype(int)
    return [rows[place] for place in places]
