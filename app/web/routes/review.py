"""What is due by spaced repetition, and asking it; and asking one question that was picked."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from app.domain.events import SessionMode
from app.errors import QuestionNotFound, filled
from app.interview.host import Host
from app.interview.plan import Plan
from app.interview.preparing import find_due, plan_review
from app.interview.review import next_due
from app.language.messages import translator
from app.web.deps import Mine, Page, Tongue, Tools
from app.web.forms import MOST_QUESTIONS, PageForm

DEFAULT_COUNT = 10
SHOWN = 50

router = APIRouter(include_in_schema=False)


class ReviewForm(PageForm):
    """How many questions to ask at most."""

    count: int = Field(default=DEFAULT_COUNT, ge=1, le=MOST_QUESTIONS)


class PractiseForm(PageForm):
    """The question to ask."""

    question: str = Field(max_length=100)


@router.get("/review")
async def show_due(page: Page, mine: Mine, tools: Tools) -> HTMLResponse:
    """What is due now, the most forgotten first, or when something will be."""
    questions = tools.shelf.questions
    due = await find_due(questions, mine)
    return page(
        "history/review.html.j2",
        due=due[:SHOWN],
        due_questions=len(due),
        due_points=sum(len(one.points) for one in due),
        upcoming=None if due else next_due(questions, await mine.cards(), datetime.now(UTC)),
        default=min(DEFAULT_COUNT, len(due)),
        most=min(MOST_QUESTIONS, len(due)),
    )


@router.post("/review")
async def begin_review(
    form: Annotated[ReviewForm, Form()], mine: Mine, tools: Tools, tongue: Tongue
) -> RedirectResponse:
    """Open a session that asks what is due."""
    due = await find_due(tools.shelf.questions, mine)
    if not due:
        return RedirectResponse("/review", 303)
    plan = plan_review(due[: form.count], tongue)
    host = await Host.begin(mine, plan, mode=SessionMode.REVIEW)
    return RedirectResponse(f"/sessions/{host.session.id}", 303)


@router.post("/practise")
async def practise(
    form: Annotated[PractiseForm, Form()], mine: Mine, tools: Tools
) -> RedirectResponse:
    """Open a session that asks one question."""
    question = tools.shelf.question(form.question)
    if not question.key_points:
        raise QuestionNotFound(
            filled(
                "The question {id!r} has no key points, so no answer can be graded.", id=question.id
            ),
            "Give it at least one in its bank.",
        )
    reason = translator("plan", question.language)("you asked for it")
    host = await Host.begin(mine, Plan.of((question,), reason))
    return RedirectResponse(f"/sessions/{host.session.id}", 303)
