"""Grading what was sent, and hearing appeals: once each, whoever does it.

Work is done under a claim that is renewed while it lasts, so that a killed process holds nothing
up and two processes grade nothing twice.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator

from app.domain.assessment import Assessment, Mode
from app.domain.events import Appeal, AssessmentRecord, Judge, Reason
from app.domain.session import Exchange, Turn
from app.errors import StoreError
from app.grading.grader import Grader, OnVerdict
from app.interview.appeal import decide_appeal
from app.interview.follow_up import lifted, narrowed
from app.interview.hints import shares_of, with_hints
from app.interview.panel import Appeals
from app.interview.sitting import Sitting
from app.store.rows import Claim

CLAIM_SECONDS = 6.0
"""How long a killed process can hold up the grading of its answer."""
RENEW_SECONDS = 2.0
POLL_SECONDS = 0.3


class Judging(Sitting):
    """The part of a host that has things judged."""

    async def grade(
        self, grader: Grader, exchange: Exchange, on_verdict: OnVerdict | None = None
    ) -> AssessmentRecord:
        """Grade an answer once, whoever does it; the record that counts afterwards.

        Where another process grades it already, this waits for it, and takes over should it die.
        An answer that could not be graded before is graded anew.
        """
        assert exchange.answer is not None
        number, known = exchange.answer.seq, len(exchange.assessments)
        while True:
            await self.grade_if_free(grader, number, on_verdict)
            await self.reload()
            _, now = self.session.find_answer(number)
            if len(now.assessments) > known and now.counting is not None:
                return now.counting
            await asyncio.sleep(POLL_SECONDS)

    async def grade_if_free(
        self,
        grader: Grader,
        number: int,
        on_verdict: OnVerdict | None = None,
        *,
        again: bool = False,
    ) -> AssessmentRecord | None:
        """Grade the answer with this number; None where it is graded or somebody holds it.

        `again` also grades what is graded. Raises KeyError where there is no such answer.
        """
        self.session.find_answer(number)
        claim = await self.repository.claim(
            self.session.id, number, holder=_holder(), seconds=CLAIM_SECONDS, again=again
        )
        return None if claim is None else await self._assess(claim, grader, number, on_verdict)

    async def regrade(self, grader: Grader, exchange: Exchange) -> AssessmentRecord | None:
        """Grade an answer anew, whatever was graded before; None where somebody holds it."""
        assert exchange.answer is not None
        number = exchange.answer.seq
        if await self.grade_if_free(grader, number, again=True) is None:
            return None
        await self.reload()
        return self.session.find_answer(number)[1].assessments[-1]

    async def hear(self, appeals: Appeals | None, exchange: Exchange) -> AssessmentRecord:
        """Have the oldest open appeal about an answer judged; the record that counts afterwards.

        The old verdict stands unless the new one is better. Whatever comes of it is kept, also
        that nobody could judge it.
        """
        assert exchange.answer is not None
        appeal, number = exchange.open_appeals[0], exchange.answer.seq
        while True:
            await self.hear_if_free(appeals, appeal.seq)
            await self.reload()
            _, now = self.session.find_answer(number)
            if appeal not in now.open_appeals and now.counting is not None:
                return now.assessments[-1]
            await asyncio.sleep(POLL_SECONDS)

    async def hear_if_free(self, appeals: Appeals | None, number: int) -> AssessmentRecord | None:
        """Have the appeal with this number judged; None where it is, or where somebody holds it.

        Raises KeyError where there is no such appeal.
        """
        appeal = self._find_appeal(number)
        claim = await self.repository.claim(
            self.session.id, number, holder=_holder(), seconds=CLAIM_SECONDS
        )
        if claim is None:
            return None
        async with self._held(claim):
            await self.reload()  # what counts now may have come after the appeal was made
            turn, exchange = self.session.find_answer(appeal.answer)
            assessment, note = await decide_appeal(appeals, turn, exchange, appeal)
            return await self.repository.assess(
                claim, assessment, judged_by=judge_of(assessment), note=note
            )

    def _find_appeal(self, number: int) -> Appeal:
        for turn in self.session.turns:
            for exchange in turn.exchanges:
                for appeal in exchange.appeals:
                    if appeal.seq == number:
                        return appeal
        raise KeyError(number)

    async def _assess(
        self, claim: Claim, grader: Grader, number: int, on_verdict: OnVerdict | None
    ) -> AssessmentRecord | None:
        turn, exchange = self.session.find_answer(number)
        async with self._held(claim):
            assessment = await _judge(grader, turn, exchange, on_verdict)
            reason = Reason.REGRADE if exchange.assessments else Reason.NEW
            record = await self.repository.assess(
                claim, assessment, judged_by=judge_of(assessment), reason=reason
            )
        if record is not None and exchange.follow_up is not None:
            await self._lift(turn, exchange, record)
        return record

    async def lift_again(self, turn: Turn) -> None:
        """Do what a process that died right after grading a follow-up left undone."""
        for exchange in turn.attempt.follow_ups:
            if exchange.counting is not None:
                await self._lift(turn, exchange, exchange.counting)
        await self.reload()

    async def _lift(self, turn: Turn, exchange: Exchange, record: AssessmentRecord) -> None:
        """Let the question's assessment rise by what the answer to a follow-up brought."""
        assert exchange.answer is not None
        main = turn.attempts[exchange.answer.attempt - 1].main
        if main.counting is None or main.answer is None:
            return
        better = lifted(
            turn.question,
            main.counting.assessment,
            record.assessment,
            before=shares_of(turn.hints[: main.answer.hints]),
            after=shares_of(turn.hints[: exchange.answer.hints]),
        )
        if better is not None:
            await self.repository.reassess(
                self.session.id,
                better,
                answer=main.answer.seq,
                judged_by=record.judged_by,
                reason=Reason.FOLLOW_UP,
                key=f"lift:{record.seq}",
            )

    @contextlib.asynccontextmanager
    async def _held(self, claim: Claim) -> AsyncIterator[None]:
        """Keep a claim alive meanwhile; give it back where the work was broken off."""
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield
        except BaseException:
            with contextlib.suppress(StoreError):
                await self.repository.release(claim)
            raise
        finally:
            renewing.cancel()

    async def _renew(self, claim: Claim) -> None:
        held: Claim | None = claim
        while held is not None:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(StoreError):
                held = await self.repository.renew(held, CLAIM_SECONDS)


def judge_of(assessment: Assessment) -> Judge:
    """Who settled the verdicts that a grader made."""
    return Judge.MODEL if assessment.grader.mode is Mode.RUBRIC else Judge.SIMILARITY


async def _judge(
    grader: Grader, turn: Turn, exchange: Exchange, on_verdict: OnVerdict | None
) -> Assessment:
    """What the grader makes of an answer, on the one key point aimed at if it was a follow-up."""
    answer, question = exchange.answer, turn.question
    assert answer is not None
    if exchange.follow_up is not None:
        point = next((p for p in question.key_points if p.id == answer.key_point_id), None)
        if point is not None:
            question = narrowed(question, point, exchange.follow_up.text)
    assessment = await grader.assess(question, answer.text, on_verdict)
    return with_hints(question, assessment, turn.hints[: answer.hints])


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
