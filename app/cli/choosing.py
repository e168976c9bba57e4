"""From the options of `mockint ask` to the questions that are asked."""

import secrets
from collections.abc import Sequence

from app.bank.shelf import Shelf
from app.domain.question import Question
from app.errors import QuestionNotFound
from app.interview.plan import Plan, Selection, plan_interview
from app.language.messages import translator


def one_question(question_id: str, shelf: Shelf) -> Plan:
    """The plan that asks this one question; QuestionNotFound where it cannot be asked."""
    question = shelf.question(question_id.strip())
    if not question.key_points:
        raise QuestionNotFound(
            f"The question {question.id!r} has no key points, so no answer can be graded.",
            "Give it at least one in its bank file.",
        )
    return Plan.of((question,), translator("plan", question.language)("you asked for it"))


def choose_questions(
    questions: Sequence[Question],
    selection: Selection,
    *,
    count: int,
    seed: str,
    draft_of: str,
) -> Plan:
    """The plan for this selection.

    Without a seed every interview differs, and the question with the id `draft_of`, whose answer
    was left unsent, comes first.
    """
    if seed:
        return plan_interview(questions, selection, count=count, seed=seed)
    unfinished = [question for question in questions if question.id == draft_of]
    return plan_interview(
        questions, selection, count=count, seed=secrets.token_hex(8), first=unfinished
    )
