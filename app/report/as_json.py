"""A report as JSON-ready values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.language.messages import translator
from app.report.page import DOMAIN
from app.report.session_report import AttemptReport, QuestionReport, SessionReport

SCHEMA = 1


def json_report(report: SessionReport, summary: Sequence[str] = ()) -> dict[str, Any]:
    """All of the report. Assessments have the shape of `mockint ask --json`."""
    say = translator(DOMAIN, report.language)
    return {
        "schema": SCHEMA,
        "session": {
            "id": report.id,
            "mode": report.mode.value,
            "language": report.language,
            "status": report.status.value,
            "started": report.started.isoformat(),
            "seconds": report.seconds,
        },
        "overall": {
            "mean": report.mean,
            "band": None if report.band is None else report.band.value,
            "counted": report.counted,
            "ungraded": report.ungraded,
            "skipped": report.skipped,
            "waiting": report.waiting,
            "after_reading": report.after_reading,
            "change": report.change,
        },
        "topics": [asdict(one) for one in report.topics],
        "questions": [_question(one) for one in report.questions],
        "next_steps": [
            {
                "kind": step.kind.value,
                "question": step.number,
                "question_id": step.question_id,
                "text": step.words(say),
                "key_points": [
                    {"id": point.id, "title": point.title, "verdict": point.verdict.value}
                    for point in step.key_points
                ],
            }
            for step in report.steps
        ],
        "earlier": [
            {"id": mark.id, "at": mark.at.isoformat(), "mean": mark.mean, "counted": mark.counted}
            for mark in report.earlier
        ],
        "requirements": list(report.requirements),
        "unmet": list(report.unmet),
        "summary": list(summary),
    }


def _question(question: QuestionReport) -> dict[str, Any]:
    return {
        "number": question.number,
        "id": question.id,
        "text": question.text,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "outcome": question.outcome.value,
        "score": question.score,
        "band": None if question.band is None else question.band.value,
        "reason": question.reason,
        "requirement": question.requirement,
        "hints": question.hints,
        "saw_reference": question.saw_reference,
        "seconds": question.seconds,
        "attempts": [_attempt(one) for one in question.attempts],
    }


def _attempt(attempt: AttemptReport) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "answer": attempt.answer,
        "seconds": attempt.seconds,
        "hints": attempt.hints,
        "read_reference": attempt.read_reference,
        "assessment": None if attempt.assessment is None else attempt.assessment.as_json(),
        "first_score": None if attempt.first is None else attempt.first.score,
        "judged_by": None if attempt.judged_by is None else attempt.judged_by.value,
        "appeals": [
            {
                "key_point_id": one.key_point_id,
                "title": one.title,
                "argument": one.argument,
                "outcome": one.note or "waiting",
                "before": one.before.value,
                "after": one.after.value,
            }
            for one in attempt.appeals
        ],
        "follow_ups": [
            {
                "text": one.text,
                "aimed_at": one.aimed_at,
                "answer": one.answer,
                "skipped": one.skipped,
                "verdict": None if one.result is None else one.result.verdict.value,
            }
            for one in attempt.follow_ups
        ],
    }
