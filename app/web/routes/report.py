"""What a session came to: the page, and the same as a file."""

import asyncio
import json
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from app.domain.events import SessionStatus
from app.errors import NotAllowed
from app.language.messages import translator
from app.report import words
from app.report.as_json import json_report
from app.report.gathering import gather_report
from app.report.highlighting import stretches
from app.report.markdown import markdown_report
from app.report.page import charts_of, html_report
from app.report.session_report import SessionReport
from app.web.deps import Mine, Page, Tongue, Tools
from app.web.downloads import download
from app.web.forms import PageForm
from app.web.live.poker_face import is_withheld

router = APIRouter(include_in_schema=False)


class ReportForm(StrEnum):
    """What a report can be taken away as, by file ending."""

    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


_TYPES = {
    ReportForm.MARKDOWN: "text/markdown",
    ReportForm.HTML: "text/html",
    ReportForm.JSON: "application/json",
}


@router.get("/sessions/{session_id}/report")
async def show_report(
    session_id: str, page: Page, mine: Mine, tools: Tools, tongue: Tongue
) -> HTMLResponse:
    """The report; of an interview under way only that it comes at the end."""
    session = await mine.load(session_id)
    if is_withheld(session):
        return page("report/later.html.j2", session=session)
    report = await gather_report(mine, session.id)
    told = translator("report", tongue)
    asked = {one.id for one in report.questions}
    return page(
        "report/page.html.j2",
        report=report,
        askable={one.id for one in tools.shelf.questions if one.id in asked},
        words=words,
        told=told,
        stretches=stretches,
        charts=charts_of(report, told),
        started=report.started.astimezone(),
        is_open=session.status is not SessionStatus.ENDED,
        forms=list(ReportForm),
    )


@router.get("/sessions/{session_id}/report.{form}")
async def take_report(session_id: str, form: ReportForm, mine: Mine, tongue: Tongue) -> Response:
    """The report as a file that needs nothing else."""
    session = await mine.load(session_id)
    if is_withheld(session):
        raise NotAllowed("The report of an interview comes at its end.", "End the interview first.")
    report = await gather_report(mine, session.id)
    text = await asyncio.to_thread(_written, report, form, tongue)
    return download(text, f"mockint-{session.id}.{form}", _TYPES[form])


@router.post("/sessions/{session_id}/forget")
async def forget(
    session_id: str, form: Annotated[PageForm, Form()], mine: Mine
) -> RedirectResponse:
    """Delete a session for good."""
    del form
    await mine.forget_session(session_id)
    return RedirectResponse("/history", 303)


def _written(report: SessionReport, form: ReportForm, language: str) -> str:
    if form is ReportForm.HTML:
        return html_report(report, language)
    if form is ReportForm.MARKDOWN:
        return markdown_report(report, language)
    return json.dumps(json_report(report), ensure_ascii=False, indent=2) + "\n"
