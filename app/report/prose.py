"""A short summary of a report by a language model, which may only restate the figures."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from app.domain.assessment import Usage, Verdict
from app.errors import ChatModelError, RecordingMissing
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatModel, ChatRequest
from app.report.restating import held_to, numbers_of
from app.report.session_report import QuestionReport, SessionReport
from app.store.base import Repository

PATIENCE = 30.0
"""Seconds that a person waits for the summary before the report comes without one."""


@dataclass(frozen=True, slots=True)
class Written:
    """Sentences that name no number outside the report, and what they cost."""

    sentences: tuple[str, ...]
    usage: Usage


def summary_request(report: SessionReport, prompts: Prompts, language: str = "") -> ChatRequest:
    """What a model is asked for a summary in `language` (default: the session's).

    It sees scores, topics and titles of key points, and no word of the candidate's, so that an
    answer cannot write its own praise.
    """
    figures = json.dumps(_figures(report), ensure_ascii=False, indent=1)
    return prompts.summary(figures, language or report.language)


async def write_summary(
    report: SessionReport, chat: ChatModel, request: ChatRequest, *, patience: float = PATIENCE
) -> Written:
    """What the model made of `request`; no sentences where its reply was cut off.

    Raises a ChatModelError where the model fails, and TimeoutError.
    """
    async with asyncio.timeout(patience):
        reply = await chat.reply(request)
    sentences = held_to(reply.text, numbers_of(report))[0] if reply.complete else ()
    return Written(sentences, reply.usage)


async def summarise_report(
    mine: Repository,
    report: SessionReport,
    chat: ChatModel,
    prompts: Prompts,
    *,
    language: str = "",
    patience: float = PATIENCE,
) -> tuple[str, ...]:
    """The sentences of a summary, written once and kept; none where the model fails or is slow.

    What it costs is counted among the session's usage. Raises RecordingMissing in a replay.
    """
    if report.mean is None:
        return ()
    request = summary_request(report, prompts, language)
    digest = request.digest(chat.name)
    kept = await mine.summary(report.id, digest)
    if kept is not None and kept.sentences:
        return kept.sentences
    await mine.begin_summary(report.id, digest, model=chat.name, seconds=patience, again=True)
    sentences: tuple[str, ...] = ()
    try:
        written = await write_summary(report, chat, request, patience=patience)
        sentences = written.sentences
        await mine.add_usage(
            written.usage, purpose="summary", model=chat.name, session_id=report.id
        )
    except RecordingMissing:
        raise
    except (ChatModelError, TimeoutError):
        pass
    finally:
        await mine.finish_summary(report.id, digest, sentences)
    return sentences


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
