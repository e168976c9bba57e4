"""Whole interviews with simulated candidates: real plan, host, store and grader, no person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from app.domain.events import Wishes
from app.domain.question import Question
from app.evals.candidates import EXPECTED, Candidate
from app.grading.grader import Grader
from app.interview.ability import Ability, estimate_ability, responses_of
from app.interview.adapting import Find
from app.interview.conversation import asked_questions
from app.interview.follow_up import aim_of
from app.interview.host import Host
from app.interview.preparing import prepare_plan
from app.interview.summary import summarise
from app.store.base import Repository

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Interviewed:
    """One interview: its score, 0 to 10, the ability shown, and the difficulties asked."""

    candidate: str
    language: str
    score: float
    ability: Ability
    difficulties: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate over all interviews; `lowest` and `highest` are scores of whole interviews.

    `ability` is the mean estimate in logits, `difficulty` the mean of what was asked.
    """

    name: str
    interviews: int
    score: float
    lowest: float
    highest: float
    ability: float
    difficulty: float

    def as_json(self) -> dict[str, Any]:
        """The row as JSON-ready values."""
        return {name: getattr(self, name) for name in self.__slots__}


async def interview(
    mine: Repository, candidate: Candidate, questions: Sequence[Question], grader: Grader, seed: str
) -> Interviewed:
    """One interview from the plan to its end, each answer and follow-up graded as it comes."""
    find: Find = {question.id: question for question in questions}.__getitem__
    language = questions[0].language
    wishes = Wishes(count=5, seed=seed)
    plan = await prepare_plan(questions, wishes, language=language, archive=mine)
    host = await Host.begin(mine, plan, wishes=wishes)
    asked: Question | None = host.turn.question
    while asked is not None:
        await _answer(host, candidate, grader)
        asked, _ = await host.ask_next(find)
    await host.end()
    turns = host.session.turns
    return Interviewed(
        candidate.name,
        language,
        summarise(asked_questions(host.session)).mean or 0.0,
        estimate_ability(responses_of(host.session)),
        tuple(turn.question.difficulty for turn in turns),
    )


def rows_of(interviews: Sequence[Interviewed]) -> list[CandidateRow]:
    """One row a candidate, in the order in which they first came."""
    by_name: dict[str, list[Interviewed]] = {}
    for one in interviews:
        by_name.setdefault(one.candidate, []).append(one)
    return [
        CandidateRow(
            name=name,
            interviews=len(own),
            score=round(mean(one.score for one in own), 2),
            lowest=min(one.score for one in own),
            highest=max(one.score for one in own),
            ability=round(mean(one.ability.mean for one in own), 2),
            difficulty=round(mean(level for one in own for level in one.difficulties), 2),
        )
        for name, own in by_name.items()
    ]


def out_of_order(rows: Sequence[CandidateRow]) -> list[tuple[str, str]]:
    """Pairs of candidates of which the first should stand above the second and does not.

    Both the score and the ability shown must be greater.
    """
    by_name = {row.name: row for row in rows}
    places = [[by_name[name] for name in names if name in by_name] for names in EXPECTED]
    return [
        (better.name, worse.name)
        for place, betters in enumerate(places)
        for better in betters
        for worses in places[place + 1 :]
        for worse in worses
        if better.score <= worse.score or better.ability <= worse.ability
    ]


async def _answer(host: Host, candidate: Candidate, grader: Grader) -> None:
    """Answer what was asked and all follow-ups to it."""
    await host.send(candidate.answer(host.turn.question), key=f"{host.turn.position}")
    await host.grade(grader, host.turn.attempt.main)
    while (point := aim_of(host.turn)) is not None:
        text = await host.follow_up()
        said = candidate.again(host.turn.question, point, text)
        step = len(host.turn.attempt.follow_ups)
        await host.send(said, key=f"{host.turn.position}-{step}")
        await host.grade(grader, host.turn.attempt.follow_ups[-1])
