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
from app.index.connection import PREFIX, Connection
from app.index.faults import CollectionMissing
from app.index.rows import key_point_row, key_point_rows, wording_digest

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
_ROWS_A_PAGE = 5000
_NUMBERS_A_REQUEST = 1_000_000  # 12 MB as JSON; a server refuses requests above 40 MB


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
    in days since 1970.
    """

    bank_id: str
    embedder: str
    fingerprint: str
    dimension: int
    bank_digest: str = ""
    sync: str = ""
    day: int = 0

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

    def write_stamp(self, stamp: Stamp) -> None:
        """Write the stamp on both collections, which are made where they are missing.

        Collections that hold vectors of another length are thrown away first.
        """
        known = self.read_metadata()
        with self._connection.write() as client:
            if known is not None and known.get("dimension") != stamp.dimension:
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
            for ids, metadatas in _pages(self._questions(client)):
                for name, row in zip(ids, metadatas, strict=True):
                    found[name] = Stored(str(row["wording"]), int(row["points"]))
            complete = self._points(client).count() >= sum(row.points for row in found.values())
        return found if complete else {}

    def put(self, batch: Sequence[Embedded], stored: dict[str, Stored]) -> None:
        """Write questions and key points, the question's row last, as it vouches for the rest."""
        with self._connection.write() as client:
            questions, points = self._questions(client), self._points(client)
            limit = client.get_max_batch_size()
            _upsert(points, list(_point_rows(batch)), limit)
            _delete(points, list(_surplus(batch, stored)), limit)
            _upsert(questions, [_question_row(item) for item in batch], limit)
            # A query makes Chroma finish its own writing before the batch counts as written.
            for collection in (questions, points):
                collection.query(query_embeddings=batch[0].own[np.newaxis], n_results=1, include=[])

    def remove(self, gone: dict[str, Stored]) -> None:
        """Take questions and their key points out."""
        if not gone:
            return
        rows = [key_point_row(name, n) for name, row in gone.items() for n in range(row.points)]
        with self._connection.write() as client:
            limit = client.get_max_batch_size()
            _delete(self._questions(client), list(gone), limit)
            _delete(self._points(client), rows, limit)

    def sweep(self, questions: Iterable[Question]) -> None:
        """Remove rows that belong to none of these questions, as an interrupted sync leaves."""
        names = {encodable(question.id) for question in questions}
        rows = {row for question in questions for row in key_point_rows(question)}
        with self._connection.use() as client:
            limit = client.get_max_batch_size()
            strays = [
                (
                    collection,
                    [name for ids, _ in _pages(collection) for name in ids if name not in own],
                )
                for collection, own in (
                    (self._questions(client), names),
                    (self._points(client), rows),
                )
                if collection.count() != len(own)
            ]
        for collection, stray in strays:
            with self._connection.write():
                _delete(collection, stray, limit)

    def find(self, question: Question) -> Embedded | None:
        """The vectors of a question, or None unless all stand there in its present wording."""
        wording, rows = wording_digest(question), key_point_rows(question)
        with self._connection.use() as client:
            own = _get(self._questions(client), [encodable(question.id)], wording)
            if own is None:
                return None
            points = _get(self._points(client), rows, wording) if rows else own[:0]
        return None if points is None else Embedded(question, own[0], points)

    def key_points(self, rows: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the rows that are there."""
        with self._connection.use() as client:
            got = self._points(client).get(ids=list(rows), include=["embeddings"])
        return dict(zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True))

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


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    vector: Vectors
    metadata: dict[str, str | int]


def _question_row(item: Embedded) -> _Row:
    question = item.question
    metadata: dict[str, str | int] = {
        "wording": wording_digest(question),
        "points": len(question.key_points),
    }
    return _Row(encodable(question.id), item.own, metadata)


def _point_rows(batch: Iterable[Embedded]) -> Iterator[_Row]:
    for item in batch:
        question, wording = item.question, wording_digest(item.question)
        rows = zip(key_point_rows(question), question.key_points, item.points, strict=True)
        for row, point, vector in rows:
            metadata: dict[str, str | int] = {
                "wording": wording,
                "question": encodable(question.id),
                "key_point": encodable(point.id),
            }
            yield _Row(row, vector, metadata)


def _surplus(batch: Iterable[Embedded], stored: dict[str, Stored]) -> Iterator[str]:
    """Rows of key points that a question had before and has no more."""
    for item in batch:
        before = stored.get(encodable(item.question.id))
        if before is not None:
            for place in range(len(item.question.key_points), before.points):
                yield key_point_row(item.question.id, place)


def _upsert(collection: "Collection", rows: Sequence[_Row], limit: int) -> None:
    if not rows:
        return
    step = max(1, min(limit, _NUMBERS_A_REQUEST // len(rows[0].vector)))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        collection.upsert(
            ids=[row.id for row in part],
            embeddings=np.stack([row.vector for row in part]),
            metadatas=[dict(row.metadata) for row in part],
        )


def _delete(collection: "Collection", ids: Sequence[str], limit: int) -> None:
    for start in range(0, len(ids), limit):
        collection.delete(ids=list(ids[start : start + limit]))


def _pages(collection: "Collection") -> Iterator[tuple[list[str], list[Any]]]:
    for start in range(0, collection.count(), _ROWS_A_PAGE):
        got = collection.get(limit=_ROWS_A_PAGE, offset=start, include=["metadatas"])
        yield got["ids"], list(got["metadatas"] or [])


def _get(collection: "Collection", rows: list[str], wording: str) -> Vectors | None:
    """The vectors of the rows in their order, or None where one is missing or worded otherwise."""
    got = collection.get(ids=rows, include=["embeddings", "metadatas"])
    places = {name: place for place, name in enumerate(got["ids"])}
    same = all(row["wording"] == wording for row in got["metadatas"] or [])
    if not same or len(places) < len(rows):
        return None
    return np.asarray(got["embeddings"], dtype=np.float32)[[places[row] for row in rows]]


def _cosine(distance: float) -> float:
    return float(np.clip(1.0 - distance, -1.0, 1.0))
