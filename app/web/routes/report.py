"""What a session came to: the page, and the same as a file."""

import asyncio
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.responses import Response

from app.domain.events import SessionStatus
from app.domain.poker_face import is_withheld
from app.language.messages import Translate, translator
from app.report import words
from app.report.as_json import json_report
from app.report.gathering import report_on
from app.report.highlighting import stretches
from app.report.markdown import markdown_report
from app.report.page import charts_of, html_report
from app.report.session_report import SessionReport
from app.store.base import Repository
from app.web.deps import Here, Mine, Page, Say, Tongue, Tools
from app.web.downloads import download
from app.web.forms import PageForm
from app.web.languages import Language
from app.web.live.scribe import Summary, SummaryState

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
    session_id: str, page: Page, mine: Mine, tools: Tools, here: Here, tongue: Tongue, say: Say
) -> HTMLResponse:
    """The report; of an interview under way only that it comes at the end.

    A summary of what is settled is written behind it, once.
    """
    session = await mine.load(session_id)
    if is_withheld(session):
        return page("report/later.html.j2", session=session)
    report = await report_on(mine, session)
    told = translator("report", tongue)
    asked = {one.id for one in report.questions}
    is_open, scribe = session.status is not SessionStatus.ENDED, here.room.scribe
    look = scribe.find if is_open or report.waiting else scribe.order
    summary = await look(mine, report, tongue)
    return page(
        "report/page.html.j2",
        report=report,
        askable={one.id for one in tools.shelf.questions if one.id in asked},
        words=words,
        told=told,
        stretches=stretches,
        charts=charts_of(report, told),
        started=report.started.astimezone(),
        is_open=is_open,
        summary=summary,
        summary_words=_words_of(summary, tongue, say),
        forms=list(ReportForm),
    )


@router.get("/sessions/{session_id}/report/summary")
async def show_summary(
    session_id: str, mine: Mine, here: Here, tongue: Tongue, say: Say
) -> JSONResponse:
    """How far the summary is, for the page that waits for it."""
    report = await _report(mine, session_id)
    found = await here.room.scribe.find(mine, report, tongue)
    return JSONResponse({"state": found.state.value, "words": _words_of(found, tongue, say)})


@router.post("/sessions/{session_id}/report/summary")
async def order_summary(
    session_id: str, form: Annotated[PageForm, Form()], mine: Mine, here: Here, tongue: Tongue
) -> RedirectResponse:
    """Have a summary written, also after one that failed."""
    del form
    report = await _report(mine, session_id)
    await here.room.scribe.order(mine, report, tongue, again=True)
    return RedirectResponse(f"/sessions/{report.id}/report#summary", 303)


@router.get("/sessions/{session_id}/report.{form}")
async def take_report(
    session_id: str, form: ReportForm, mine: Mine, here: Here, tongue: Tongue
) -> Response:
    """The report as a file that needs nothing else, with its summary where that was written."""
    report = await _report(mine, session_id)
    found = await here.room.scribe.find(mine, report, tongue)
    text = await asyncio.to_thread(_written, report, form, tongue, found.sentences)
    return download(text, f"mockint-{report.id}.{form}", _TYPES[form])


@router.post("/sessions/{session_id}/forget")
async def forget(
    session_id: str, form: Annotated[PageForm, Form()], mine: Mine
) -> RedirectResponse:
    """Delete a session for good."""
    del form
    await mine.forget_session(session_id)
    return RedirectResponse("/history", 303)


def _words_of(summary: Summary, tongue: Language, say: Translate) -> tuple[str, ...]:
    """What is said of a summary, a paragraph each; the last is about it, those before are it."""
    about = {
        SummaryState.DONE: say(
            "Written by {model} from the verdicts below; sentences with numbers that are not in "
            "them were taken out."
        ),
        SummaryState.WRITING: say("{model} is writing a summary; everything else is here already."),
        SummaryState.FAILED: say(
            "{model} gave no summary that could be used. The report below does not need it."
        ),
        SummaryState.SPENT: say(
            "Today's share of the language model is used up; a summary can be had tomorrow (UTC)."
        ),
    }.get(summary.state)
    text = ("" if tongue is Language.CHINESE else " ").join(summary.sentences)
    return tuple(one for one in (text, (about or "").format(model=summary.model)) if one)


async def _report(mine: Repository, session_id: str) -> SessionReport:
    """The report. Raises VerdictsWithheld for that of an interview under way."""
    return await report_on(mine, await mine.load(session_id))


def _written(report: SessionReport, form: ReportForm, language: str, summary: Sequence[str]) -> str:
    if form is ReportForm.HTML:
        return html_report(report, language, summary)
    if form is ReportForm.MARKDOWN:
        return markdown_report(report, language, summary)
    return json.dumps(json_report(report, summary), ensure_ascii=False, indent=2) + "\n"
