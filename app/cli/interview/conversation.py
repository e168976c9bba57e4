"""The interview at the keyboard: step after step as the session says, then the summary."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from app.cli.interview.drafts import Drafts
from app.cli.interview.hosting import Hosting
from app.cli.interview.round import Round
from app.cli.leaving import Finished, Left, Paused
from app.cli.screen.box import Box
from app.cli.screen.closing import summary_lines
from app.cli.screen.plain import one_line
from app.cli.screen.plan import overview_lines
from app.cli.screen.question import question_lines
from app.cli.screen.stage import Stage
from app.cli.screen.talk import hint_lines
from app.cli.warm_up import WarmUp
from app.domain.events import SessionMode, SessionStatus
from app.domain.poker_face import is_withheld
from app.domain.question import Question
from app.domain.score import MAX_SCORE
from app.errors import MockintError, SessionChanged
from app.interview.adapting import Find
from app.interview.conversation import (
    Step,
    anything_sent,
    asked_questions,
    next_planned,
    next_step,
    pace_of,
)
from app.interview.hints import attainable_score
from app.interview.host import Host, waiting_exchange
from app.interview.outline import outline_session
from app.interview.panel import Panel
from app.interview.plan import Plan
from app.interview.summary import summarise

GETTING_READY_SECONDS = 5.0
"""How long a follow-up may wait for the grader to open."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How an interview begins.

    With a `plan` its first question is shown at once, and only then store and grader open; else
    whatever the host makes or takes up is waited for. `minutes` is the time for the whole plan,
    `ceiling` the highest score that whoever grades can give.
    """

    plan: Plan | None = None
    minutes: int | None = None
    resumes: bool = False
    ceiling: float = MAX_SCORE


class Talk:
    """An interview on a stage."""

    def __init__(
        self,
        stage: Stage,
        hosting: Hosting,
        panel: WarmUp[Panel],
        drafts: Drafts,
        find: Find,
        opening: Opening,
    ) -> None:
        self._stage = stage
        self._hosting = hosting
        self._panel = panel
        self._drafts = drafts
        self._find = find
        self._opening = opening
        self._box: Box | None = None
        self._round: Round | None = None

    def hold(self) -> bool:
        """Hold the interview to its end. False if the person left with Ctrl-C.

        What was answered is summed up whatever ends the interview.
        """
        try:
            try:
                self._go_on()
            except (Left, KeyboardInterrupt):
                self._close_session(lambda host: host.pause())
                self._farewell()
                return False
            except Paused:
                self._close_session(lambda host: host.pause())
                self._farewell()
                return True
            except Finished:
                pass
            except MockintError:
                self._close_session(lambda host: host.pause(), quietly=True)
                raise
            self._show_results()
            self._close_session(lambda host: host.end())
            return True
        finally:
            self._sum_up()
            self._hosting.close()

    def _go_on(self) -> None:
        plan = self._opening.plan
        if plan is not None:
            self._begin_round(plan.questions[0], 1, len(plan.questions))
            self._round_now.listen(self._open_box())
            self._grade_meanwhile(self._hosting.host())
        elif self._opening.resumes:
            self._take_up()
        else:
            self._begin_prepared()
        while self._take_step():
            pass

    def _take_step(self) -> bool:
        """Do what the session waits for; False at its end.

        Where another window was quicker, show where the session stands by now.
        """
        host = self._hosting.host()
        known = host.session.seq
        try:
            return self._do_step(host)
        except SessionChanged:
            self._stage.wait(host.reload())
            if host.session.seq == known:
                raise
        say = self._stage.look.say
        self._stage.tell(say("This interview went on in another window. It stands here now:"))
        self._show_standing(host)
        return True

    def _do_step(self, host: Host) -> bool:
        box = self._open_box()
        match next_step(host.session):
            case Step.QUESTION:
                return self._next_question(host)
            case Step.ANSWER:
                self._round_now.listen(box)
                self._grade_meanwhile(host)
            case Step.GRADING:
                self._round_now.verdicts.grade(waiting_exchange(host.turn))
            case Step.CHOICE:
                last = next_planned(host.session) is None
                return self._round_now.decide(box, last=last) or self._next_question(host)
            case Step.END:
                return False
        return True

    def _next_question(self, host: Host) -> bool:
        say = self._stage.look.say
        question, gone = self._stage.wait(host.ask_next(self._find))
        for question_id in gone:
            text = say("The question {id} is in no bank any more; it was left out.")
            self._stage.tell(text.format(id=one_line(question_id)))
        if question is None:
            return False
        self._begin_round(question, len(host.session.turns), len(host.session.plan))
        return True

    def _pace(self, count: int) -> float | None:
        minutes = self._opening.minutes
        if self._opening.plan is None:
            return pace_of(self._hosting.host().session)
        return minutes * 60 / count if minutes else None

    def _grade_meanwhile(self, host: Host) -> None:
        """In the mode `interview`: keep a poker face, and have what was sent graded."""
        if host.session.start.mode is not SessionMode.INTERVIEW or not host.turn.exchanges:
            return
        exchange = waiting_exchange(host.turn)
        if not exchange.is_waiting:
            return

        async def grade() -> None:
            panel = await asyncio.wrap_future(self._panel.future)
            await host.grade(panel.grader, exchange)

        self._stage.tell(self._stage.look.say("Thank you. Noted."))
        self._hosting.in_background(grade())
        self._ask_on(host)

    def _ask_on(self, host: Host) -> None:
        """Ask a follow-up where the grade calls for one and comes soon; else go on."""

        async def ask_on() -> None:
            panel = await self._panel_within(GETTING_READY_SECONDS)
            if panel is not None and await host.is_graded_within(panel.patience):
                await host.ask_on(panel.voice)

        with self._stage.busy(self._stage.look.say("One moment…")):
            self._stage.wait(ask_on())
        if next_step(host.session) is Step.ANSWER:
            self._stage.blank()

    async def _panel_within(self, seconds: float) -> Panel | None:
        """The panel, None where it is not there by then or cannot be had; told of at the end."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(self._panel.future)
        except (TimeoutError, MockintError):
            return None

    def _show_results(self) -> None:
        """At the end of an `interview`: every question with its cards, graded by now or now."""
        host = self._hosting.made
        if host is None or host.session.start.mode is not SessionMode.INTERVIEW:
            return
        self._stage.wait(host.reload())
        count = len(host.session.plan)
        for turn in host.session.turns:
            if any(one.answer is not None for one in turn.exchanges):
                self._begin_round(turn.question, turn.position, count)
                self._round_now.verdicts.look_back(turn.position)

    def _begin_prepared(self) -> None:
        """Show what was planned, and the first question."""
        self._panel.start()
        with self._stage.busy(self._stage.look.say("Planning your interview…")):
            session = self._hosting.host().session
        self._stage.blank()
        outline, wishes = outline_session(session, self._find), session.start.wishes
        self._stage.show(overview_lines(outline, len(wishes.requirements), self._stage.look))
        if session.current is not None:
            self._begin_round(session.current.question, 1, len(session.plan))

    def _take_up(self) -> None:
        """Show where the session stood."""
        say = self._stage.look.say
        with self._stage.busy(say("Opening your interview…")):
            host = self._hosting.host()
        self._stage.tell(say("Going on with interview {id}.").format(id=host.session.id))
        self._show_standing(host)

    def _show_standing(self, host: Host) -> None:
        """The question that was asked last, unless it is dealt with, and its card."""
        turn = host.session.current
        if turn is None or next_step(host.session) in (Step.QUESTION, Step.END):
            return
        self._begin_round(turn.question, turn.position, len(host.session.plan))
        if turn.hints:
            attainable, ceiling = attainable_score(turn), self._opening.ceiling
            self._stage.show(hint_lines(turn.hints, attainable, ceiling, self._stage.look))
            self._stage.blank()
        self._stage.wait(host.lift_again(turn))
        main = host.turn.attempt.main
        if is_withheld(host.session):
            return
        if main.answer is not None and main.counting is not None:
            self._round_now.verdicts.show_card(main.answer.text, main.counting)

    def _begin_round(self, question: Question, number: int, count: int) -> None:
        self._stage.blank()
        self._stage.show(question_lines(question, number, count, self._stage.look))
        self._stage.blank()
        self._round = Round(
            question,
            self._stage,
            self._hosting.host,
            self._panel,
            self._drafts,
            self._find,
            known=self._opening.plan is None or number > 1,
            pace=self._pace(count),
            ceiling=self._opening.ceiling,
        )

    @property
    def _round_now(self) -> Round:
        assert self._round is not None
        return self._round

    def _open_box(self) -> Box:
        """The box; with it store and grader begin to open, since a question is on the screen."""
        if self._box is None:
            self._box = self._stage.open_box()
            self._hosting.start()
            self._panel.start()
        return self._box

    def _close_session(
        self, close: Callable[[Host], Coroutine[Any, Any, None]], *, quietly: bool = False
    ) -> None:
        host = self._hosting.made
        if host is None:
            return
        try:
            self._stage.wait(close(host))
        except MockintError:
            if not quietly:
                raise

    def _farewell(self) -> None:
        say, host = self._stage.look.say, self._hosting.made
        self._stage.blank()
        if host is not None and anything_sent(host.session):
            self._stage.tell(say("Left. The interview is kept: mockint ask --resume goes on here."))
        elif self._round is not None and self._drafts.recall(self._round.question.id):
            text = say("Left. What you wrote is kept; the next mockint ask brings it back.")
            self._stage.tell(text)
        else:
            self._stage.tell(say("Left. Nothing unsent was in the box."))

    def _sum_up(self) -> None:
        host = self._hosting.made
        asked = asked_questions(host.session) if host is not None else ()
        if host is not None and is_withheld(host.session):
            return
        if asked:
            self._stage.blank()
            self._stage.show(summary_lines(asked, summarise(asked), self._stage.look))
        if asked and host is not None and host.session.status is SessionStatus.ENDED:
            say = self._stage.look.say
            self._stage.blank()
            self._stage.tell(say("mockint report shows it all again, with what to do next."))
