"""Two attempts at one question, key point by key point."""

from dataclasses import dataclass

from app.domain.assessment import Assessment, KeyPointResult, Status
from app.domain.events import AssessmentRecord, Reason
from app.domain.score import credit_of
from app.domain.session import Attempt, Exchange, Turn, counting_of


@dataclass(frozen=True, slots=True)
class Change:
    """How one key point stood before and stands now."""

    before: KeyPointResult
    after: KeyPointResult


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a later attempt gained and lost; scores are 0 to 10. Both may be empty."""

    before: float
    after: float
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]


def compare(earlier: Assessment, later: Assessment) -> Comparison | None:
    """What changed from one assessment to another; None where either is ungraded.

    Key points are matched by id; those that only one of the two has are left out.
    """
    if Status.UNGRADED in (earlier.status, later.status):
        return None
    if earlier.score is None or later.score is None:
        return None
    old = {result.id: result for result in earlier.key_points}
    changes = [Change(old[one.id], one) for one in later.key_points if one.id in old]
    worth = [credit_of(c.after.verdict) - credit_of(c.before.verdict) for c in changes]
    return Comparison(
        earlier.score,
        later.score,
        tuple(change for change, gain in zip(changes, worth, strict=True) if gain > 0),
        tuple(change for change, gain in zip(changes, worth, strict=True) if gain < 0),
    )


def last_two(turn: Turn) -> Comparison | None:
    """The newest attempt against the one before it, None without two that were graded.

    Each counts as it was answered: what follow-ups, self-checks and appeals brought is left out.
    """
    if len(turn.attempts) < 2:
        return None
    first, second = (attempt.main.assessments for attempt in turn.attempts[-2:])
    if not first or not second:
        return None
    return compare(first[0].assessment, second[0].assessment)


def lift_of(
    attempt: Attempt, exchange: Exchange
) -> tuple[AssessmentRecord, AssessmentRecord] | None:
    """What stood for the question before the answer to a follow-up was graded, and after it.

    None where either was not graded.
    """
    if not exchange.assessments:
        return None
    start = exchange.assessments[0].seq
    place = attempt.follow_ups.index(exchange) + 1
    later = attempt.follow_ups[place].follow_up if place < len(attempt.follow_ups) else None
    records = attempt.main.assessments
    before = counting_of(one for one in records if one.seq < start)
    raised = next(
        (
            one
            for one in records
            if one.reason is Reason.FOLLOW_UP
            and one.seq > start
            and (later is None or one.seq < later.seq)
        ),
        before,
    )
    return None if before is None or raised is None else (before, raised)
