"""The two Chroma collections that hold one bank's vectors by one embedder."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.domain.question import Question
from app.embedding.base import Vectors
from app.embedding.vectors import encodable
from app.index.base import KeyPointHit, QuestionHit
from app.index.chroma_rows import Row, add_rows, delete_rows, pages, vectors_of, vectors_worded
from app.index.connection import Connection
from app.index.faults import CollectionMissing
from app.index.rows import PREFIX, key_point_row, key_point_rows, wording_digest

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

SCHEMA = 1
"""Raised whenever rows or stamps change their meaning; collections of another one are not read."""

# Chroma's own figures (16, 100, 100) miss one question in thirty among 5,000 that are alike.
_SEARCH: "CreateHNSWConfiguration" = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 300,
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A question with its vector, shape (dimension,), and its key points', (n, dimension)."""

    question: Question
    own: Vectors
    points: Vectors


@dataclass(frozen=True, slots=True)
class Stored:
    """What a question's row says: digest of the wording embedded, number of key points."""

    wording: str
    points: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written on a pair of collections.

    `bank_digest` is the digest of the bank that the rows stand for, or "" while they are being
    changed. `sync` names the sync that changed them last, `day` is when they were last wanted,
    in days since 1970. `rewritten` counts questions changed or removed since they were made.
    """

    bank_id: str
    embedder: str
    fingerprint: str
    dimension: int
    bank_digest: str = ""
    sync: str = ""
    day: int = 0
    rewritten: int = 0

    def as_metadata(self) -> dict[str, str | int]:
        """As Chroma keeps it."""
        return {
            "schema": SCHEMA,
            "bank": encodable(self.bank_id),
            "embedder": encodable(self.embedder),
            "fingerprint": encodable(self.fingerprint),
            "dimension": self.dimension,
            "digest": self.bank_digest,
            "sync": self.sync,
            "day": self.day,
            "rewritten": self.rewritten,
        }


class BankCollections:
    """Reads and writes the pair; its name is a digest of bank id, embedder and schema."""

    def __init__(self, connection: Connection, bank_id: str, fingerprint: str) -> None:
        self._connection = connection
        identity = "\0".join((str(SCHEMA), encodable(fingerprint), encodable(bank_id)))
        name = PREFIX + hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()
        self._questions_name = f"{name}-questions"
        self._points_name = f"{name}-key-points"

    def read_metadata(self) -> dict[str, Any] | None:
        """The stamp as Chroma keeps it, or None where either collection is missing."""
        try:
            with self._connection.use() as client:
                self._points(client)
                return dict(self._questions(client).metadata or {})
        except CollectionMissing:
            return None

    def write_stamp(self, stamp: Stamp, *, anew: bool = False) -> None:
        """Write the stamp on both collections, which are made where they are missing.

        Collections that hold vectors of another length, or any where `anew` is asked for, are
        thrown away first.
        """
        known = self.read_metadata()
        with self._connection.write() as client:
            if anew or (known is not None and known.get("dimension") != stamp.dimension):
                self._drop(client)
            for name in (self._points_name, self._questions_name):
                collection = client.get_or_create_collection(
                    name,
                    configuration={"hnsw": _SEARCH},
                    metadata=stamp.as_metadata(),
                    embedding_function=None,
                )
                collection.modify(metadata=stamp.as_metadata())

    def stored(self) -> dict[str, Stored]:
        """What is there by question id; nothing where key points have got lost."""
        found: dict[str, Stored] = {}
        with self._connection.use() as client:
            for ids, metadatas in pages(self._questions(client)):
                for name, row in zip(ids, metadatas, strict=True):
                    found[name] = Stored(str(row["wording"]), int(row["points"]))
            complete = self._points(client).count() >= sum(row.points for row in found.values())
        return found if complete else {}

    def put(self, batch: Sequence[Embedded]) -> None:
        """Write questions that are not there; each one's row last, as it vouches for the rest."""
        with self._connection.write() as client:
            limit = client.get_max_batch_size()
            add_rows(self._points(client), list(_point_rows(batch)), limit)
            add_rows(self._questions(client), [_question_row(item) for item in batch], limit)

    def remove(self, gone: dict[str, Stored]) -> None:
        """Take questions and their key points out."""
        if not gone:
            return
        rows = [key_point_row(name, n) for name, row in gone.items() for n in range(row.points)]
        with self._connection.write() as client:
            limit = client.get_max_batch_size()
            delete_rows(self._questions(client), list(gone), limit)
            delete_rows(self._points(client), rows, limit)

    def sweep(self, questions: Iterable[Question]) -> None:
        """Remove rows that belong to none of these questions, as an interrupted sync leaves."""
        names = {encodable(question.id) for question in questions}
        rows = {row for question in questions for row in key_point_rows(question)}
        with self._connection.use() as client:
            limit = client.get_max_batch_size()
            strays = [
                (
                    collection,
                    [name for ids, _ in pages(collection) for name in ids if name not in own],
                )
                for collection, own in (
                    (self._questions(client), names),
                    (self._points(client), rows),
                )
                if collection.count() != len(own)
            ]
        for collection, stray in strays:
            with self._connection.write():
                delete_rows(collection, stray, limit)

    def find(self, question: Question) -> Embedded | None:
        """The vectors of a question, or None unless all stand there in its present wording."""
        wording, rows = wording_digest(question), key_point_rows(question)
        with self._connection.use() as client:
            own = vectors_worded(self._questions(client), [encodable(question.id)], wording)
            if own is None:
                return None
            points = vectors_worded(self._points(client), rows, wording) if rows else own[:0]
        return None if points is None else Embedded(question, own[0], points)

    def read_back(self, questions: Sequence[Question]) -> list[Embedded]:
        """The stored vectors of those of these questions that are whole."""
        names = [encodable(question.id) for question in questions]
        rows = [row for question in questions for row in key_point_rows(question)]
        with self._connection.use() as client:
            own, points = (
                vectors_of(self._questions(client), names),
                vectors_of(self._points(client), rows),
            )
        return [
            Embedded(question, own[name], np.stack(found) if found else own[name][np.newaxis][:0])
            for question, name in zip(questions, names, strict=True)
            if name in own
            and len(found := [points[row] for row in key_point_rows(question) if row in points])
            == len(question.key_points)
        ]

    def key_points(self, rows: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the rows that are there."""
        with self._connection.use() as client:
            return vectors_of(self._points(client), rows)

    def nearest_key_points(self, vectors: Vectors, limit: int) -> list[list[KeyPointHit]]:
        """The bank's key points nearest to each vector, best first."""
        with self._connection.use() as client:
            got = self._points(client).query(
                query_embeddings=vectors, n_results=limit, include=["distances", "metadatas"]
            )
        return [
            [
                KeyPointHit(str(row["question"]), str(row["key_point"]), _cosine(distance))
                for row, distance in zip(rows, distances, strict=True)
            ]
            for rows, distances in zip(got["metadatas"] or [], got["distances"] or [], strict=True)
        ]

    def nearest_questions(self, vectors: Vectors, limit: int) -> list[list[QuestionHit]]:
        """The bank's questions nearest to each vector, best first."""
        with self._connection.use() as client:
            got = self._questions(client).query(
                query_embeddings=vectors, n_results=limit, include=["distances"]
            )
        return [
            [QuestionHit(name, _cosine(far)) for name, far in zip(names, distances, strict=True)]
            for names, distances in zip(got["ids"], got["distances"] or [], strict=True)
        ]

    def _questions(self, client: "Client") -> "Collection":
        return client.get_collection(self._questions_name, embedding_function=None)

    def _points(self, client: "Client") -> "Collection":
        return client.get_collection(self._points_name, embedding_function=None)

    def _drop(self, client: "Client") -> None:
        present = {collection.name for collection in client.list_collections()}
        for name in present & {self._questions_name, self._points_name}:
            client.delete_collection(name)


def remove_unwanted(connection: Connection, before: int) -> None:
    """Remove collections that no sync has wanted since day `before`, or of another schema."""
    with connection.use() as client:
        old = [
            collection.name
            for collection in client.list_collections()
            if collection.name.startswith(PREFIX)
            and int((collection.metadata or {}).get("day", 0)) < before
        ]
    for name in old:
        with connection.write() as client:
            client.delete_collection(name)


def _question_row(item: Embedded) -> Row:
    question = item.question
    metadata: dict[str, str | int] = {
        "wording": wording_digest(question),
        "points": len(question.key_points),
    }
    return Row(encodable(question.id), item.own, metadata)


def _point_rows(batch: Iterable[Embedded]) -> Iterator[Row]:
    for item in batch:
        question, wording = item.question, wording_digest(item.question)
        rows = zip(key_point_rows(question), question.key_points, item.points, strict=True)
        for row, point, vector in rows:
            metadata: dict[str, str | int] = {
                "wording": wording,
                "question": encodable(question.id),
                "key_point": encodable(point.id),
            }
            yield Row(row, vector, metadata)


def _cosine(distance: float) -> float:
    return float(np.clip(1.0 - distance, -1.0, 1.0))
