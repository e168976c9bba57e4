"""Which questions an interview asks, and in which order."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.events import PlannedQuestion
from app.domain.question import Question
from app.errors import QuestionNotFound, filled
from app.interview.coverage import Nearness, Service, cover
from app.interview.draw import Draw, Familiar
from app.interview.reasons import Reasons
from app.language.messages import Translate
from app.store.rows import AskedRow

MINUTES = {1: 3, 2: 4, 3: 5}
"""Minutes to allow for a question of each difficulty, its follow-ups included."""

SPARE = 2
"""Spare questions kept for each question wished for."""


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
            (not self.language or _speaks(question, self.language))
            and (not self.difficulties or question.difficulty in self.difficulties)
            and (not self.topics or _any_topic(question, self.topics))
            and (not self.tags or _any_tag(question, self.tags))
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of one interview in the order of asking.

    `planned` says for each of them why it was picked. `spare` are questions that may take their
    place when the candidate turns out stronger or weaker. No question serves the `unmet`
    requirements; those `left_over` found no room. `minutes` is the time to allow for it.
    """

    questions: tuple[Question, ...]
    planned: tuple[PlannedQuestion, ...]
    unmet: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    spare: tuple[Question, ...] = ()

    @classmethod
    def of(cls, questions: Sequence[Question], reason: str = "") -> "Plan":
        """These questions in this order, all for the same reason."""
        planned = tuple(PlannedQuestion(question.id, reason) for question in questions)
        return cls(tuple(questions), planned)

    @property
    def minutes(self) -> int:
        """Minutes for all questions, follow-ups included."""
        return sum(MINUTES[question.difficulty] for question in self.questions)


def plan_interview(
    questions: Sequence[Question],
    selection: Selection,
    *,
    count: int,
    seed: str,
    first: Iterable[Question] = (),
    asked: Sequence[AskedRow] = (),
    nearness: Nearness | None = None,
    minutes: int | None = None,
    say: Translate = str,
) -> Plan:
    """Up to `count` questions that fit, spread over topics and difficulties, easy to hard.

    `first` are asked before all others, where they fit, in their own order; without them the
    easiest that serves a requirement begins. Then come questions that serve the requirements of
    `nearness`, then any others, those `asked` lately last. No two variants of one question are
    taken, and no text twice. Where `minutes` are given, as many are kept as fit (at least one).
    The same seed gives the same plan, whatever the order of `questions`. `say` translates the
    reasons. Raises QuestionNotFound where nothing fits.
    """
    fitting = [question for question in questions if selection.allows(question)]
    if not fitting:
        raise _nothing_fits(questions, selection)
    draw = Draw(seed, Familiar(questions, asked))
    opening = [question for question in first if selection.allows(question)][:count]
    for question in opening:
        draw.take(question)
    services: tuple[Service, ...] = ()
    unmet: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    if nearness is not None:
        allowed = {question.id: question for question in fitting}
        coverage = cover(nearness, allowed, draw, count=count - len(opening))
        services, unmet, left_over = coverage.services, coverage.unmet, coverage.left_over
    room = count - len(opening) - len(services)
    drawn = draw.fill(fitting, room + count * SPARE)  # at once: sorting large banks takes time
    drawn, spare = drawn[:room], drawn[room:]
    chosen = _in_time([*opening, *(one.question for one in services), *drawn], minutes)
    left_over = (*left_over, *_lost(services, chosen))
    serving = [one.question for one in services if one.question in chosen]
    ordered = _easy_to_hard(chosen, opening, serving)
    reasons = Reasons(say, draw.familiar, opening, services, ordered)
    return Plan(
        tuple(ordered),
        tuple(reasons.of(question) for question in ordered),
        unmet,
        left_over,
        tuple(spare),
    )


def _easy_to_hard(
    chosen: Sequence[Question], opening: Sequence[Question], serving: Sequence[Question]
) -> list[Question]:
    """Easy to hard behind the easiest that serves a requirement: it shows what this is about."""
    begun = [question for question in chosen if question in opening]
    rest = [question for question in chosen if question not in opening]
    rest.sort(key=lambda question: (question.difficulty, question not in serving))
    if not begun and serving:
        begun = [next(question for question in rest if question in serving)]
        rest.remove(begun[0])
    return [*begun, *rest]


def _in_time(chosen: Sequence[Question], minutes: int | None) -> list[Question]:
    if minutes is None:
        return list(chosen)
    kept: list[Question] = []
    left = minutes
    for question in chosen:
        left -= MINUTES[question.difficulty]
        if left < 0 and kept:
            break
        kept.append(question)
    return kept


def _lost(services: Sequence[Service], chosen: Sequence[Question]) -> tuple[str, ...]:
    """Requirements whose questions did not fit into the time."""
    kept = {one.requirement for one in services if one.question in chosen}
    lost = (one.requirement for one in services if one.requirement not in kept)
    return tuple(dict.fromkeys(lost))


def _speaks(question: Question, language: str) -> bool:
    own = question.language
    return not language or own == language or own.split("-")[0] == language


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
            filled("No question is in the language {language!r}.", language=selection.language),
            filled("The banks hold: {languages}.", languages=", ".join(languages) or "-"),
        )
    return QuestionNotFound(
        "No question fits this choice of topic, tag and difficulty.",
        filled(
            "Topics: {topics}. Tags: {tags}.",
            topics=_listed(question.topic for question in spoken),
            tags=_listed(tag for question in spoken for tag in question.tags),
        ),
    )


def _listed(names: Iterable[str], limit: int = 12) -> str:
    counted = [name for name, _ in Counter(filter(None, names)).most_common()]
    shown = ", ".join(counted[:limit]) or "-"
    return f"{shown}, …" if len(counted) > limit else shown
