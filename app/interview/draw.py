"""Drawing questions one by one so that they spread over topics, difficulties and tags."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.question import Question
from app.store.rows import AskedRow

RECENT_SESSIONS = 3
"""A question asked in one of so many newest sessions waits until all others had their turn."""

_NEVER = -1_000_000_000


class Familiar:
    """How long ago each question was asked; one variant asked counts for all of them."""

    def __init__(self, questions: Iterable[Question], asked: Iterable[AskedRow]) -> None:
        ago = {row.question_id: row.sessions_ago for row in asked}
        self._ago: dict[str, int] = {}
        if not ago:
            return
        for question in questions:
            if question.id in ago:
                for kind in kinds_of(question):
                    self._ago[kind] = min(self._ago.get(kind, ago[question.id]), ago[question.id])

    def __bool__(self) -> bool:
        """Whether any question was asked before."""
        return bool(self._ago)

    def sessions_ago(self, question: Question) -> int | None:
        """0 for the newest session; None where it was never asked."""
        if not self._ago:
            return None
        found = [self._ago[kind] for kind in kinds_of(question) if kind in self._ago]
        return min(found, default=None)

    def is_recent(self, question: Question) -> bool:
        """Whether it was asked in one of the newest sessions."""
        ago = self.sessions_ago(question)
        return ago is not None and ago < RECENT_SESSIONS

    def age(self, question: Question) -> int:
        """Smaller the longer ago, smallest where it was never asked."""
        ago = self.sessions_ago(question)
        return _NEVER if ago is None else -ago


Bucket = tuple[bool, str, int]


@dataclass(slots=True)
class Draw:
    """Questions taken so far, and how crowded each topic and difficulty is by now."""

    seed: str
    familiar: Familiar
    taken: list[Question] = field(default_factory=list)
    _kinds: set[str] = field(default_factory=set)
    _topics: Counter[str] = field(default_factory=Counter)
    _difficulties: Counter[int] = field(default_factory=Counter)
    _tags: Counter[str] = field(default_factory=Counter)

    def take(self, question: Question) -> None:
        """Count this question as asked in this interview."""
        self.taken.append(question)
        self._kinds.update(kinds_of(question))
        self._topics[question.topic] += 1
        self._difficulties[question.difficulty] += 1
        self._tags.update(question.tags)

    def may_take(self, question: Question) -> bool:
        """Whether neither it nor a variant of it, nor its text, was taken."""
        return self._kinds.isdisjoint(kinds_of(question))

    def fill(self, pool: Sequence[Question], count: int) -> list[Question]:
        """Take up to `count` more from `pool`; which ones hangs on the seed, not on its order.

        Questions asked lately come last; then whatever topic and difficulty is the least
        crowded, then tags, then what was asked the longest ago.
        """
        buckets: Mapping[Bucket, list[Question]] = self._buckets(pool)
        ranked: set[Bucket] = set()
        drawn: list[Question] = []
        while len(drawn) < count:
            best = self._best(buckets, ranked)
            if best is None:
                break
            self.take(best)
            drawn.append(best)
        return drawn

    def _buckets(self, pool: Sequence[Question]) -> Mapping[Bucket, list[Question]]:
        buckets: dict[Bucket, list[Question]] = defaultdict(list)
        if not self.familiar:
            for question in pool:
                buckets[False, question.topic, question.difficulty].append(question)
            return buckets
        for question in pool:
            recent = self.familiar.is_recent(question)
            buckets[recent, question.topic, question.difficulty].append(question)
        return buckets

    def _best(
        self, buckets: Mapping[Bucket, list[Question]], ranked: set[Bucket]
    ) -> Question | None:
        """The best of the least crowded buckets that still have one to give."""
        by_crowding = defaultdict(list)
        for bucket in buckets:
            recent, topic, difficulty = bucket
            crowding = recent, self._topics[topic], self._difficulties[difficulty]
            by_crowding[crowding].append(bucket)
        for crowding in sorted(by_crowding):
            found = []
            for bucket in by_crowding[crowding]:
                if bucket not in ranked:
                    buckets[bucket].sort(key=self._order)
                    ranked.add(bucket)
                found.extend(self._freest(buckets[bucket]))
            if found:
                return min(found, key=lambda one: (self._tag_crowding(one), *self._order(one)))
        return None

    def _freest(self, ordered: Sequence[Question]) -> list[Question]:
        """The first question with the least crowded tags; nothing where all are taken."""
        best: Question | None = None
        least = 0
        for question in ordered:
            if not self.may_take(question):
                continue
            crowding = self._tag_crowding(question)
            if best is None or crowding < least:
                best, least = question, crowding
            if least == 0:
                break
        return [] if best is None else [best]

    def _tag_crowding(self, question: Question) -> int:
        return max((self._tags[tag] for tag in question.tags), default=0)

    def _order(self, question: Question) -> tuple[int, str]:
        if not self.familiar:
            return _NEVER, rank(self.seed, question)
        return self.familiar.age(question), rank(self.seed, question)


def kinds_of(question: Question) -> tuple[str, ...]:
    """What must differ between the questions of one interview."""
    own = (f"id:{question.id}", f"text:{question.text}")
    return (*own, f"variants:{question.variants}") if question.variants else own


def rank(seed: str, question: Question) -> str:
    """An order of questions that looks random and that the seed repeats."""
    return hashlib.sha256(f"{seed}\0{question.id}".encode(errors="surrogatepass")).hexdigest()
