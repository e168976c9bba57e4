"""One question at the keyboard: answer, grade, look at the reference, try again."""

import secrets
import time
from collections.abc import Callable

from app.cli.answers import clean
from app.cli.commands import Action, Entry, begins_command, choice_of
from app.cli.drafts import Drafts
from app.cli.screen.box import Box
from app.cli.screen.card import assessment_card
from app.cli.screen.question import reference_lines
from app.cli.screen.wrap import flow
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord
from app.domain.question import Question
from app.domain.session import Exchange
from app.grading.grader import Grader
from app.interview.conversation import Choice, choices, last_text
from app.interview.host import Host


class Left(Exception):
    """The person pressed Ctrl-C; whatever was typed has been kept."""


class Finished(Exception):
    """The person asked to stop here."""


class Round:
    """A question and what the person does with it, one step at a time.

    `host` gives the session's host, waiting for the store where it is still being opened.
    """

    def __init__(
        self,
        question: Question,
        stage: Stage,
        host: Callable[[], Host],
        grader: WarmUp[Grader],
        drafts: Drafts,
    ) -> None:
        self.question = question
        self._stage = stage
        self._host = host
        self._grader = grader
        self._drafts = drafts
        self._start_with = ""

    def listen(self, box: Box) -> None:
        """Take one answer or one command. Raises Left or Finished."""
        draft = self._drafts.recall(self.question.id)
        if draft and not self._start_with:
            self._stage.tell(self._stage.look.say("Your draft for this question is back."))
        began = time.monotonic()
        entry = box.answer(draft or self._start_with, self._keep)
        self._start_with = ""
        match entry.action:
            case Action.SEND:
                self._send(entry, time.monotonic() - began)
            case Action.REFERENCE:
                self._show_reference()
                self._drafts.forget(self.question.id)
            case Action.SKIP:
                self._stage.wait(self._host().skip())
                self._drafts.forget(self.question.id)
            case Action.LEAVE:
                self._keep(entry.text)
                raise Left
            case _:
                self._drafts.forget(self.question.id)
                raise Finished

    def grade(self, exchange: Exchange) -> None:
        """Have an answer graded and show the card."""
        assert exchange.answer is not None
        say, answer = self._stage.look.say, exchange.answer.text
        if not self._grader.ready:
            with self._stage.busy(say("Answer received. Getting ready to grade…")):
                self._grader.result()
        grader = self._grader.result()
        text = say("Grading your answer ({length} characters)…").format(length=len(answer))
        with self._stage.busy(text) as progress:
            judged: dict[str, str] = {}

            def on_verdict(result: KeyPointResult) -> None:
                judged[result.id] = self._stage.look.signs.verdicts[result.verdict]
                progress(f"{text} {' '.join(judged.values())}")

            record = self._stage.wait(self._host().grade(grader, exchange, on_verdict))
        self.show_card(answer, record)

    def show_card(self, answer: str, record: AssessmentRecord) -> None:
        """Show an assessment of an answer."""
        self._stage.show(assessment_card(answer, record.assessment, self._stage.look))
        self._stage.blank()

    def decide(self, box: Box, *, last: bool) -> bool:
        """Ask how to go on and do it; False where the person is done with this question."""
        host = self._host()
        match self._menu(box, choices(host.turn), last):
            case Choice.NEXT:
                return False
            case Choice.AGAIN:
                self._start_with = last_text(host.turn)
                self._stage.wait(host.try_again())
            case Choice.REGRADE:
                self.grade(host.turn.attempt.main)
            case Choice.REFERENCE:
                self._show_reference()
            case _:
                raise Finished
        return True

    def _send(self, entry: Entry, seconds: float) -> None:
        """Store the answer; only then its draft goes."""
        self._keep(entry.text)
        work = self._host().send(clean(entry.text), key=secrets.token_hex(8), seconds=seconds)
        self._stage.wait(work)
        self._drafts.forget(self.question.id)

    def _keep(self, text: str) -> None:
        if not begins_command(text):
            self._drafts.keep(self.question.id, text)

    def _show_reference(self) -> None:
        self._stage.wait(self._host().show_reference())
        self._stage.show(reference_lines(self.question, self._stage.look))
        self._stage.blank()

    def _menu(self, box: Box, offered: tuple[Choice, ...], last: bool) -> Choice:
        """What to do next, asked until the reply can be understood."""
        say = self._stage.look.say
        words = {
            Choice.NEXT: say("Enter: to the summary") if last else say("Enter: next question"),
            Choice.REGRADE: say("g: grade once more"),
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
