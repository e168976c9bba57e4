"""The index that lasts: vectors in Chroma, embedded anew only where the wording changed."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from operator import attrgetter
from typing import TypeVar

import numpy as np

from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.embedding.vectors import encodable
from app.index.bank_collections import BankCollections, Embedded, Stamp, Stored, remove_unwanted
from app.index.base import KeyPointHit, OnProgress, QuestionHit, SyncReport
from app.index.connection import Connection
from app.index.faults import CollectionMissing, IndexDamaged
from app.index.rows import embed_questions, refuse_repeated_ids, sample_rows, wording_digest

KEEP_DAYS = 30
"""Collections that no sync wanted for so long are removed: of banks gone, of other embedders."""

_QUESTIONS_A_BATCH = 128
_DAY = 86_400.0

T = TypeVar("T")
Hit = TypeVar("Hit", KeyPointHit, QuestionHit)


class ChromaIndex:
    """Banks in Chroma, embedded or on a server.

    Each bank has a pair of collections for each embedder, so that vectors of two embedders never
    meet. A sync takes the stamp off first and puts it on last; one that was killed is thus found
    and finished by the next. Files that are damaged are thrown away and made anew, for all they
    hold comes from the banks; on a server nothing is thrown away unasked.
    """

    def __init__(
        self, embedder: Embedder, connection: Connection, clock: Callable[[], float] = time.time
    ) -> None:
        self._embedder = embedder
        self._connection = connection
        self._clock = clock
        self._banks: dict[str, Bank] = {}
        self._syncing = threading.RLock()
        self._vectors_of = lru_cache(maxsize=256)(self._find_or_embed)

    def sync(self, bank: Bank, on_progress: OnProgress | None = None) -> SyncReport:
        """Compare digests; embed, write and remove only what differs.

        A bank that is stamped with its present digest costs one look at the stamp.
        """
        with self._syncing, self._connection.hold():
            try:
                report = self._sync(bank, on_progress)
            except IndexDamaged:
                self._connection.wipe()
                report = self._sync(bank, on_progress)
            self._banks[bank.id] = bank
        return report

    def rebuild(self, *banks: Bank, on_progress: OnProgress | None = None) -> None:
        """Remove everything that mockint keeps there, then sync these and the known banks."""
        with self._syncing, self._connection.hold():
            self._connection.wipe()
            self._banks |= {bank.id: bank for bank in banks}
            for bank in self._banks.values():
                self._sync(bank, on_progress)

    def key_point_vectors(self, question: Question) -> Vectors:
        """From Chroma, or embedded on the spot; the last 256 questions' stay in memory."""
        return self._vectors_of(question).points

    def question_vector(self, question: Question) -> Vectors:
        """From Chroma, or embedded on the spot; the last 256 questions' stay in memory."""
        return self._vectors_of(question).own

    def nearest_key_points(self, vectors: Vectors, limit: int) -> list[tuple[KeyPointHit, ...]]:
        """Approximate (HNSW) in large banks; equal similarities in no fixed order."""
        return self._nearest(BankCollections.nearest_key_points, vectors, limit)

    def nearest_questions(self, texts: Sequence[str], limit: int) -> list[tuple[QuestionHit, ...]]:
        """Approximate (HNSW) in large banks; equal similarities in no fixed order."""
        vectors = self._embedder.embed(texts)
        return self._nearest(BankCollections.nearest_questions, vectors, limit)

    def sample_key_points(self, limit: int) -> Vectors:
        """Evenly spread over the banks, as every index does it."""
        wanted = sample_rows(self._banks.values(), limit)
        rows: dict[str, list[str]] = {}
        for bank_id, row in wanted:
            rows.setdefault(bank_id, []).append(row)
        found = {
            bank_id: self._mending(partial(self._of(bank_id).key_points, names))
            for bank_id, names in rows.items()
        }
        vectors = [found[bank_id][row] for bank_id, row in wanted if row in found[bank_id]]
        if not vectors:
            return np.zeros((0, self._embedder.dimension), dtype=np.float32)
        return np.stack(vectors)

    def close(self) -> None:
        """Close the client; a later call opens it again."""
        with self._syncing:
            self._connection.close()

    def _of(self, bank_id: str) -> BankCollections:
        return BankCollections(self._connection, bank_id, self._embedder.fingerprint)

    def _sync(self, bank: Bank, on_progress: OnProgress | None) -> SyncReport:
        collections, digest = self._of(bank.id), bank.digest
        today = int(self._clock() // _DAY)
        known = collections.read_metadata()
        if known is not None and known.get("digest") == digest:
            if known.get("day") != today:
                dimension = int(known["dimension"])
                collections.write_stamp(self._stamp(bank, dimension, today, digest))
                remove_unwanted(self._connection, before=today - KEEP_DAYS)
            return SyncReport(0, 0, len(bank.questions))
        refuse_repeated_ids(bank)
        stamp = self._stamp(bank, self._embedder.dimension, today)
        collections.write_stamp(stamp)
        report = self._bring_up_to_date(collections, bank, stamp.sync, on_progress)
        if (collections.read_metadata() or {}).get("sync") == stamp.sync:
            collections.write_stamp(replace(stamp, bank_digest=digest))
        remove_unwanted(self._connection, before=today - KEEP_DAYS)
        return report

    def _stamp(self, bank: Bank, dimension: int, today: int, digest: str = "") -> Stamp:
        embedder = self._embedder
        return Stamp(
            bank.id,
            embedder.name,
            embedder.fingerprint,
            dimension,
            bank_digest=digest,
            sync=uuid.uuid4().hex,
            day=today,
        )

    def _bring_up_to_date(
        self, collections: BankCollections, bank: Bank, sync: str, on_progress: OnProgress | None
    ) -> SyncReport:
        """Write what differs; stops early where another client of a server began after this one."""
        stored = collections.stored()
        changed = [q for q in bank.questions if not _stands(q, stored)]
        names = {encodable(question.id) for question in bank.questions}
        gone = {name: row for name, row in stored.items() if name not in names}
        collections.remove(gone)
        done = 0
        for start in range(0, len(changed), _QUESTIONS_A_BATCH):
            batch = self._embed(changed[start : start + _QUESTIONS_A_BATCH])
            if (collections.read_metadata() or {}).get("sync") != sync:
                break
            collections.put(batch, stored)
            done += len(batch)
            if on_progress is not None:
                on_progress(done, len(changed))
        else:
            collections.sweep(bank.questions)
        return SyncReport(done, len(gone), len(bank.questions) - len(changed))

    def _embed(self, questions: Sequence[Question]) -> list[Embedded]:
        vectors = embed_questions(self._embedder, questions)
        return [
            Embedded(question, own, points)
            for question, (own, points) in zip(questions, vectors, strict=True)
        ]

    def _find_or_embed(self, question: Question) -> Embedded:
        found = next(
            filter(None, (self._find(bank_id, question) for bank_id in list(self._banks))), None
        )
        entry = found or self._embed([question])[0]
        entry.own.setflags(write=False)
        entry.points.setflags(write=False)
        return entry

    def _find(self, bank_id: str, question: Question) -> Embedded | None:
        return self._mending(partial(self._of(bank_id).find, question))

    def _nearest(
        self,
        search: Callable[[BankCollections, Vectors, int], list[list[Hit]]],
        vectors: Vectors,
        limit: int,
    ) -> list[tuple[Hit, ...]]:
        """Search every synced bank and keep the best of all."""
        found: list[list[Hit]] = [[] for _ in vectors]
        if limit > 0 and len(vectors):
            for bank_id in list(self._banks):
                hits = self._mending(partial(search, self._of(bank_id), vectors, limit))
                found = [mine + more for mine, more in zip(found, hits, strict=True)]
        best = attrgetter("similarity")
        return [tuple(sorted(hits, key=best, reverse=True)[:limit]) for hits in found]

    def _mending(self, read: Callable[[], T]) -> T:
        """Read; where files are damaged or a collection is gone, make them anew and read again."""
        try:
            return read()
        except CollectionMissing:
            for bank in list(self._banks.values()):
                self.sync(bank)
        except IndexDamaged:
            self.rebuild()
        return read()


def _stands(question: Question, stored: dict[str, Stored]) -> bool:
    row = stored.get(encodable(question.id))
    return row is not None and row.wording == wording_digest(question)
