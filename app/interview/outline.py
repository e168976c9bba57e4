"""A plan as a face shows it: what is asked, why, and what the banks cannot serve."""

from dataclasses import dataclass
from typing import Any

from app.domain.events import PlannedQuestion
from app.domain.question import Question
from app.domain.session import Session
from app.errors import QuestionNotFound
from app.interview.adapting import Find
from app.interview.conversation import still_planned
from app.interview.plan import MINUTES, Plan


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a plan, `number` from 1; `question` is None where no bank holds it.

    `asked` says that it was put already, so that its text is no secret.
    """

    number: int
    planned: PlannedQuestion
    question: Question | None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan with the questions that it names, in the order of asking.

    No question serves the `unmet` requirements; those `left_over` found no room.
    """

    items: tuple[Item, ...]
    unmet: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """Minutes for all questions, follow-ups included."""
        return sum(MINUTES[item.question.difficulty] for item in self.items if item.question)

    @property
    def served(self) -> tuple[str, ...]:
        """The requirements that some question serves."""
        found = (item.planned.requirement for item in self.items)
        return tuple(dict.fromkeys(filter(None, found)))

    def as_json(self) -> dict[str, Any]:
        """The outline as JSON-ready values."""
        return {
            "minutes": self.minutes,
            "questions": [_as_json(item) for item in self.items],
            "unmet": list(self.unmet),
            "left_over": list(self.left_over),
        }


def outline_plan(plan: Plan) -> Outline:
    """The outline of a plan that is not begun yet."""
    pairs = enumerate(zip(plan.planned, plan.questions, strict=True), start=1)
    items = tuple(Item(number, planned, question) for number, (planned, question) in pairs)
    return Outline(items, plan.unmet, plan.left_over)


def outline_session(session: Session, find: Find) -> Outline:
    """The outline of the plan in force, questions asked first, in the order in which they were."""
    items = [
        Item(
            turn.position,
            turn.asked.planned or PlannedQuestion(turn.question.id),
            turn.question,
            asked=True,
        )
        for turn in session.turns
    ]
    for number, planned in enumerate(still_planned(session), start=len(items) + 1):
        try:
            question = find(planned.question_id)
        except QuestionNotFound:
            question = None
        items.append(Item(number, planned, question))
    return Outline(tuple(items), session.unmet, session.left_over)


def _as_json(item: Item) -> dict[str, Any]:
    question = item.question
    return {
        "number": item.number,
        "question_id": item.planned.question_id,
        "text": None if question is None else question.text,
        "topic": None if question is None else question.topic,
        "difficulty": None if question is None else question.difficulty,
        "minutes": None if question is None else MINUTES[question.difficulty],
        "reason": item.planned.reason,
        "requirement": item.planned.requirement,
    }
