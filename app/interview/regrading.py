"""Grading stored answers anew: with another grader, a better prompt, or after a failure."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.assessment import Mode
from app.domain.events import AssessmentRecord, Judge, Reason
from app.domain.poker_face import is_withheld
from app.domain.session import Exchange, Turn, counting_of
from app.grading.grader import Grader
from app.interview.host import Host
from app.store.base import Repository


@dataclass(frozen=True, slots=True)
class Regraded:
    """An answer, how it was graded before (None if it was not) and the new record.

    What an answer to a follow-up lifted is in neither: it comes back once that is graded anew.
    """

    turn: Turn
    step: int
    before: AssessmentRecord | None
    after: AssessmentRecord

    @property
    def is_other(self) -> bool:
        """Whether the score is another one than before."""
        old = self.before.assessment.score if self.before is not None else None
        return old != self.after.assessment.score


@dataclass(slots=True)
class Tally:
    """What was left alone: answers held by another process, and verdicts of the candidate's.

    And `withheld`: the answers of interviews under way, of which nothing is told before the end.
    """

    held: int = 0
    kept: int = 0
    withheld: int = 0


async def regrade_session(
    repository: Repository,
    session_id: str,
    grader: Grader,
    tally: Tally,
    on_done: Callable[[Regraded], None],
) -> None:
    """Grade every answer of a session anew; `on_done` hears of each at once.

    Nothing is overwritten. What the candidate settled gives way to a model, not to similarity,
    which can suggest only.
    """
    host = Host(repository, await repository.load(session_id))
    numbers = [
        exchange.answer.seq
        for turn in host.session.turns
        for exchange in turn.exchanges
        if exchange.answer is not None
    ]
    if is_withheld(host.session):
        tally.withheld += len(numbers)
        return
    for number in numbers:
        turn, exchange = host.session.find_answer(number)
        if _is_settled(exchange) and grader.info.mode is Mode.SIMILARITY:
            tally.kept += 1
            continue
        own = (one for one in exchange.assessments if one.reason is not Reason.FOLLOW_UP)
        before = counting_of(own)
        after = await host.regrade(grader, exchange)
        if after is None:
            tally.held += 1
            continue
        assert exchange.answer is not None
        on_done(Regraded(turn, exchange.answer.step, before, after))


def _is_settled(exchange: Exchange) -> bool:
    return exchange.counting is not None and exchange.counting.judged_by is Judge.CANDIDATE
