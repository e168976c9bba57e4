"""Looking back: sessions, topics, key points known and not known."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from app.domain.assessment import Verdict
from app.domain.events import SessionStatus
from app.domain.poker_face import withholds
from app.language.messages import translator
from app.report import words
from app.report.charts import trend_chart
from app.report.gathering import gather_history
from app.report.history import History
from app.report.knowledge import knowledge_of
from app.report.small_charts import shares, sparkline
from app.web.deps import Mine, Page, Tongue, Tools
from app.web.paging import PageNumber, leaf_of

SESSIONS_A_PAGE = 20
QUESTIONS_A_PAGE = 20
TREND_SHOWN = 30
CELLS_SHOWN = 60

router = APIRouter(include_in_schema=False)


@router.get("/history")
async def show_history(
    page: Page, mine: Mine, tools: Tools, tongue: Tongue, number: PageNumber = 1
) -> HTMLResponse:
    """Scores over time, topics, key points, and all sessions."""
    told = translator("report", tongue)
    rows = await mine.results()
    questions = tools.shelf.questions
    history = await gather_history(mine, questions, rows=rows)
    sessions = await mine.sessions()
    secret = {row.id for row in sessions if withholds(row.mode, row.status)}
    return page(
        "history/page.html.j2",
        history=history,
        trend=_trend(history, told("Average over the last sessions")),
        knowledge=knowledge_of(rows, questions, history.due),
        sessions=leaf_of(sessions, number, SESSIONS_A_PAGE),
        marks={mark.id: mark for mark in history.sessions},
        secret=secret,
        ended=SessionStatus.ENDED,
        words=words,
        told=told,
        sparkline=sparkline,
        shares=shares,
        verdicts=list(Verdict),
        cells_shown=CELLS_SHOWN,
        today=datetime.now(UTC).astimezone().date(),
    )


@router.get("/history/key-points")
async def show_key_points(
    page: Page,
    mine: Mine,
    tools: Tools,
    tongue: Tongue,
    topic: Annotated[str, Query(max_length=500)] = "",
    number: PageNumber = 1,
) -> HTMLResponse:
    """The key points of a topic, question by question, those least known first."""
    rows = await mine.results()
    history = await gather_history(mine, tools.shelf.questions, rows=rows)
    found = knowledge_of(rows, tools.shelf.questions, history.due)
    known = [question for one in found if one.topic == topic for question in one.questions]
    return page(
        "history/key_points.html.j2",
        topic=topic,
        questions=leaf_of(known, number, QUESTIONS_A_PAGE, {"topic": topic}),
        words=words,
        told=translator("report", tongue),
    )


def _trend(history: History, title: str) -> str:
    """The chart of the last sessions; "" where there are not two with an average."""
    points = [
        (mark.at.astimezone().strftime("%m-%d"), mark.mean)
        for mark in history.sessions
        if mark.mean is not None
    ]
    return trend_chart(points[-TREND_SHOWN:], title) if len(points) > 1 else ""
