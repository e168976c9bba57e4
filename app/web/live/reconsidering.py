"""What can be done about answers that were graded, also once other questions were asked."""

from collections.abc import Mapping
from dataclasses import replace

from app.domain.assessment import Mode, Verdict
from app.domain.events import Appeal, AssessmentRecord, Judge, Reason
from app.domain.poker_face import shown
from app.domain.session import Turn
from app.errors import SessionChanged
from app.interview.appeal import LONGEST_ARGUMENT, disputable
from app.interview.conversation import Choice, Step
from app.interview.host import Host
from app.interview.self_check import CheckItem, check_items
from app.web.live.bearings import RELOAD, Bearings, clean
from app.web.live.wire import offers


class Reconsidering(Bearings):
    """The part of an interview that looks back."""

    async def show_reference(self, position: int) -> Turn:
        """Put the reference answer on screen; the turn then. An answer after it does not count."""
        turn = self._turn(position)
        if not turn.references:
            waits = turn == self.session.current and self._step is Step.ANSWER
            if self._is_secret and not waits:
                raise SessionChanged("The reference is shown when the interview has ended.", RELOAD)
            await self._at(turn).show_reference()
            await self._catch_up()
        return self._turn(position)

    async def settle(self, position: int, verdicts: Mapping[str, Verdict]) -> AssessmentRecord:
        """Keep the candidate's own verdicts on the newest attempt beside the suggested ones."""
        turn = self._turn(position)
        counting = turn.attempt.main.counting
        if counting is not None and counting.reason is Reason.SELF_CHECK and not self._is_secret:
            return counting
        self._must_offer(turn, Choice.CHECK)
        assert counting is not None
        known = {result.id for result in counting.assessment.key_points}
        if not known.issuperset(verdicts):
            raise SessionChanged("There is no such key point to check.", RELOAD)
        record = await self._at(turn).settle(verdicts)
        await self._catch_up()
        return record

    async def appeal(self, position: int, point_id: str, argument: str, *, key: str) -> Appeal:
        """Store that a verdict is disputed, and have that heard in the background."""
        turn = self._turn(position)
        main = turn.attempt.main
        for appeal in main.appeals:
            if appeal.key == key:
                return appeal
        self._must_offer(turn, Choice.APPEAL)
        assert main.counting is not None
        if point_id not in {result.id for result in disputable(main.counting.assessment)}:
            raise SessionChanged("This verdict cannot be disputed.", RELOAD)
        words = clean(argument)[:LONGEST_ARGUMENT]
        appeal = await self._at(turn).appeal(point_id, words, key=key)
        await self._catch_up()
        self._room.desk.offer(self._job(appeal.seq))
        return appeal

    def check_items(self, position: int) -> tuple[CheckItem, ...]:
        """What there is to check about the newest attempt. May compute, or ask an embedder."""
        turn = self._turn(position)
        self._must_offer(turn, Choice.CHECK)
        return check_items(turn.question, turn.attempt.main, self._room.panel.grader)

    def regrade(self, number: int) -> None:
        """Have an answer graded once more in the background; nothing is overwritten.

        What the candidate settled gives way to a model, not to similarity, which can suggest only.
        """
        try:
            _, exchange = self.session.find_answer(number)
        except KeyError:
            raise SessionChanged("There is no such answer.", RELOAD) from None
        if self._is_secret:
            raise SessionChanged("Verdicts come when the interview has ended.", RELOAD)
        counting = exchange.counting
        if counting is None or exchange.is_waiting:
            return
        suggests = self._room.panel.grader.info.mode is Mode.SIMILARITY
        if counting.judged_by is Judge.CANDIDATE and suggests:
            raise SessionChanged(
                "You settled these verdicts yourself, and no model is there to judge them anew.",
                "Set MOCKINT_LLM_MODEL to have a model judge.",
            )
        self._room.desk.put(self._job(number, again=True))

    def _at(self, turn: Turn) -> Host:
        """A host that stands where `turn` was the newest, for what can be done later too."""
        if turn == self.session.current:
            return self._host
        then = replace(self.session, turns=self.session.turns[: turn.position])
        return Host(self._host.repository, then)

    def _must_offer(self, turn: Turn, choice: Choice) -> None:
        seen = shown(self.session).turns[turn.position - 1]
        if choice not in offers(seen):
            raise SessionChanged("That cannot be done about this answer now.", RELOAD)
