"""One question at the keyboard: answer, grade, look at the reference, try again."""

import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from rich.text import Text

from app.cli.answers import clean
from app.cli.check import check
from app.cli.commands import NO, Action, Entry, begins_command, choice_of
from app.cli.drafts import Drafts
from app.cli.screen.appeal import disputed_lines, heard_lines
from app.cli.screen.box import Box
from app.cli.screen.card import assessment_card
from app.cli.screen.check import settled_lines
from app.cli.screen.comparison import comparison_lines
from app.cli.screen.palette import Look
from app.cli.screen.plain import visible
from app.cli.screen.question import reference_lines
from app.cli.screen.talk import follow_up_card, follow_up_lines, help_lines, hint_lines
from app.cli.screen.wrap import flow, hang
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord, Speaker
from app.domain.question import Question
from app.domain.session import Exchange
from app.interview.appeal import LONGEST_ARGUMENT, disputable
from app.interview.compare import last_two
from app.interview.conversation import Choice, choices, draft_name, last_text, open_exchange
from app.interview.hints import attainable_score
from app.interview.host import Host
from app.interview.panel import Panel
from app.interview.self_check import check_items
from app.interview.talk import Talk, explanation, reply_to, talk_of


class Left(Exception):
    """The person pressed Ctrl-C; whatever was typed has been kept."""


class Paused(Exception):
    """The person wants to go on another time."""


class Finished(Exception):
    """The person asked to stop here."""


class Round:
    """A question and what the person does with it, one step at a time.

    `host` gives the session's host, waiting for the store where it is still being opened; that
    the question was put is `known` to be stored. `pace` is the time for it in seconds, shown
    beside the box.
    """

    def __init__(
        self,
        question: Question,
        stage: Stage,
        host: Callable[[], Host],
        panel: WarmUp[Panel],
        drafts: Drafts,
        *,
        known: bool,
        pace: float | None = None,
    ) -> None:
        self.question = question
        self._stage = stage
        self._host = host
        self._panel = panel
        self._drafts = drafts
        self._known = known
        self._pace = pace
        self._draft = question.id
        self._start_with = ""
        self._shown_follow_up = ""
        self._began: float | None = None

    def listen(self, box: Box) -> None:
        """Take one answer or one command. Raises Left, Paused or Finished."""
        self._put_follow_up()
        self._draft = draft_name(self._host().turn) if self._known else self.question.id
        draft = self._drafts.recall(self._draft)
        if draft and not self._start_with:
            self._stage.tell(self._stage.look.say("Your draft for this question is back."))
        if self._began is None:
            self._began = time.monotonic()
        entry = box.answer(draft or self._start_with, self._keep, self._clock())
        self._start_with = ""
        if entry.action is Action.SEND:
            self._keep(entry.text)
            if self._is_answer(entry.text, box):
                self._send(entry)
            return
        if entry.action is not Action.LEAVE:
            self._drafts.forget(self._draft)
        self._obey(entry)

    def _obey(self, entry: Entry) -> None:
        """Do what a command says."""
        match entry.action:
            case Action.HINT:
                self._give_hint()
            case Action.REPEAT:
                self._repeat()
            case Action.EXPLAIN:
                self._tell(explanation(self.question))
            case Action.HELP:
                self._stage.show(help_lines(self._stage.look))
                self._stage.blank()
            case Action.REFERENCE:
                self._show_reference()
            case Action.SKIP:
                self._stage.wait(self._host().skip())
                self._began = None
            case Action.PAUSE:
                raise Paused
            case Action.LEAVE:
                self._keep(entry.text)
                raise Left
            case _:
                raise Finished

    def grade(self, exchange: Exchange) -> None:
        """Have an answer graded, or an appeal heard, and show what came of it."""
        assert exchange.answer is not None
        if exchange.assessments and exchange.open_appeals:
            self._hear(exchange)
            return
        say, answer = self._stage.look.say, exchange.answer.text
        if not self._panel.ready:
            with self._stage.busy(say("Answer received. Getting ready to grade…")):
                self._panel.result()
        grader, before = self._panel.result().grader, self._host().turn.attempt.main.counting
        text = say("Grading your answer ({length} characters)…").format(length=len(answer))
        with self._stage.busy(text) as progress:
            judged: dict[str, str] = {}

            def on_verdict(result: KeyPointResult) -> None:
                judged[result.id] = self._stage.look.signs.verdicts[result.verdict]
                progress(f"{text} {' '.join(judged.values())}")

            record = self._stage.wait(self._host().grade(grader, exchange, on_verdict))
        if exchange.follow_up is None:
            self.show_card(answer, record)
            comparison = last_two(self._host().turn)
            if comparison is not None:
                self._stage.show(comparison_lines(comparison, self._look))
                self._stage.blank()
        elif before is not None:
            after = self._host().turn.attempt.main.counting or before
            three = record.assessment, before.assessment, after.assessment
            self._stage.show(follow_up_card(answer, *three, self._look))
            self._stage.blank()

    def grade_or_show(self, exchange: Exchange) -> None:
        """Show the card of an answer, which is graded first where nobody has done so."""
        if exchange.counting is None or exchange.answer is None:
            self.grade(exchange)
        else:
            self.show_card(exchange.answer.text, exchange.counting)

    def show_card(self, answer: str, record: AssessmentRecord) -> None:
        """Show an assessment of an answer; what would be asked next is asked, not shown."""
        assessment = replace(record.assessment, follow_up=None)
        self._stage.show(assessment_card(answer, assessment, self._stage.look))
        self._stage.blank()

    def decide(self, box: Box, *, last: bool) -> bool:
        """Ask how to go on and do it; False where the person is done with this question."""
        host = self._host()
        match self._menu(box, choices(host.turn), last):
            case Choice.NEXT:
                return False
            case Choice.FOLLOW_UP:
                self._ask_follow_up()
            case Choice.AGAIN:
                self._start_with = last_text(host.turn)
                self._stage.wait(host.try_again())
            case Choice.CHECK:
                self._check(box)
            case Choice.APPEAL:
                self._appeal(box)
            case Choice.REGRADE:
                self.grade(host.turn.attempt.main)
            case Choice.REFERENCE:
                self._show_reference()
            case _:
                raise Finished
        return True

    def _clock(self) -> Callable[[], str] | None:
        if self._pace is None:
            return None
        began, pace = self._began or time.monotonic(), self._pace
        text = self._look.say("Time for this question: {used} of {pace}")
        return lambda: text.format(used=_minutes(time.monotonic() - began), pace=_minutes(pace))

    @property
    def _look(self) -> Look:
        return self._stage.look

    def _send(self, entry: Entry) -> None:
        """Store the answer; only then its draft goes."""
        seconds = time.monotonic() - (self._began or time.monotonic())
        work = self._host().send(clean(entry.text), key=secrets.token_hex(8), seconds=seconds)
        self._stage.wait(work)
        self._drafts.forget(self._draft)
        self._began, self._known = None, True

    def _is_answer(self, text: str, box: Box) -> bool:
        """Whether a text is meant as the answer; asked where there is a doubt."""
        kind = talk_of(text)
        if kind is None:
            return True
        say = self._look.say
        items = (say("Enter: yes, grade it"), say("n: no, I was asking"))
        question = f"{say('Is this your answer?')}\n{flow(items, self._look.width - 1)}"
        try:
            reply = box.choose(question)
        except KeyboardInterrupt:
            raise Left from None
        if reply is None or reply.strip().casefold() not in NO:
            return True
        self._talk(kind, text)
        return False

    def _talk(self, kind: Talk, text: str) -> None:
        host, said = self._host(), reply_to(kind, self.question)
        key = secrets.token_hex(8)
        self._stage.wait(host.remark(Speaker.CANDIDATE, clean(text), kind.value, key))
        self._stage.wait(host.remark(Speaker.INTERVIEWER, said, kind.value, f"{key}-reply"))
        self._drafts.forget(self._draft)
        self._tell(said)

    def _tell(self, text: str) -> None:
        self._stage.show(hang(Text(visible(text)), self._look.width))
        self._stage.blank()

    def _give_hint(self) -> None:
        host = self._host()
        hint = self._stage.wait(host.hint())
        if hint is None:
            self._stage.tell(self._look.say("That was the last hint."))
        else:
            self._stage.show(hint_lines(hint, attainable_score(host.turn), self._look))
        self._stage.blank()

    def _repeat(self) -> None:
        self._shown_follow_up = ""
        if not self._known or open_exchange(self._host().turn).follow_up is None:
            self._tell(self.question.text)

    def _ask_follow_up(self) -> None:
        voice = self._panel.result().voice
        with self._stage.busy(self._look.say("Thinking of a follow-up…")):
            self._stage.wait(self._host().follow_up(voice))

    def _check(self, box: Box) -> None:
        """Have the person settle the verdicts; nothing is kept where they break it off."""
        host = self._host()
        main = host.turn.attempt.main
        assert main.counting is not None
        items = check_items(self.question, main, self._panel.result().grader)
        try:
            verdicts = check(items, box, self._stage)
        except KeyboardInterrupt:
            raise Left from None
        if verdicts is None:
            return
        before = main.counting.assessment
        after = self._stage.wait(host.settle(verdicts)).assessment
        self._stage.show(settled_lines(before, after, self._look))
        self._stage.blank()

    def _appeal(self, box: Box) -> None:
        """Ask which verdict is disputed and why; hearing it is the session's next step."""
        host, say = self._host(), self._look.say
        record = host.turn.attempt.main.counting
        assert record is not None
        results = disputable(record.assessment)
        self._stage.show(disputed_lines(results, self._look))
        try:
            number = box.choose(say("Which one? Its number; Enter: none"))
            place = int(number) if number and number.strip().isdecimal() else 0
            if not 1 <= place <= len(results):
                self._stage.blank()
                return
            why = box.choose(say("In a sentence: where did you say it, and what did you mean?"))
        except KeyboardInterrupt:
            raise Left from None
        if why and why.strip():
            point = results[place - 1].id
            argument = clean(why)[:LONGEST_ARGUMENT]
            self._stage.wait(host.appeal(point, argument, key=secrets.token_hex(8)))
        self._stage.blank()

    def _hear(self, exchange: Exchange) -> None:
        appeals, before = self._panel.result().appeals, exchange.counting
        with self._stage.busy(self._look.say("Looking at it again…")):
            record = self._stage.wait(self._host().hear(appeals, exchange))
        assert before is not None
        appeal = exchange.open_appeals[0]
        old, new = before.assessment, record.assessment
        self._stage.show(heard_lines(appeal, record.note, old, new, self._look))
        self._stage.blank()

    def _put_follow_up(self) -> None:
        """Show the follow-up that is to be answered, once."""
        if not self._known:
            return
        asked = open_exchange(self._host().turn).follow_up
        if asked is not None and asked.text != self._shown_follow_up:
            self._stage.show(follow_up_lines(asked.text, self._look))
            self._stage.blank()
            self._shown_follow_up = asked.text

    def _keep(self, text: str) -> None:
        if not begins_command(text):
            self._drafts.keep(self._draft, text)

    def _show_reference(self) -> None:
        self._stage.wait(self._host().show_reference())
        self._known = True
        self._stage.show(reference_lines(self.question, self._stage.look))
        self._stage.blank()

    def _menu(self, box: Box, offered: tuple[Choice, ...], last: bool) -> Choice:
        """What to do next, asked until the reply can be understood."""
        say = self._stage.look.say
        if offered[0] is Choice.NEXT:
            on = say("Enter: to the summary") if last else say("Enter: next question")
        else:
            on = say("n: to the summary") if last else say("n: next question")
        words = {
            Choice.FOLLOW_UP: say("Enter: a follow-up question"),
            Choice.NEXT: on,
            Choice.REGRADE: say("g: grade once more"),
            Choice.CHECK: say("c: check it yourself"),
            Choice.APPEAL: say("d: dispute a verdict"),
            Choice.AGAIN: say("a: answer again"),
            Choice.REFERENCE: say("r: reference answer"),
            Choice.END: say("q: quit"),
        }
        while True:
            try:
                items = (words[choice] for choice in offered)
                reply = box.choose(flow(items, self._stage.look.width - 1))
            except KeyboardInterrupt:
                raise Left from None
            choice = Choice.END if reply is None else choice_of(reply, offered)
            if choice is not None:
                return choice


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
