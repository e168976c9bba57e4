"""The plan as it goes on after an answer: what suits the level shown so far comes next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.events import PlannedQuestion, SessionMode
from app.domain.question import Question
from app.domain.session import Session
from app.errors import QuestionNotFound
from app.interview.ability import estimate_ability, next_question, responses_of
from app.interview.conversation import still_planned
from app.language.messages import translator

Find = Callable[[str], Question]
"""Looks a question up by its id; raises QuestionNotFound where no bank holds it."""

ADAPTED, GONE = "adapted", "gone"
"""Why a plan was changed on the way."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is asked next, None where nothing is left, and the plan that has it next in line.

    `gone` are ids of planned questions that no bank holds any more; `why` is "" where the plan
    stays as it was.
    """

    question: Question | None
    plan: tuple[PlannedQuestion, ...]
    spare: tuple[str, ...]
    gone: tuple[str, ...] = ()
    why: str = ""


def plot_course(session: Session, find: Find) -> Course:
    """What to ask next, by the plan and what the answers so far have shown.

    A review keeps its order: it asks what is due.
    """
    left, gone = _found((one.question_id for one in still_planned(session)), find)
    plan = tuple(one for one in session.plan if one.question_id not in gone)
    why = GONE if gone else ""
    if not left:
        return Course(None, plan, session.spare, gone, why)
    if session.start.mode is SessionMode.REVIEW:
        return Course(left[0], plan, session.spare, gone, why)
    picked = _suiting(session, plan, left, find)
    if picked == left[0]:
        return Course(picked, plan, session.spare, gone, why)
    return Course(picked, *_moved_up(session, plan, left, picked), gone, ADAPTED)


def _found(names: Iterable[str], find: Find) -> tuple[list[Question], tuple[str, ...]]:
    found: list[Question] = []
    gone: list[str] = []
    for name in names:
        try:
            found.append(find(name))
        except QuestionNotFound:
            gone.append(name)
    return found, tuple(gone)


def _suiting(
    session: Session, plan: Sequence[PlannedQuestion], left: Sequence[Question], find: Find
) -> Question:
    ability = estimate_ability(responses_of(session))
    planned = next_question(left, ability)
    if planned.difficulty == ability.level or not _giving_way(plan, left):
        return planned
    spare, _ = _found(session.spare, find)
    return next_question(left, ability, spare)


def _moved_up(
    session: Session,
    plan: Sequence[PlannedQuestion],
    left: Sequence[Question],
    picked: Question,
) -> tuple[tuple[PlannedQuestion, ...], tuple[str, ...]]:
    """The plan with the question that was picked as the next one, and the spare ones left."""
    by_id = {one.question_id: one for one in plan}
    planned = by_id.get(picked.id, PlannedQuestion(picked.id))
    say = translator("plan", session.start.language)
    suits = say("difficulty {difficulty} suits the level shown so far")
    reasons = (planned.reason, suits.format(difficulty=picked.difficulty))
    planned = replace(planned, reason=say("; ").join(filter(None, reasons)))
    dropped = "" if picked in left else _farthest(_giving_way(plan, left), picked.difficulty)
    coming = {question.id for question in left}
    asked = [one for one in plan if one.question_id not in coming]
    rest = [by_id[question.id] for question in left if question.id not in (picked.id, dropped)]
    spare = tuple(name for name in session.spare if name != picked.id)
    return (*asked, planned, *rest), spare


def _giving_way(plan: Sequence[PlannedQuestion], left: Sequence[Question]) -> list[Question]:
    """The questions to come that serve no requirement, and so may be replaced."""
    serving = {one.question_id for one in plan if one.requirement}
    return [question for question in left if question.id not in serving]


def _farthest(questions: Sequence[Question], difficulty: int) -> str:
    """The id of the question farthest from a difficulty, the last of several."""
    distances = [(abs(one.difficulty - difficulty), place) for place, one in enumerate(questions)]
    return questions[max(distances)[1]].id
