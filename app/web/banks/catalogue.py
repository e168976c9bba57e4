"""Finding one's way in banks: filters, and what there is to filter by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.domain.question import Bank, Question

MOST_TOPICS = 400
MOST_TAGS = 300
MOST_FOUND = 200


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A question in a list, and the bank that it stands in."""

    bank_id: str
    question: Question


def listed(banks: Iterable[Bank]) -> list[Listed]:
    """All questions, bank by bank."""
    return [Listed(bank.id, question) for bank in banks for question in bank.questions]
