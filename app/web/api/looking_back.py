"""Reports, history and what is due, by JSON."""

import asyncio
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.events import SessionMode
from app.interview.preparing import find_due
from app.report.as_json import json_report
from app.report.gathering import gather_history, report_on
from app.report.history import due_as_json
from app.report.markdown import markdown_report
from app.report.page import html_report
from app.web.api.replies import documented, errors, reply
from app.web.api.shapes import SessionId, Shape
from app.web.deps import Here, Mine, Tongue, Tools
from app.web.downloads import download

router = APIRouter(prefix="/api/v1", tags=["looking back"])


class ReportForm(StrEnum):
    """What a report can be had as."""

    JSON = "json"
    MARKDOWN = "md"
    HTML = "html"


class Mark(Shape):
    """One session's place in the history."""

    id: str
    mode: SessionMode
    at: datetime
    mean: float | None
    counted: int
    answers: int
    ungraded: int


class Overall(Shape):
    """All sessions together; `recent` and `before` are means of the last ones."""

    mean: float | None
    counted: int
    ungraded: int
    recent: float | None
    before: float | None


class Streak(Shape):
    """Days in a row with an answer."""

    days: int
    longest: int


class TopicMark(Shape):
    """A topic over all sessions, oldest first."""

    topic: str
    mean: float
    counted: int
    means: list[float]


class DuePoint(Shape):
    """A key point that is due; `memory` is the chance that it is still known."""

    id: str
    title: str
    due_at: datetime
    memory: float


class Due(Shape):
    """A question with key points due, weakest first."""

    question_id: str
    text: str
    topic: str
    difficulty: int
    due_at: datetime
    forgotten: float
    key_points: list[DuePoint]


class DueDay(Shape):
    """How many key points become due on a day to come."""

    day: date
    key_points: int


class History(Shape):
    """Everything so far; interviews under way are left out until they end."""

    overall: Overall
    streak: Streak
    sessions: list[Mark]
    topics: list[TopicMark]
    due: list[Due]
    ahead: list[DueDay]


@router.get(
    "/sessions/{session_id}/report",
    operation_id="get_report",
    summary="What a session came to",
    responses=errors(404, 409)
    | {
        200: {
            "description": "The report.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/markdown": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }
    },
)
async def report(
    session_id: SessionId,
    mine: Mine,
    here: Here,
    tongue: Tongue,
    form: ReportForm = ReportForm.JSON,
) -> Response:
    """A session in figures, as `mockint report` writes it; an interview's comes at its end.

    A summary in prose is in it where the page of the report has had one written.
    """
    found = await report_on(mine, await mine.load(session_id))
    summary = (await here.room.scribe.find(mine, found, tongue)).sentences
    if form is ReportForm.JSON:
        return reply(json_report(found, summary))
    if form is ReportForm.MARKDOWN:
        text = await asyncio.to_thread(markdown_report, found, tongue, summary)
        return download(text, f"mockint-{session_id}.md", "text/markdown")
    text = await asyncio.to_thread(html_report, found, tongue, summary)
    return download(text, f"mockint-{session_id}.html", "text/html")


@router.get(
    "/history",
    operation_id="get_history",
    summary="Scores over time",
    responses=documented(History, "The history.") | errors(),
)
async def history(mine: Mine, tools: Tools) -> Response:
    """Scores over time and by topic, days in a row, and what is due when."""
    return reply((await gather_history(mine, tools.shelf.questions)).as_json())


@router.get(
    "/due",
    operation_id="list_due",
    summary="What is due",
    responses=documented(list[Due], "The most forgotten first.") | errors(),
)
async def due(
    mine: Mine, tools: Tools, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Response:
    """Questions due for review; open a session in the mode `review` to be asked them."""
    found = await find_due(tools.shelf.questions, mine)
    return reply([due_as_json(one) for one in found[:limit]])
