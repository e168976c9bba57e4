"""A short summary of a report by a language model, which may only restate the figures."""

import asyncio
import json
from typing import Any

from app.domain.assessment import Verdict
from app.errors import ChatModelError, RecordingMissing
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatModel
from app.report.restating import held_to, numbers_of
from app.report.session_report import QuestionReport, SessionReport

PATIENCE = 30.0
"""Seconds that a person waits for the summary before the report comes without one."""


async def summarise_report(
    report: SessionReport,
    chat: ChatModel,
    prompts: Prompts,
    *,
    language: str = "",
    patience: float = PATIENCE,
) -> tuple[str, ...]:
    """Sentences that name no number outside the report; none where the model fails or is slow.

    The model sees scores, topics and titles of key points, and no word of the candidate's, so
    that an answer cannot write its own praise. Raises RecordingMissing in a replay.
    """
    if report.mean is None:
        return ()
    figures = json.dumps(_figures(report), ensure_ascii=False, indent=1)
    try:
        async with asyncio.timeout(patience):
            reply = await chat.reply(prompts.summary(figures, language or report.language))
    except RecordingMissing:
        raise
    except (ChatModelError, TimeoutError):
        return ()
    if not reply.complete:
        return ()
    return held_to(reply.text, numbers_of(report))[0]


def _figures(report: SessionReport) -> dict[str, Any]:
    return {
        "average": report.mean,
        "graded_questions": report.counted,
        "not_graded": report.ungraded + report.waiting,
        "skipped": report.skipped,
        "average_of_session_before": report.earlier[-1].mean if report.earlier else None,
        "topics": [{"topic": one.topic, "average": one.mean} for one in report.topics],
        "questions": [_question(one) for one in report.questions],
        "practise_first": [[point.title for point in step.key_points] for step in report.steps],
    }


def _question(question: QuestionReport) -> dict[str, Any]:
    figures: dict[str, Any] = {"number": question.number, "topic": question.topic}
    attempt = question.shown
    if question.score is None or attempt is None or attempt.assessment is None:
        return {**figures, "score": None}
    figures["score"] = question.score
    for verdict in Verdict:
        titles = [p.title for p in attempt.assessment.key_points if p.verdict is verdict]
        if titles:
            figures[verdict.value] = titles
    return figures
