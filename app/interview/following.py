"""Asking on about an answer: on request in practice, of the interviewer's own accord otherwise."""

import asyncio
import contextlib
import time

from app.domain.assessment import KeyPointResult
from app.domain.events import SessionStatus
from app.domain.poker_face import is_withheld
from app.domain.question import KeyPoint
from app.domain.session import Session, Turn
from app.grading.ignorance import admits_ignorance
from app.interview.conversation import pace_of
from app.interview.follow_up import aim_of, even_words_for, words_for
from app.interview.panel import Spoken, Voice
from app.interview.sitting import Sitting

LOOK_SECONDS = 0.1
"""Between two looks at whether a grade has come."""
WORDING_SECONDS = 5.0
"""How long a model may look for words while it keeps a poker face."""


class Following(Sitting):
    """The part of a host that asks follow-ups."""

    async def follow_up(self, voice: Voice | None = None) -> str:
        """Ask the next follow-up, in the model's words where there is a `voice`; its text."""
        point = aim_of(self.turn)
        assert point is not None, "nothing is left to follow up"
        question, verdict = self.turn.question, _result(self.turn, point).verdict
        spoken = Spoken()
        if voice is not None:
            spoken = await voice.follow_up(question, point, verdict, _said(self.turn))
        step = len(self.turn.attempt.follow_ups) + 1
        return await self._put(point, spoken, words_for(question, point, verdict, step))

    async def ask_on(self, voice: Voice | None = None, *, within: float = WORDING_SECONDS) -> str:
        """In the mode `interview`: ask on where the grade calls for it; the text, "" for none.

        Its words are the same whatever the verdict was; a model has `within` seconds to find its
        own.
        """
        point = aim_unseen(self.session)
        if point is None:
            return ""
        position = self.turn.position
        spoken = Spoken()
        if voice is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    spoken = await voice.follow_up(
                        self.turn.question, point, None, _said(self.turn)
                    )
        await self.reload()
        if self.turn.position != position or not is_withheld(self.session):
            return ""  # gone on meanwhile
        result, step = _result(self.turn, point), len(self.turn.attempt.follow_ups) + 1
        plain = even_words_for(self.turn.question, point, result, step)
        return await self._put(point, spoken, plain)

    async def is_graded_within(self, seconds: float) -> bool:
        """Wait for what was sent about the question asked last; whether it is graded by then.

        False also where the session has gone on meanwhile.
        """
        position, deadline = self.turn.position, time.monotonic() + seconds
        while any(one.is_waiting for one in self.turn.attempt.exchanges):
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(LOOK_SECONDS)
            await self.reload()
            if self.turn.position != position or self.session.status is SessionStatus.ENDED:
                return False
        return True

    async def _put(self, point: KeyPoint, spoken: Spoken, plain: str) -> str:
        turn = self.turn
        asked = await self.repository.follow_up(
            self.session.id,
            spoken.text or plain,
            position=turn.position,
            attempt=turn.attempt.number,
            step=len(turn.attempt.follow_ups) + 1,
            key_point_id=point.id,
        )
        if spoken.usage is not None:
            await self.repository.add_usage(
                spoken.usage, purpose="follow_up", model=spoken.model, session_id=self.session.id
            )
        await self.reload()
        return asked.text


def aim_unseen(session: Session) -> KeyPoint | None:
    """What an interviewer with a poker face asks on about; None for: on to the next question.

    As in practice, but not where the candidate passed or has said not to know, nor once the time
    for a question is over.
    """
    turn = session.current
    if turn is None or not is_withheld(session):
        return None
    exchanges = turn.attempt.exchanges
    if any(one.answer is None or one.is_waiting for one in exchanges):
        return None
    last = exchanges[-1].answer
    if last is None or admits_ignorance(last.text, turn.question.text):
        return None
    pace = pace_of(session)
    used = sum(one.answer.seconds or 0.0 for one in exchanges if one.answer is not None)
    return None if pace is not None and used >= pace else aim_of(turn)


def _result(turn: Turn, point: KeyPoint) -> KeyPointResult:
    counting = turn.attempt.main.counting
    assert counting is not None
    return next(one for one in counting.assessment.key_points if one.id == point.id)


def _said(turn: Turn) -> str:
    answers = (one.answer for one in turn.attempt.exchanges)
    return "\n\n".join(answer.text for answer in answers if answer is not None)
