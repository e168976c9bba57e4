"""The interviewer behind every face: writes what happens in a session, has answers graded.

Each method stores one step and then knows the session as it stands. Append first: an answer is
in the store before anybody looks at it.
"""

import contextlib
from collections.abc import Mapping

from app.domain.assessment import Verdict
from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    Hint,
    Judge,
    Reason,
    SessionMode,
    SessionStatus,
    Speaker,
    Wishes,
    new_session_id,
)
from app.domain.session import Exchange, Turn
from app.errors import SessionChanged, StoreError, filled
from app.interview.asking import Asking
from app.interview.conversation import anything_sent, open_exchange
from app.interview.following import Following
from app.interview.hints import hint_target, hint_text, shares_of
from app.interview.judging import Judging
from app.interview.plan import Plan
from app.interview.review import record_reviews
from app.interview.self_check import settled
from app.store.base import Repository

UNFINISHED = (SessionStatus.OPEN, SessionStatus.PAUSED)


class Host(Asking, Following, Judging):
    """One session under way, step by step."""

    @classmethod
    async def begin(
        cls,
        repository: Repository,
        plan: Plan,
        *,
        mode: SessionMode = SessionMode.PRACTICE,
        wishes: Wishes | None = None,
        session_id: str = "",
    ) -> "Host":
        """Store a plan with its reasons, and put its first question.

        A `session_id` that was begun before comes back as it stands.
        """
        first = plan.questions[0]
        session = await repository.open_session(
            session_id or new_session_id(),
            mode=mode,
            language=first.language,
            plan=plan.planned,
            unmet=plan.unmet,
            left_over=plan.left_over,
            spare=[question.id for question in plan.spare],
            wishes=wishes,
        )
        host = cls(repository, session)
        if not session.turns:
            await host.ask(first)
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
                filled("The session {session_id!r} has ended.", session_id=session_id),
                "Begin a new one: mockint ask",
            )
        if await repository.change_status(session_id, SessionStatus.OPEN):
            await host.reload()
        return host

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
        """End the session; one without anything sent is dropped.

        What was graded has its effect on what to review; what is graded later has it later.
        """
        await self.reload()
        if not anything_sent(self.session):
            await self._drop_session()
            return
        await self._change(SessionStatus.ENDED, why)
        with contextlib.suppress(StoreError):
            await record_reviews(self.repository)

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


def _hints_seen(turn: Turn) -> int:
    """How many hints had been given when the newest attempt was answered last."""
    answers = (one.answer for one in turn.attempt.exchanges)
    return max((answer.hints for answer in answers if answer is not None), default=0)


async def _newest(repository: Repository) -> str:
    rows = await repository.sessions(statuses=UNFINISHED, limit=1)
    if not rows:
        raise StoreError("No interview is open.", "Begin one: mockint ask")
    return rows[0].id
