"""What a candidate can do in an interview, for pages and API alike."""

from app.domain.events import Answer, Hint, Remark, Speaker
from app.domain.session import Turn
from app.errors import AnswerTooLong, SessionChanged, filled
from app.interview.conversation import Step, anything_sent, open_exchange
from app.interview.follow_up import aim_of
from app.interview.hints import hint_target
from app.interview.talk import Talk, explanation, reply_to, talk_of
from app.web.live.bearings import RELOAD, Place, clean, place_of
from app.web.live.reconsidering import Reconsidering


class Interview(Reconsidering):
    """One session in the hands of its candidate."""

    async def send(
        self,
        text: str,
        *,
        key: str,
        at: Place,
        seconds: float | None = None,
        certain: bool = False,
    ) -> Answer | Talk:
        """Store an answer and have it graded in the background.

        Where the text may be meant as a question back or as small talk, unless that is `certain`,
        nothing is stored and the doubt comes back. Raises AnswerTooLong and SessionChanged.
        """
        for turn in self.session.turns:
            for exchange in turn.exchanges:
                if exchange.answer is not None and exchange.answer.key == key:
                    return exchange.answer
        if len(text) > self._room.answer_limit:
            raise AnswerTooLong(
                filled("The answer has {length} characters.", length=len(text)),
                filled("At most {limit} are taken; shorten it.", limit=self._room.answer_limit),
            )
        self._must_be(Step.ANSWER, at)
        doubt = None if certain else talk_of(text)
        if doubt is not None:
            return doubt
        await self._take_up()
        answer = await self._host.send(clean(text), key=key, seconds=seconds)
        self._room.desk.offer(self._job(answer.seq))
        await self._ask_on()
        await self._go_on(at.position)
        return answer

    async def say(self, text: str, *, key: str, at: Place) -> Remark:
        """Keep talk that is no answer, and the interviewer's reply, which comes back."""
        self._must_be(Step.ANSWER, at)
        kind = talk_of(text) or Talk.ASKS_BACK
        reply = reply_to(kind, self._host.turn.question)
        return await self._converse(clean(text), reply, kind.value, key)

    async def explain(self, *, key: str, at: Place) -> Remark:
        """Put the question in other terms."""
        self._must_be(Step.ANSWER, at)
        return await self._converse("", explanation(self._host.turn.question), "explain", key)

    async def repeat(self, *, key: str, at: Place) -> Remark:
        """Say once more what was put last."""
        self._must_be(Step.ANSWER, at)
        turn = self._host.turn
        asked = open_exchange(turn).follow_up
        text = turn.question.text if asked is None else asked.text
        return await self._converse("", text, "repeat", key)

    async def hint(self, position: int, number: int) -> Hint:
        """Give hint `number`, 1 to 3. Raises SessionChanged where there is none."""
        turn = self._turn(position)
        if 1 <= number <= len(turn.hints):
            return turn.hints[number - 1]
        self._must_be(Step.ANSWER, place_of(turn))
        if number != len(turn.hints) + 1 or hint_target(turn) is None:
            raise SessionChanged("There is no such hint.", "A question has up to three, in order.")
        await self._take_up()
        hint = await self._host.hint()
        assert hint is not None
        self._tell()
        return hint

    async def skip(self, at: Place) -> None:
        """Pass over a question or a follow-up; after a question the next one is put."""
        if not self._is_skipped(at):
            self._must_be(Step.ANSWER, at)
            await self._take_up()
            await self._host.skip()
        await self._go_on(at.position)

    async def follow_up(self, at: Place) -> Turn:
        """Have a follow-up asked about what stands at `at`; the turn then."""
        turn = self._turn(at.position)
        asked = turn.attempts[at.attempt - 1].follow_ups if at.attempt <= len(turn.attempts) else ()
        if len(asked) > at.step:
            return turn
        self._must_be(Step.CHOICE, at)
        if aim_of(turn) is None:
            raise SessionChanged("There is nothing more to ask about this answer.", RELOAD)
        await self._take_up()
        await self._host.follow_up(await self._room.voice_for(self._host.repository))
        self._tell()
        return self._host.turn

    async def try_again(self, at: Place) -> Turn:
        """Begin another attempt at the question; the turn then."""
        turn = self._turn(at.position)
        if len(turn.attempts) > at.attempt:
            return turn
        self._must_be(Step.CHOICE, at)
        await self._take_up()
        await self._host.try_again()
        self._tell()
        return self._host.turn

    async def go_to_next(self, position: int) -> None:
        """Put the question after the one at `position`; end the interview where none is left.

        `position` is 0 before the first question.
        """
        turn = self.session.current
        if position != (turn.position if turn else 0):
            if position:
                self._turn(position)
            return
        if self._step is Step.ANSWER:
            raise SessionChanged("The question waits for an answer.", "Answer it, or skip it.")
        await self._take_up()
        await self._ask_or_end(position)
        self._tell()

    async def pause(self) -> bool:
        """Leave it to be gone on with. False where nothing had been sent: then it is dropped."""
        await self._host.pause()
        self._tell()
        return anything_sent(self.session)

    async def end(self) -> bool:
        """End it. False where nothing had been sent: then it is dropped."""
        await self._host.end()
        self._tell()
        return anything_sent(self.session)

    def _is_skipped(self, at: Place) -> bool:
        turn = self._turn(at.position)
        if at.attempt > len(turn.attempts):
            return False
        exchanges = turn.attempts[at.attempt - 1].exchanges
        return at.step < len(exchanges) and exchanges[at.step].skipped

    async def _go_on(self, position: int) -> None:
        """Put what comes next where nothing is left to be done at `position`."""
        turn = self.session.current
        if (
            turn is not None
            and turn.position == position
            and self._step in (Step.QUESTION, Step.END)
        ):
            await self._ask_or_end(position)
        self._tell()

    async def _ask_on(self) -> None:
        """With a poker face: ask a follow-up where the grade calls for one and comes soon."""
        if not self._is_secret:
            return
        with self._room.pondering(self.session.id):
            self._tell()
            try:
                if await self._host.is_graded_within(self._room.panel.patience):
                    voice = await self._room.voice_for(self._host.repository)
                    await self._host.ask_on(voice)
            except SessionChanged:
                await self._host.reload()  # another window was quicker

    async def _ask_or_end(self, position: int) -> None:
        try:
            question, _ = await self._host.ask_next(self._room.find)
        except SessionChanged:
            await self._host.reload()
            turn = self.session.current
            if turn is None or turn.position == position:
                raise
            return  # another window was quicker
        if question is None:
            await self._host.end()

    async def _converse(self, said: str, reply: str, topic: str, key: str) -> Remark:
        repository, position = self._host.repository, self._host.turn.position
        session_id = self.session.id
        if said:
            await repository.remark(
                session_id,
                said,
                speaker=Speaker.CANDIDATE,
                key=key,
                position=position,
                topic=topic,
            )
        remark = await repository.remark(
            session_id,
            reply,
            speaker=Speaker.INTERVIEWER,
            key=f"{key}-reply",
            position=position,
            topic=topic,
        )
        self._tell()
        return remark
