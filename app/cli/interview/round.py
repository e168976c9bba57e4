"""One question at the keyboard: answer, grade, look at the reference, try again."""

import secrets
import time
from collections.abc import Callable

from rich.text import Text

from app.cli.commands import Action, Entry, bare_command, begins_command, is_yes
from app.cli.interview.answers import clean
from app.cli.interview.deciding import Deciding
from app.cli.interview.drafts import Drafts
from app.cli.interview.verdicts import Verdicts
from app.cli.leaving import Finished, Left, Paused
from app.cli.screen.box import PROMPT, Box
from app.cli.screen.menu import menu, not_offered
from app.cli.screen.palette import Look
from app.cli.screen.plain import visible
from app.cli.screen.plan import plan_lines
from app.cli.screen.question import reference_lines
from app.cli.screen.stage import Stage
from app.cli.screen.talk import follow_up_lines, help_lines, hint_lines
from app.cli.screen.wrap import hang
from app.cli.warm_up import WarmUp
from app.domain.events import Speaker
from app.domain.question import Question
from app.domain.score import MAX_SCORE
from app.errors import StoreError
from app.interview.adapting import Find
from app.interview.conversation import Choice, draft_name, last_text, open_exchange
from app.interview.hints import attainable_score
from app.interview.host import Host
from app.interview.outline import outline_session
from app.interview.panel import Panel
from app.interview.talk import Talk, explanation, reply_to, talk_of


class Round:
    """A question and what the person does with it, one step at a time.

    `host` gives the session's host, waiting for the store where it is still being opened; that
    the question was put is `known` to be stored. `pace` is the time for it in seconds, shown
    beside the box; `ceiling` is the highest score that whoever grades can give.
    """

    def __init__(
        self,
        question: Question,
        stage: Stage,
        host: Callable[[], Host],
        panel: WarmUp[Panel],
        drafts: Drafts,
        find: Find,
        *,
        known: bool,
        pace: float | None = None,
        ceiling: float = MAX_SCORE,
    ) -> None:
        self.question = question
        self._stage = stage
        self._host = host
        self.verdicts = Verdicts(stage, host, panel)
        self._deciding = Deciding(stage, host, panel)
        self._drafts = drafts
        self._find = find
        self._known = known
        self._pace = pace
        self._ceiling = ceiling
        self._draft = question.id
        self._start_with = ""
        self._shown_follow_up = 0
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
            meant = bare_command(entry.text)
            if meant is None or not self._means_command(entry.text, box):
                if meant is not None or self._is_answer(entry.text, box):
                    self._send(entry)
                return
            entry = Entry(meant)
        if entry.text:
            self._keep(entry.text)
        elif entry.action is not Action.LEAVE:
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
            case Action.PLAN:
                self._show_plan()
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

    def decide(self, box: Box, *, last: bool) -> bool:
        """Ask how to go on and do it; False where the person is done with this question."""
        host = self._host()
        match self._deciding.choose(box, last=last):
            case Choice.NEXT:
                return False
            case Choice.END:
                raise Finished
            case Choice.AGAIN:
                self._start_with = last_text(host.turn)
                self._stage.wait(host.try_again())
            case Choice.REFERENCE:
                self._show_reference()
            case Choice.REGRADE:
                self.verdicts.grade(host.turn.attempt.main)
            case choice:
                self._deciding.do(choice, box)
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
        try:
            self._stage.wait(work)
        except StoreError:
            self._keep_or_show(entry.text)
            raise
        self._drafts.forget(self._draft)
        self._began, self._known = None, True

    def _keep_or_show(self, text: str) -> None:
        """Keep what could not be stored; what cannot be kept either stays on the screen."""
        if not self._drafts.keep(self._draft, text):
            self._stage.tell(self._look.say("Your answer could not be kept; copy it from here:"))
            self._tell(text)

    def _is_answer(self, text: str, box: Box) -> bool:
        """Whether a text is meant as the answer; asked where there is a doubt."""
        kind = talk_of(text)
        if kind is None:
            return True
        say = self._look.say
        items = (say("Enter: yes, grade it"), say("n: no, I was asking"))
        agreed = self._agreed(say("Is this your answer?"), items, box)
        if not agreed:
            self._talk(kind, text)
        return agreed

    def _means_command(self, text: str, box: Box) -> bool:
        """Whether a text that is a command's word without its colon is meant as the command."""
        say = self._look.say
        items = (say("Enter: do that"), say("n: no, it is my answer"))
        question = say("“{word}” is a command too. Do you mean :{word}?").format(word=text.strip())
        return self._agreed(question, items, box)

    def _agreed(self, question: str, items: tuple[str, str], box: Box) -> bool:
        """Whether the person agrees, asked until the reply is a yes or a no."""
        said = question
        while True:
            try:
                reply = box.choose(f"{said}\n{menu(items, self._look)}")
            except KeyboardInterrupt:
                raise Left from None
            agreed = True if reply is None else is_yes(reply)
            if agreed is not None:
                return agreed
            said = f"{not_offered(reply or '', self._look)}\n{question}"

    def _talk(self, kind: Talk, text: str) -> None:
        host, said = self._host(), reply_to(kind, self.question)
        key = secrets.token_hex(8)
        self._stage.wait(host.remark(Speaker.CANDIDATE, clean(text), kind.value, key))
        self._stage.wait(host.remark(Speaker.INTERVIEWER, said, kind.value, f"{key}-reply"))
        self._drafts.forget(self._draft)
        self._stage.tell(f"{PROMPT}{visible(text)}")
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
            attainable = attainable_score(host.turn)
            self._stage.show(hint_lines((hint,), attainable, self._ceiling, self._look))
        self._stage.blank()

    def _repeat(self) -> None:
        self._shown_follow_up = 0
        if not self._known or open_exchange(self._host().turn).follow_up is None:
            self._tell(self.question.text)

    def _put_follow_up(self) -> None:
        """Show the follow-up that is to be answered, once."""
        if not self._known:
            return
        asked = open_exchange(self._host().turn).follow_up
        if asked is not None and asked.seq != self._shown_follow_up:
            self._stage.show(follow_up_lines(asked.text, self._look))
            self._stage.blank()
            self._shown_follow_up = asked.seq

    def _keep(self, text: str) -> None:
        if not begins_command(text):
            self._drafts.keep(self._draft, text)

    def _show_plan(self) -> None:
        outline = outline_session(self._host().session, self._find)
        self._stage.show(plan_lines(outline, self._look))
        self._stage.blank()

    def _show_reference(self) -> None:
        self._stage.wait(self._host().show_reference())
        self._known = True
        self._stage.show(reference_lines(self.question, self._stage.look))
        self._stage.blank()


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
