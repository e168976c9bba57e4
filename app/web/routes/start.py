"""The start page: what to practise, and going on with what was begun."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from app.interview.host import UNFINISHED
from app.interview.opening import open_interview
from app.interview.preparing import find_due
from app.web.deps import Config, Mine, Page, Tongue, Tools
from app.web.forms import InterviewForm
from app.web.grading_words import grading_in_force
from app.web.topics import choices_of

OPEN_SHOWN = 3

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(
    page: Page, mine: Mine, tools: Tools, config: Config, tongue: Tongue
) -> HTMLResponse:
    """The form for an interview, what is open and what is due."""
    rows = await mine.sessions(statuses=UNFINISHED, limit=OPEN_SHOWN)
    due = await find_due(tools.shelf.questions, mine)
    return page(
        "start.html.j2",
        choices=choices_of(tools.shelf.questions, tongue),
        unfinished=[await mine.load(row.id) for row in rows],
        due=due,
        due_points=sum(len(one.points) for one in due),
        grading=grading_in_force(config, tools),
        notices=tools.shelf.notices,
    )


@router.post("/start")
async def begin(
    form: Annotated[InterviewForm, Form()], mine: Mine, tools: Tools
) -> RedirectResponse:
    """Open the interview that was asked for, and go to it."""
    host = await open_interview(
        mine,
        tools.shelf.questions,
        await form.wishes(),
        language=form.language,
        mode=form.mode,
        index=tools.index,
        embedder=tools.embedder,
    )
    return RedirectResponse(f"/sessions/{host.session.id}", 303)
