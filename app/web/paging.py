"""Long lists, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query

T = TypeVar("T")

AROUND = 2
"""Pages shown before and after the one that is open."""

PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """One page of a list: `items` from `first` (counted from 1) of `total`, page `number`.

    `query` are the other parameters of the address, which its links keep.
    """

    items: Sequence[T]
    number: int
    pages: int
    first: int
    total: int
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def near(self) -> tuple[int, ...]:
        """The pages to link to: the first, the last, and those around this one; 0 for a gap."""
        wanted = {1, self.pages, *range(self.number - AROUND, self.number + AROUND + 1)}
        shown: list[int] = []
        for page in sorted(page for page in wanted if 1 <= page <= self.pages):
            if shown and page - shown[-1] > 1:
                shown.append(0)
            shown.append(page)
        return tuple(shown)

    def link(self, page: int) -> str:
        """The address of another page of the list, relative to this one."""
        return "?" + urlencode({**self.query, "page": page})


def leaf_of(
    items: Sequence[T], number: int, size: int, query: Mapping[str, str] | None = None
) -> Leaf[T]:
    """Page `number` of all items, the last one where there are not so many."""
    pages = max(1, -(-len(items) // size))
    number = min(number, pages)
    start = (number - 1) * size
    kept = {name: value for name, value in (query or {}).items() if value}
    return Leaf(items[start : start + size], number, pages, start + 1, len(items), kept)
