"""Rows of one Chroma collection: written, removed and read in portions that Chroma bears."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.embedding.base import Vectors

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_FIRST_ROWS = 16
_ROWS_A_PAGE = 5000
_NUMBERS_A_REQUEST = 1_000_000  # 12 MB as JSON; a server refuses requests above 40 MB


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    vector: Vectors
    metadata: dict[str, str | int]


def add_rows(collection: "Collection", rows: Sequence[Row], limit: int) -> None:
    """Write rows in parts that at most double the collection.

    A large part in a small search graph, like rows that replace others in place, leaves some
    that no search finds: of 2,000 that are alike, five to ten.
    """
    if not rows:
        return
    most = max(1, min(limit, _NUMBERS_A_REQUEST // len(rows[0].vector)))
    present, start = collection.count(), 0
    while start < len(rows):
        part = rows[start : start + min(most, max(_FIRST_ROWS, present + start))]
        collection.upsert(
            ids=[row.id for row in part],
            embeddings=np.stack([row.vector for row in part]),
            metadatas=[dict(row.metadata) for row in part],
        )
        settle(collection)
        start += len(part)


def delete_rows(collection: "Collection", ids: Sequence[str], limit: int) -> None:
    for start in range(0, len(ids), limit):
        collection.delete(ids=list(ids[start : start + limit]))
    if ids:
        settle(collection)


def settle(collection: "Collection") -> None:
    """Read a vector back, which waits for Chroma to finish writing in its own threads."""
    collection.get(limit=1, include=["embeddings"])


def pages(collection: "Collection") -> Iterator[tuple[list[str], list[Any]]]:
    for start in range(0, collection.count(), _ROWS_A_PAGE):
        got = collection.get(limit=_ROWS_A_PAGE, offset=start, include=["metadatas"])
        yield got["ids"], list(got["metadatas"] or [])


def vectors_of(collection: "Collection", rows: Sequence[str]) -> dict[str, Vectors]:
    """The vectors of those of the rows that are there."""
    if not rows:
        return {}
    got = collection.get(ids=list(rows), include=["embeddings"])
    return dict(zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True))


def vectors_worded(collection: "Collection", rows: list[str], wording: str) -> Vectors | None:
    """The vectors of the rows in their order, or None where one is missing or worded otherwise."""
    got = collection.get(ids=rows, include=["embeddings", "metadatas"])
    places = {name: place for place, name in enumerate(got["ids"])}
    same = all(row["wording"] == wording for row in got["metadatas"] or [])
    if not same or len(places) < len(rows):
        return None
    return np.asarray(got["embeddings"], dtype=np.float32)[[places[row] for row in rows]]
