"""From the options of `mockint ask` to the questions that are asked."""

import difflib
import secrets
from collections.abc import Iterable, Sequence

from app.domain.question import Bank, Question
from app.errors import QuestionNotFound
from app.interview.plan import Plan, Selection, plan_interview

NEAR_IDS = 3


def questions_of(banks: Iterable[Bank]) -> list[Question]:
    """All questions of all banks, in order."""
    return [question for bank in banks for question in bank.questions]


def find_question(question_id: str, questions: Sequence[Question]) -> Question:
    """The question with this id; QuestionNotFound names ids that look like it."""
    wanted = question_id.strip()
    for question in questions:
        if question.id == wanted:
            return question
    ids = [question.id for question in questions]
    near = difflib.get_close_matches(wanted, ids, n=NEAR_IDS, cutoff=0.6)
    suggestion = f"Did you mean {', '.join(near)}? " if near else ""
    raise QuestionNotFound(
        f"No question has the id {wanted!r}.",
        f"{suggestion}mockint bank list shows all ids.",
    )


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
