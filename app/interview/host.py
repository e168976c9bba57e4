"""The interviewer behind every face: writes what happens in a session, has answers graded.

Each method stores one step and then knows the session as it stands. Append first: an answer is
in the store before anybody looks at it.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from app.domain.assessment import Assessment, Mode, Verdict
from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    Hint,
    Judge,
    PlannedQuestion,
    Reason,
    SessionMode,
    SessionStatus,
    Speaker,
    Wishes,
    new_session_id,
)
from app.domain.question import Question
from app.domain.session import Exchange, Session, Turn
from app.errors import QuestionNotFound, SessionChanged, StoreError
from app.grading.grader import Grader, OnVerdict
from app.interview.appeal import decide_appeal
from app.interview.conversation import anything_sent, next_planned, open_exchange
from app.interview.follow_up import aim_of, lifted, narrowed, words_for
from app.interview.hints import hint_target, hint_text, shares_of, with_hints
from app.interview.panel import Appeals, Voice
from app.interview.self_check import settled
from app.store.base import Repository
from app.store.rows import Claim

CLAIM_SECONDS = 6.0
"""How long a killed process can hold up the grading of its answer."""
RENEW_SECONDS = 2.0
POLL_SECONDS = 0.3
UNFINISHED = (SessionStatus.OPEN, SessionStatus.PAUSED)

Find = Callable[[str], Question]


class Host:
    """One session under way. `session` is how it stood after the last step made here."""

    def __init__(self, repository: Repository, session: Session) -> None:
        self.repository = repository
        self.session = session

    @classmethod
    async def begin(
        cls,
        repository: Repository,
        questions: Sequence[Question],
        *,
        mode: SessionMode = SessionMode.PRACTICE,
        wishes: Wishes | None = None,
    ) -> "Host":
        """Store a plan of these questions, and put the first one."""
        session = await repository.open_session(
            new_session_id(),
            mode=mode,
            language=questions[0].language,
            plan=[PlannedQuestion(question.id) for question in questions],
            wishes=wishes,
        )
        host = cls(repository, session)
        await host.ask(questions[0])
        return host

    @classmethod
    async def take_up(cls, repository: Repository, name: str = "") -> "Host":
        """Go on with a session by its id, its beginning or `last`; "": the newest unfinished.

        Raises SessionNotFound, and SessionChanged for a session that has ended.
        """
        session_id = await repository.resolve(name) if name else await _newest(repository)
        host = cls(repository, await repository.load(session_id))
        if host.session.status is SessionStatus.ENDED:
            raise SessionChanged(
                f"The session {session_id!r} has ended.", "Begin a new one: mockint ask"
            )
        if await repository.change_status(session_id, SessionStatus.OPEN):
            await host.reload()
        return host

    @property
    def turn(self) -> Turn:
        """The turn of the question asked last."""
        turn = self.session.current
        assert turn is not None, "a host has asked at least one question"
        return turn

    async def reload(self) -> None:
        """Look at the session as it stands now; a look that took longer changes nothing back."""
        session = await self.repository.load(self.session.id)
        if session.seq >= self.session.seq:
            self.session = session

    async def ask(self, question: Question) -> None:
        """Put a question of the plan."""
        planned = next((one for one in self.session.plan if one.question_id == question.id), None)
        position = len(self.session.turns) + 1
        await self.repository.ask(self.session.id, question, position=position, planned=planned)
        await self.reload()

    async def ask_next(self, find: Find) -> tuple[Question | None, tuple[str, ...]]:
        """Put the next question of the plan; None where none is left.

        `find` looks a question up by its id. Questions that are no longer in any bank leave the
        plan; their ids come back.
        """
        gone: list[str] = []
        while planned := next_planned(self.session):
            try:
                question = find(planned.question_id)
            except QuestionNotFound:
                gone.append(planned.question_id)
                await self._drop(planned)
                continue
            await self.ask(question)
            return question, tuple(gone)
        return None, tuple(gone)

    async def send(self, text: str, *, key: str, seconds: float | None = None) -> Answer:
        """Store an answer to what was put last. The same key sends it once."""
        turn = self.turn
        answer = await self.repository.answer(
            self.session.id,
            text,
            position=turn.position,
            attempt=turn.attempt.number,
            step=len(turn.attempt.follow_ups),
            key=key,
            seconds=seconds,
        )
        await self.reload()
        return answer

    async def follow_up(self, voice: Voice | None = None) -> str:
        """Ask the next follow-up, in the model's words where there is a `voice`; its text."""
        turn = self.turn
        point, main = aim_of(turn), turn.attempt.main
        assert point is not None, "nothing is left to follow up"
        assert main.counting is not None
        assert main.answer is not None
        step = len(turn.attempt.follow_ups) + 1
        result = next(one for one in main.counting.assessment.key_points if one.id == point.id)
        text = ""
        if voice is not None:
            said = (main.answer.text, *_later_answers(turn))
            text = await voice.follow_up(turn.question, point, result.verdict, "\n\n".join(said))
        asked = await self.repository.follow_up(
            self.session.id,
            text or words_for(turn.question, point, result.verdict, step),
            position=turn.position,
            attempt=turn.attempt.number,
            step=step,
            key_point_id=point.id,
        )
        await self.reload()
        return asked.text

    async def settle(self, verdicts: Mapping[str, Verdict]) -> AssessmentRecord:
        """Keep the candidate's own verdicts on the newest attempt beside the suggested ones."""
        turn, main = self.turn, self.turn.attempt.main
        assert main.counting is not None
        assert main.answer is not None
        shares = shares_of(turn.hints[: _hints_seen(turn)])
        record = await self.repository.reassess(
            self.session.id,
            settled(turn.question, main.counting.assessment, verdicts, shares),
            answer=main.answer.seq,
            judged_by=Judge.CANDIDATE,
            reason=Reason.SELF_CHECK,
            key=f"check:{main.counting.seq}",
        )
        await self.reload()
        return record

    async def appeal(self, point_id: str, argument: str, *, key: str) -> Appeal:
        """Store that the candidate disputes a verdict on the newest attempt, and why."""
        main = self.turn.attempt.main
        assert main.answer is not None
        appeal = await self.repository.appeal(
            self.session.id, argument, answer=main.answer.seq, key_point_id=point_id, key=key
        )
        await self.reload()
        return appeal

    async def hear(self, appeals: Appeals | None, exchange: Exchange) -> AssessmentRecord:
        """Have the oldest open appeal about an answer judged; the record that counts afterwards.

        The old verdict stands unless the new one is better. Whatever comes of it is kept, also
        that nobody could judge it.
        """
        assert exchange.answer is not None
        appeal, number = exchange.open_appeals[0], exchange.answer.seq
        while True:
            claim = await self.repository.claim(
                self.session.id, appeal.seq, holder=_holder(), seconds=CLAIM_SECONDS
            )
            if claim is not None:
                async with self._held(claim):
                    turn, now = self.session.find_answer(number)
                    assessment, note = await decide_appeal(appeals, turn, now, appeal)
                    await self.repository.assess(
                        claim, assessment, judged_by=judge_of(assessment), note=note
                    )
            await self.reload()
            _, now = self.session.find_answer(number)
            if appeal not in now.open_appeals and now.counting is not None:
                return now.assessments[-1]
            await asyncio.sleep(POLL_SECONDS)

    async def hint(self) -> Hint | None:
        """Give the next hint; None where none is left."""
        turn = self.turn
        point, step = hint_target(turn), len(turn.hints) + 1
        if point is None:
            return None
        text = hint_text(turn.question, point, step)
        hint = await self.repository.hint(
            self.session.id, text, position=turn.position, step=step, key_point_id=point.id
        )
        await self.reload()
        return hint

    async def remark(self, speaker: Speaker, text: str, topic: str, key: str) -> None:
        """Keep talk that is no answer."""
        await self.repository.remark(
            self.session.id,
            text,
            speaker=speaker,
            key=key,
            position=self.turn.position,
            topic=topic,
        )
        await self.reload()

    async def skip(self) -> None:
        """Pass over what was put last."""
        turn = self.turn
        await self.repository.skip(
            self.session.id,
            position=turn.position,
            attempt=turn.attempt.number,
            step=len(turn.attempt.follow_ups),
        )
        await self.reload()

    async def show_reference(self) -> None:
        """Note that the reference answer is on screen."""
        turn = self.turn
        await self.repository.show_reference(
            self.session.id, position=turn.position, attempt=turn.attempt.number
        )
        await self.reload()

    async def try_again(self) -> None:
        """Begin another attempt at the question."""
        turn = self.turn
        await self.repository.open_attempt(
            self.session.id, position=turn.position, attempt=turn.attempt.number + 1
        )
        await self.reload()

    async def pause(self) -> None:
        """Leave the session so that it can be taken up; one without anything sent is dropped."""
        await self.reload()
        if anything_sent(self.session):
            await self._change(SessionStatus.PAUSED)
        else:
            await self._drop_session()

    async def end(self, why: str = "") -> None:
        """End the session; one without anything sent is dropped."""
        await self.reload()
        if anything_sent(self.session):
            await self._change(SessionStatus.ENDED, why)
        else:
            await self._drop_session()

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
            claim = await self.repository.claim(
                self.session.id, number, holder=_holder(), seconds=CLAIM_SECONDS
            )
            if claim is not None:
                await self._assess(claim, grader, number, on_verdict)
            await self.reload()
            _, now = self.session.find_answer(number)
            if len(now.assessments) > known and now.counting is not None:
                return now.counting
            await asyncio.sleep(POLL_SECONDS)

    async def regrade(self, grader: Grader, exchange: Exchange) -> AssessmentRecord | None:
        """Grade an answer anew, whatever was graded before; None where somebody holds it."""
        assert exchange.answer is not None
        number = exchange.answer.seq
        claim = await self.repository.claim(
            self.session.id, number, holder=_holder(), seconds=CLAIM_SECONDS, again=True
        )
        if claim is None:
            return None
        await self._assess(claim, grader, number, None)
        await self.reload()
        return self.session.find_answer(number)[1].assessments[-1]

    async def _assess(
        self, claim: Claim, grader: Grader, number: int, on_verdict: OnVerdict | None
    ) -> None:
        turn, exchange = self.session.find_answer(number)
        async with self._held(claim):
            assessment = await _judge(grader, turn, exchange, on_verdict)
            reason = Reason.REGRADE if exchange.assessments else Reason.NEW
            record = await self.repository.assess(
                claim, assessment, judged_by=judge_of(assessment), reason=reason
            )
        if record is not None and exchange.follow_up is not None:
            await self._lift(turn, exchange, record)

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

    async def _drop(self, planned: PlannedQuestion) -> None:
        kept = [one for one in self.session.plan if one != planned]
        newest = self.session.plans[-1]
        await self.repository.replan(
            self.session.id, kept, replaces=newest.seq, unmet=newest.unmet, why="gone"
        )
        await self.reload()

    async def _drop_session(self) -> None:
        # Nothing of the candidate's is in it, so that traces in a busy database do not matter.
        with contextlib.suppress(StoreError):
            await self.repository.forget_session(self.session.id)

    async def _change(self, status: SessionStatus, why: str = "") -> None:
        if self.session.status is not SessionStatus.ENDED:
            await self.repository.change_status(self.session.id, status, why=why)
            await self.reload()


def waiting_exchange(turn: Turn) -> Exchange:
    """The oldest exchange of a turn that was sent and not judged, else the last one put."""
    return next((one for one in turn.exchanges if one.is_waiting), open_exchange(turn))


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


def _hints_seen(turn: Turn) -> int:
    """How many hints had been given when the newest attempt was answered last."""
    answers = (one.answer for one in turn.attempt.exchanges)
    return max((answer.hints for answer in answers if answer is not None), default=0)


def _later_answers(turn: Turn) -> tuple[str, ...]:
    return tuple(one.answer.text for one in turn.attempt.follow_ups if one.answer is not None)


async def _newest(repository: Repository) -> str:
    rows = await repository.sessions(statuses=UNFINISHED, limit=1)
    if not rows:
        raise StoreError("No interview is open.", "Begin one: mockint ask")
    return rows[0].id


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
