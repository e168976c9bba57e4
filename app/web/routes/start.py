"""The start page: what to practise, and going on with what was begun."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from app.domain.events import Wishes
from app.domain.question import Question
from app.errors import DocumentError, MockintError, QuestionNotFound
from app.interview.host import UNFINISHED
from app.interview.opening import open_interview
from app.interview.preparing import find_due
from app.web.deps import Config, Mine, Page, Tongue, Tools
from app.web.failures import status_of
from app.web.forms import InterviewForm
from app.web.grading_words import grading_in_force
from app.web.remedies import told_on_page
from app.web.topics import choices_of

OPEN_SHOWN = 3

router = APIRouter(include_in_schema=False)


class StartPage:
    """The start page of one visitor."""

    def __init__(
        self, page: Page, mine: Mine, tools: Tools, config: Config, tongue: Tongue
    ) -> None:
        self._page = page
        self._mine = mine
        self._tools = tools
        self._config = config
        self._tongue = tongue

    async def render(
        self, form: InterviewForm | None = None, error: MockintError | None = None
    ) -> HTMLResponse:
        """The page with what stands in the form, and what was wrong with it."""
        questions = self._tools.shelf.questions
        rows = await self._mine.sessions(statuses=UNFINISHED, limit=OPEN_SHOWN)
        due = await find_due(questions, self._mine)
        choices = choices_of(questions, self._tongue)
        language = choices[0].language if choices else self._tongue
        return self._page(
            "start.html.j2",
            status=status_of(error) if error else 200,
            form=form or InterviewForm(language=language),
            error=told_on_page(error, self._tongue) if error else None,
            choices=choices,
            unfinished=[await self._mine.load(row.id) for row in rows],
            due=due,
            due_points=sum(len(one.points) for one in due),
            grading=grading_in_force(self._config, self._tools),
            notices=self._tools.shelf.notices,
        )


@router.get("/")
async def start(page: Annotated[StartPage, Depends()]) -> HTMLResponse:
    """The form for an interview, what is open and what is due."""
    return await page.render()


@router.post("/start")
async def begin(
    form: Annotated[InterviewForm, Form()],
    mine: Mine,
    tools: Tools,
    page: Annotated[StartPage, Depends()],
) -> Response:
    """Open the interview that was asked for, and go to it."""
    questions = tools.shelf.questions
    try:
        wishes = await form.wishes()
        host = await open_interview(
            mine,
            questions,
            _without_foreign_topics(wishes, questions, form.language),
            language=form.language,
            mode=form.mode,
            index=tools.index,
            embedder=tools.embedder,
        )
    except (DocumentError, QuestionNotFound) as error:
        return await page.render(form, error)
    return RedirectResponse(f"/sessions/{host.session.id}", 303)


def _without_foreign_topics(wishes: Wishes, questions: Sequence[Question], language: str) -> Wishes:
    """The wishes without topics that only questions in other languages have.

    They were ticked before another language was chosen, and the page no longer shows them.
    """
    own = {one.topic for one in questions if one.language.split("-")[0] == language}
    foreign = {one.topic for one in questions} - own
    return replace(wishes, topics=tuple(one for one in wishes.topics if one not in foreign))
