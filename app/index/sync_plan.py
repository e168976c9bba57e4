"""What a sync has to do, from what is there and what should be."""

from dataclasses import dataclass

from app.domain.question import Bank, Question
from app.embedding.vectors import encodable
from app.index.bank_collections import Stored
from app.index.rows import wording_digest

_WEAR = 0.5
_WEAR_UNNOTICED = 64


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """`changed` are to be embedded; the rows `gone` and `replaced` make room first.

    `size` is how many questions are there, `rewritten` how many were removed or replaced since
    the collections were made. Chroma's search graph keeps what was removed, so collections that
    are `worn` are made anew, from the vectors they hold.
    """

    changed: list[Question]
    kept: list[Question]
    gone: dict[str, Stored]
    replaced: dict[str, Stored]
    size: int
    rewritten: int

    @property
    def worn(self) -> bool:
        """Whether half as many questions as are there, and enough to matter, were rewritten."""
        return self.rewritten > max(_WEAR * self.size, _WEAR_UNNOTICED)


def plan_sync(bank: Bank, stored: dict[str, Stored], rewritten: int) -> SyncPlan:
    """Compare wording digests; `rewritten` is the count so far."""
    changed: list[Question] = []
    kept: list[Question] = []
    left = dict(stored)
    replaced: dict[str, Stored] = {}
    for question in bank.questions:
        name = encodable(question.id)
        row = left.pop(name, None)
        if row is not None and row.wording == wording_digest(question):
            kept.append(question)
            continue
        changed.append(question)
        if row is not None:
            replaced[name] = row
    rewritten += len(left) + len(replaced)
    return SyncPlan(changed, kept, left, replaced, len(stored), rewritten)
