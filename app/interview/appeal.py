"""Appeals: a disputed verdict, judged again, both verdicts kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.events import Appeal, AssessmentRecord, Judge
from app.domain.rescore import rescored
from app.domain.score import credit_of
from app.domain.session import Exchange, Turn, counting_of
from app.errors import ChatModelError, RecordingMissing
from app.interview.hints import shares_of
from app.interview.panel import Appeals

CHANGED, UPHELD, UNHEARD = "changed", "upheld", "unheard"
"""Notes on the record of an appeal: what came of it."""

LONGEST_ARGUMENT = 600
"""Characters: an appeal is a sentence, not a second answer."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """A disputed verdict and what came of it: `note` is "" until it was heard."""

    key_point_id: str
    title: str
    argument: str
    note: str
    before: Verdict
    after: Verdict


def may_appeal(exchange: Exchange) -> bool:
    """Whether a model judged, and some verdict could still be better.

    Where similarity suggested, the candidate settles the verdicts instead; see `self_check`.
    """
    record = exchange.counting
    if record is None or record.assessment.status is Status.UNGRADED:
        return False
    return record.judged_by is Judge.MODEL and bool(disputable(record.assessment))


def disputable(assessment: Assessment) -> tuple[KeyPointResult, ...]:
    """The verdicts that are worth disputing."""
    return tuple(
        result for result in assessment.key_points if result.verdict is not Verdict.COVERED
    )


async def decide_appeal(
    appeals: Appeals | None, turn: Turn, exchange: Exchange, appeal: Appeal
) -> tuple[Assessment, str]:
    """The assessment after an appeal, and a note on what came of it.

    An appeal never costs anything: a verdict that would be worse leaves the old one.
    """
    assert exchange.counting is not None
    assert exchange.answer is not None
    before = exchange.counting.assessment
    kept = replace(before, usage=None)
    point = next((one for one in turn.question.key_points if one.id == appeal.key_point_id), None)
    if appeals is None or point is None:
        return kept, UNHEARD
    try:
        heard = await appeals.hear(turn.question, point, exchange.answer.text, appeal.text)
    except RecordingMissing:
        raise
    except ChatModelError:
        return kept, UNHEARD
    old = next(one for one in before.key_points if one.id == point.id)
    if credit_of(heard.result.verdict) <= credit_of(old.verdict):
        return replace(kept, usage=heard.usage), UPHELD
    results = [heard.result if one.id == point.id else one for one in before.key_points]
    shares = shares_of(turn.hints[: exchange.answer.hints])
    better = rescored(before, results, before=shares, after=shares)
    return replace(better, grader=heard.grader, usage=heard.usage), CHANGED


def hearings_of(exchange: Exchange) -> Iterator[Hearing]:
    """What was disputed about an answer, oldest first."""
    for appeal in exchange.appeals:
        record = next((one for one in exchange.assessments if one.appeal == appeal.seq), None)
        end = record.seq if record else appeal.seq
        before = counting_of(one for one in exchange.assessments if one.seq < end)
        old = _point(before, appeal.key_point_id)
        new = _point(record, appeal.key_point_id) or old
        if old is None or new is None:
            continue
        note = (record.note or UNHEARD) if record else ""
        yield Hearing(old.id, old.title, appeal.text, note, old.verdict, new.verdict)


def _point(record: AssessmentRecord | None, point_id: str) -> KeyPointResult | None:
    points = record.assessment.key_points if record else ()
    return next((point for point in points if point.id == point_id), None)
