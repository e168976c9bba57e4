"""Which questions serve which requirements: vector search, then greedy maximum coverage.

A question serves a requirement as far as its text or one of its key points is near in meaning.
The gain of a set of questions is, for each requirement, the strength of the best among them, and
that sum is submodular: picking the greatest gain each time reaches at least 1 - 1/e of the best
possible (Nemhauser, Wolsey and Fisher, 1978).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from app.domain.question import Question
from app.interview.draw import Draw

if TYPE_CHECKING:  # they bring numpy along, which the first question does not wait for
    from app.embedding.base import Embedder
    from app.index.base import BankIndex

HITS = 24
"""Questions and key points looked up for each requirement."""

ABOVE_NOISE = 0.21
"""How far from unrelated text (0) to the same text (1) a question must be to serve at all.

Measured with the bundled embedder on the pieces in tests/interview/requirement_pieces.py:
`python -m tests.interview.requirement_pieces` prints the errors at each value.
"""

ROUNDS = 2
"""Questions a requirement gets before other questions of the banks fill the plan."""

_NEWLY_SERVED = 0.5
_LEAST_GAIN = 0.1
_RECENT_DISCOUNT = 0.5

UNRELATED = (
    "烤箱预热后放入面包",
    "周末去海边钓鱼和游泳",
    "给婴儿换尿布要注意什么",
    "小提琴的弓要常上松香",
    "the recipe needs two eggs and some butter",
    "the football match was cancelled because of rain",
    "feed the cat twice a day and brush its fur",
    "she plays the violin in a chamber orchestra",
)
"""Texts that no bank of interview questions is about: how near they come is noise."""


@dataclass(frozen=True, slots=True)
class Service:
    """A question picked for a requirement; `similarity` is the cosine between them."""

    question: Question
    requirement: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """Questions picked, best gain first.

    No question of the banks serves an `unmet` requirement; those `left_over` could be served but
    found no room.
    """

    services: tuple[Service, ...]
    unmet: tuple[str, ...]
    left_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearness:
    """For each requirement the similarity of the questions near it; below `floor` is noise."""

    requirements: tuple[str, ...]
    similarities: tuple[Mapping[str, float], ...]
    floor: float


def look_up(requirements: Sequence[str], index: "BankIndex", embedder: "Embedder") -> Nearness:
    """The questions near each requirement, and what counts as near with this embedder.

    Raises VectorIndexError and EmbedderError.
    """
    texts = (*requirements, *UNRELATED)
    questions = index.nearest_questions(texts, HITS)
    points = index.nearest_key_points(embedder.embed(texts), HITS)
    near: list[dict[str, float]] = []
    for question_hits, point_hits in zip(questions, points, strict=True):
        best: dict[str, float] = {}
        pairs = [(hit.question_id, hit.similarity) for hit in question_hits]
        pairs += [(hit.question_id, hit.similarity) for hit in point_hits]
        for question_id, similarity in pairs:
            best[question_id] = max(best.get(question_id, -1.0), similarity)
        near.append(best)
    count = len(requirements)
    noise = median(max(best.values(), default=0.0) for best in near[count:])
    floor = noise + ABOVE_NOISE * (1 - noise)
    return Nearness(tuple(requirements), tuple(near[:count]), floor)


def cover(
    nearness: Nearness, allowed: Mapping[str, Question], draw: Draw, *, count: int
) -> Coverage:
    """Pick up to `count` of the `allowed` questions, by id, and take them from `draw`."""
    strengths = _strengths(nearness, allowed)
    servable = set().union(*strengths.values()) if strengths else set()
    services: list[Service] = []
    served: set[int] = set()
    for _ in range(ROUNDS):
        best = [0.0] * len(nearness.requirements)
        while len(services) < count:
            picked = _pick(strengths, best, allowed, draw)
            if picked is None:
                break
            reached = strengths[picked.id]
            gains = {place: reached[place] - best[place] for place in reached}
            main = max(gains, key=lambda place: (gains[place], -place))
            for place, strength in reached.items():
                best[place] = max(best[place], strength)
            served.update(reached)
            draw.take(picked)
            services.append(
                Service(
                    picked,
                    nearness.requirements[main],
                    nearness.similarities[main][picked.id],
                )
            )
    places = range(len(nearness.requirements))
    return Coverage(
        tuple(services),
        tuple(nearness.requirements[place] for place in places if place not in servable),
        tuple(nearness.requirements[place] for place in places if place in servable - served),
    )


def _strengths(nearness: Nearness, allowed: Mapping[str, Question]) -> dict[str, dict[int, float]]:
    """By question and requirement, 0.5 to 1 for whatever is above the floor."""
    strengths: dict[str, dict[int, float]] = {}
    room = max(1 - nearness.floor, 1e-6)
    for place, similarities in enumerate(nearness.similarities):
        for question_id, similarity in similarities.items():
            if similarity >= nearness.floor and question_id in allowed:
                share = min((similarity - nearness.floor) / room, 1.0)
                strength = _NEWLY_SERVED + (1 - _NEWLY_SERVED) * share
                strengths.setdefault(question_id, {})[place] = strength
    return strengths


def _pick(
    strengths: Mapping[str, Mapping[int, float]],
    best: Sequence[float],
    allowed: Mapping[str, Question],
    draw: Draw,
) -> Question | None:
    """The question with the greatest gain, those asked lately at half their worth."""
    found: Question | None = None
    most = _LEAST_GAIN
    for question_id in sorted(strengths):
        question = allowed[question_id]
        reached = strengths[question_id]
        gain = sum(max(strength - best[place], 0.0) for place, strength in reached.items())
        if draw.familiar.is_recent(question):
            gain *= _RECENT_DISCOUNT
        if gain > most and draw.may_take(question):
            found, most = question, gain
    return found
