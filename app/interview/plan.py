"""Which questions an interview asks, and in which order."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.question import Question
from app.errors import QuestionNotFound


@dataclass(frozen=True, slots=True)
class Selection:
    """What the candidate wants to be asked; an empty field allows everything.

    A question fits if its topic contains one of `topics`, it carries one of `tags` (both without
    regard to case), its difficulty is in `difficulties` and its language is `language`.
    """

    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulties: frozenset[int] = frozenset()
    language: str = ""

    def allows(self, question: Question) -> bool:
        """Whether the question fits every wish."""
        return (
            _speaks(question, self.language)
            and (not self.difficulties or question.difficulty in self.difficulties)
            and _any_topic(question, self.topics)
            and _any_tag(question, self.tags)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of one interview in the order of asking."""

    questions: tuple[Question, ...]


def plan_interview(
    questions: Sequence[Question],
    selection: Selection,
    *,
    count: int,
    seed: str,
    first: Iterable[Question] = (),
) -> Plan:
    """Up to `count` questions that fit, spread over topics and difficulties, easy to hard.

    `first` are asked before all others, where they fit, in their own order. No two variants of
    one question are taken, and no text twice. The same seed gives the same plan, whatever the
    order of `questions`. Raises QuestionNotFound where nothing fits.
    """
    fitting = [question for question in questions if selection.allows(question)]
    if not fitting:
        raise _nothing_fits(questions, selection)
    draw = _Draw()
    opening = [question for question in first if selection.allows(question)][:count]
    for question in opening:
        draw.take(question)
    pool = sorted(fitting, key=lambda question: _rank(seed, question))
    while len(draw.taken) < count:
        free = [question for question in pool if draw.may_take(question)]
        if not free:
            break
        draw.take(min(free, key=draw.crowding))
    rest = sorted(draw.taken[len(opening) :], key=lambda question: question.difficulty)
    return Plan((*opening, *rest))


class _Draw:
    """Questions taken so far, and how crowded each topic and difficulty is by now."""

    def __init__(self) -> None:
        self.taken: list[Question] = []
        self._kinds: set[str] = set()
        self._topics: Counter[str] = Counter()
        self._difficulties: Counter[int] = Counter()
        self._tags: Counter[str] = Counter()

    def take(self, question: Question) -> None:
        self.taken.append(question)
        self._kinds.update(_kinds(question))
        self._topics[question.topic] += 1
        self._difficulties[question.difficulty] += 1
        self._tags.update(question.tags)

    def may_take(self, question: Question) -> bool:
        return self._kinds.isdisjoint(_kinds(question))

    def crowding(self, question: Question) -> tuple[int, int, int]:
        """Smaller for questions unlike those taken; ties go to whoever comes first."""
        tags = max((self._tags[tag] for tag in question.tags), default=0)
        return self._topics[question.topic], self._difficulties[question.difficulty], tags


def _kinds(question: Question) -> tuple[str, ...]:
    own = (f"id:{question.id}", f"text:{question.text}")
    return (*own, f"variants:{question.variants}") if question.variants else own


def _rank(seed: str, question: Question) -> str:
    return hashlib.sha256(f"{seed}\0{question.id}".encode()).hexdigest()


def _speaks(question: Question, language: str) -> bool:
    return not language or question.language.split("-")[0] == language


def _any_topic(question: Question, topics: Sequence[str]) -> bool:
    topic = question.topic.casefold()
    return not topics or any(wanted.casefold() in topic for wanted in topics)


def _any_tag(question: Question, tags: Sequence[str]) -> bool:
    own = {tag.casefold() for tag in question.tags}
    return not tags or any(wanted.casefold() in own for wanted in tags)


def _nothing_fits(questions: Sequence[Question], selection: Selection) -> QuestionNotFound:
    spoken = [question for question in questions if _speaks(question, selection.language)]
    if not spoken:
        languages = sorted({question.language for question in questions})
        return QuestionNotFound(
            f"No question is in the language {selection.language!r}.",
            f"The banks hold: {', '.join(languages) or 'no questions at all'}.",
        )
    return QuestionNotFound(
        "No question fits this choice of topic, tag and difficulty.",
        f"Topics: {_listed(question.topic for question in spoken)}. "
        f"Tags: {_listed(tag for question in spoken for tag in question.tags)}.",
    )


def _listed(names: Iterable[str], limit: int = 12) -> str:
    counted = [name for name, _ in Counter(filter(None, names)).most_common()]
    shown = ", ".join(counted[:limit]) or "none"
    return f"{shown}, …" if len(counted) > limit else shown
