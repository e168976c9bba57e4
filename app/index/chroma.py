"""The index that lasts: vectors in Chroma, embedded anew only where the wording changed."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from operator import attrgetter
from typing import TypeVar

import numpy as np

from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.index.bank_collections import BankCollections, Embedded, Stamp, remove_unwanted
from app.index.base import KeyPointHit, OnProgress, QuestionHit, SyncReport
from app.index.connection import Connection
from app.index.faults import CollectionMissing, IndexDamaged
from app.index.rows import embed_questions, refuse_repeated_ids, sample_rows
from app.index.sync_plan import SyncPlan, plan_sync

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

    def forget(self, bank_id: str) -> None:
        """Search a bank no more; its vectors stay for a while, should it come back."""
        with self._syncing:
            self._banks.pop(bank_id, None)

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
        known = collections.read_metadata() or {}
        rewritten = int(known.get("rewritten", 0))
        if known.get("digest") == digest:
            if known.get("day") != today:
                stamp = self._stamp(bank, int(known["dimension"]), today, rewritten)
                collections.write_stamp(replace(stamp, bank_digest=digest))
                remove_unwanted(self._connection, before=today - KEEP_DAYS)
            return SyncReport(0, 0, len(bank.questions))
        refuse_repeated_ids(bank)
        stamp = self._stamp(bank, self._embedder.dimension, today, rewritten)
        collections.write_stamp(stamp)
        plan = todo = plan_sync(bank, collections.stored(), rewritten)
        if plan.worn:
            todo = self._renew(collections, plan, stamp)
        done = self._carry_out(collections, todo, stamp.sync, on_progress)
        if self._is_last(collections, stamp.sync):
            collections.sweep(bank.questions)
            collections.write_stamp(replace(stamp, bank_digest=digest, rewritten=todo.rewritten))
        remove_unwanted(self._connection, before=today - KEEP_DAYS)
        return SyncReport(done, len(plan.gone), len(bank.questions) - len(todo.changed))

    def _stamp(self, bank: Bank, dimension: int, today: int, rewritten: int) -> Stamp:
        embedder = self._embedder
        return Stamp(
            bank.id,
            embedder.name,
            embedder.fingerprint,
            dimension,
            sync=uuid.uuid4().hex,
            day=today,
            rewritten=rewritten,
        )

    def _is_last(self, collections: BankCollections, sync: str) -> bool:
        """Whether no other client of a server began a sync of this bank after this one."""
        return (collections.read_metadata() or {}).get("sync") == sync

    def _renew(self, collections: BankCollections, plan: SyncPlan, stamp: Stamp) -> SyncPlan:
        """Make the collections anew from the vectors they hold; what is left to do then."""
        kept = [item for batch in _batches(plan.kept) for item in collections.read_back(batch)]
        collections.write_stamp(stamp, anew=True)
        for batch in _batches(kept):
            collections.put(batch)
        whole = {item.question.id for item in kept}
        lost = [question for question in plan.kept if question.id not in whole]
        return SyncPlan(plan.changed + lost, [], {}, {}, size=0, rewritten=0)

    def _carry_out(
        self,
        collections: BankCollections,
        plan: SyncPlan,
        sync: str,
        on_progress: OnProgress | None,
    ) -> int:
        """Write what differs, unless another sync began meanwhile; the number embedded."""
        collections.remove(plan.gone)
        collections.remove(plan.replaced)
        done = 0
        for questions in _batches(plan.changed):
            batch = self._embed(questions)
            if not self._is_last(collections, sync):
                break
            collections.put(batch)
            done += len(batch)
            if on_progress is not None:
                on_progress(done, len(plan.changed))
        return done

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


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _QUESTIONS_A_BATCH):
        yield items[start : start + _QUESTIONS_A_BATCH]
