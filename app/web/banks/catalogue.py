"""Finding one's way in banks: filters, and what there is to filter by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.domain.question import Bank, Question
from app.index.searching import Hit

MOST_TOPICS = 400
MOST_TAGS = 300
MOST_FOUND = 200
"""How deep the index is looked into: filters pass over some of what it finds."""
BEST = 20
FAR_BEHIND = 0.6
"""The share of the best similarity below which a question is about something else."""


class Wish(BaseModel):
    """What is looked for; `q` by meaning, the rest exactly. "" allows everything."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", max_length=500)
    topic: str = Field(default="", max_length=500)
    difficulty: Literal["", "1", "2", "3"] = ""
    language: str = Field(default="", max_length=12)
    tag: str = Field(default="", max_length=200)
    page: int = Field(default=1, ge=1, le=1_000_000)

    @property
    def narrows(self) -> bool:
        """Whether anything but the page was asked for."""
        return bool(self.query)

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address, without the page."""
        return {
            name: value for name in ("q", "topic", "difficulty", "language", "tag")
            if (value := str(getattr(self, name)).strip())
        }  # fmt: skip

    def allows(self, question: Question) -> bool:
        """Whether a question has the topic, difficulty, language and tag that are wished for."""
        return (
            (not self.topic or question.topic == self.topic)
            and (not self.difficulty or question.difficulty == int(self.difficulty))
            and (not self.language or question.language == self.language)
            and (not self.tag or self.tag in question.tags)
        )


WishQuery = Annotated[Wish, Query()]


@dataclass(frozen=True, slots=True)
class Facets:
    """What questions can be filtered by, each with its number of questions."""

    topics: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    difficulties: tuple[tuple[int, int], ...]
    tags: tuple[tuple[str, int], ...]


def facets_of(questions: Sequence[Question]) -> Facets:
    """Topics in the order of the bank, the rest most frequent first."""
    topics = Counter(one.topic for one in questions if one.topic)
    tags = Counter(tag for one in questions for tag in one.tags)
    kept = topics if len(topics) <= MOST_TOPICS else dict(topics.most_common(MOST_TOPICS))
    return Facets(
        tuple(kept.items()),
        tuple(Counter(one.language for one in questions).most_common()),
        tuple(sorted(Counter(one.difficulty for one in questions).items())),
        tuple(tags.most_common(MOST_TAGS)),
    )


def together(parts: Iterable[Facets]) -> Facets:
    """What several banks can be filtered by."""
    topics, tags = Counter[str](), Counter[str]()
    languages, difficulties = Counter[str](), Counter[int]()
    for part in parts:
        topics.update(dict(part.topics))
        tags.update(dict(part.tags))
        languages.update(dict(part.languages))
        difficulties.update(dict(part.difficulties))
    return Facets(
        tuple(topics.most_common(MOST_TOPICS)),
        tuple(languages.most_common()),
        tuple(sorted(difficulties.items())),
        tuple(tags.most_common(MOST_TAGS)),
    )


@dataclass(frozen=True, slots=True)
class Survey:
    """What a bank's page tells of it besides its questions."""

    facets: Facets
    key_points: int
    digest: str


def survey(bank: Bank) -> Survey:
    """Counted once for each bank that was read: a large one takes a while."""
    return _survey(_Same(bank))


@dataclass(frozen=True, slots=True)
class _Same:
    """A bank by its identity: to compare its questions would take longer than to count them."""

    bank: Bank

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.bank is self.bank

    def __hash__(self) -> int:
        return id(self.bank)


@lru_cache(maxsize=64)
def _survey(same: _Same) -> Survey:
    questions = same.bank.questions
    key_points = sum(len(one.key_points) for one in questions)
    return Survey(facets_of(questions), key_points, same.bank.digest)


@dataclass(frozen=True, slots=True)
class Listed:
    """A question in a list, and the bank that it stands in.

    Where it was found by meaning: its similarity (0 to 1), and the key point that came nearest.
    """

    bank_id: str
    question: Question
    similarity: float | None = None
    key_point: str = ""


def nearest(hits: Sequence[Hit], among: Sequence[Listed]) -> list[Listed]:
    """The best hits, best first; those that fall far behind the best are left out."""
    by_id = {one.question.id: one for one in among}
    least = FAR_BEHIND * hits[0].similarity if hits else 0.0
    return [
        replace(by_id[hit.question.id], similarity=hit.similarity, key_point=hit.key_point)
        for hit in hits[:BEST]
        if hit.similarity >= least
    ]


def fitting(banks: Iterable[Bank], wish: Wish) -> list[Listed]:
    """The questions that a wish allows, bank by bank; its meaning is not looked at."""
    return [
        Listed(bank.id, question)
        for bank in banks
        for question in bank.questions
        if wish.allows(question)
    ]
