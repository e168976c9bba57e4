"""Follow-ups: what to ask next about an answer, and what the answer to that is worth."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.events import FOLLOW_UP_LIMIT, Reason
from app.domain.question import KeyPoint, Question
from app.domain.rescore import Shares, rescored
from app.domain.score import credit_of
from app.domain.session import Attempt, Turn
from app.grading.feedback import most_valuable_gaps
from app.language.messages import Translate, translator

LONGEST = 400
"""Characters of a follow-up; a model that writes more has not asked a question."""


def aim_of(turn: Turn) -> KeyPoint | None:
    """The key point that the next follow-up aims at; None where there is to be none.

    It is the one worth most that is missing, partial or contradicted, and was not asked about in
    this attempt. There is none where nothing could be graded, or where the candidate has read
    the reference or checked the key points.
    """
    attempt = turn.attempt
    record = attempt.main.counting
    if record is None or record.assessment.status is Status.UNGRADED:
        return None
    if any(one.reason is Reason.SELF_CHECK for one in attempt.main.assessments):
        return None
    if len(attempt.follow_ups) >= FOLLOW_UP_LIMIT or _reference_is_known(turn):
        return None
    asked = {one.follow_up.key_point_id for one in attempt.follow_ups if one.follow_up}
    by_id = {result.id: result for result in record.assessment.key_points}
    pairs = [(point, by_id[point.id]) for point in turn.question.key_points if point.id in by_id]
    return next((point for point, _ in most_valuable_gaps(pairs) if point.id not in asked), None)


def _reference_is_known(turn: Turn) -> bool:
    return bool(turn.references)


def words_for(question: Question, point: KeyPoint, verdict: Verdict, step: int) -> str:
    """The follow-up without a model: the author's own, else one that fits the verdict.

    It never names the key point, unless the candidate did.
    """
    if point.follow_up:
        return point.follow_up
    say = translator("interview", question.language)
    if verdict is Verdict.CONTRADICTED:
        return say(
            "You said something about “{title}” that I would like to hear again: is it really "
            "that way round, and why?"
        ).format(title=point.title)
    if verdict is Verdict.PARTIAL:
        return say(
            "You touched on “{title}”. How exactly would you do it, and what makes it work?"
        ).format(title=point.title)
    if step > 1:
        return say("What else would you look at here that you have not mentioned so far?")
    return say(
        "One more aspect matters to this question and has not come up yet. What comes to mind, "
        "and how would you go about it?"
    )


def usable(text: str, point: KeyPoint) -> str:
    """A model's follow-up as one line, or "" where it is none or gives the answer away."""
    line = " ".join(text.split()).strip("\"'“”「」 ")
    gives_away = _plain(point.title) in _plain(line) and len(_plain(point.title)) > 1
    if not line or len(line) > LONGEST or gives_away:
        return ""
    return line


def narrowed(question: Question, point: KeyPoint, follow_up: str) -> Question:
    """The question that an answer to a follow-up is graded on: that one key point."""
    return replace(
        question, text=f"{question.text}\n{follow_up}", key_points=(point,), reference=""
    )


def lifted(
    question: Question,
    assessment: Assessment,
    said: Assessment,
    *,
    before: Shares,
    after: Shares,
) -> Assessment | None:
    """The question's assessment with what a follow-up brought; None where it brought nothing.

    `said` is the assessment of the answer to the follow-up. A verdict only ever rises by it.
    """
    if said.status is Status.UNGRADED or assessment.status is Status.UNGRADED:
        return None
    say = translator("interview", question.language)
    better = {result.id: result for result in said.key_points}
    results = [_lift(result, better.get(result.id), say) for result in assessment.key_points]
    if results == list(assessment.key_points):
        return None
    return rescored(assessment, results, before=before, after=after)


def _lift(result: KeyPointResult, later: KeyPointResult | None, say: Translate) -> KeyPointResult:
    if later is None or credit_of(later.verdict) <= credit_of(result.verdict):
        return result
    reason = say("Said when asked again.")
    if later.evidence is not None:
        reason = say("Said when asked again: “{quote}”").format(quote=later.evidence.quote)
    return replace(
        result,
        verdict=later.verdict,
        coverage=max(result.coverage, later.coverage),
        evidence=None if result.verdict is Verdict.CONTRADICTED else result.evidence,
        reason=reason,
    )


def asked_texts(attempt: Attempt) -> Sequence[str]:
    """The follow-ups that were asked in an attempt."""
    return [one.follow_up.text for one in attempt.follow_ups if one.follow_up]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
