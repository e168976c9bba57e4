"""How to go on once a question was dealt with: what is offered, and the choices made in place."""

import secrets
from collections.abc import Callable

from app.cli.commands import choice_of
from app.cli.interview.answers import clean
from app.cli.interview.check import check
from app.cli.leaving import Left
from app.cli.screen.appeal import disputed_lines
from app.cli.screen.box import Box
from app.cli.screen.check import settled_lines
from app.cli.screen.menu import ending, menu, not_offered
from app.cli.screen.palette import Look
from app.cli.screen.stage import Stage
from app.cli.warm_up import WarmUp
from app.interview.appeal import LONGEST_ARGUMENT, disputable
from app.interview.conversation import Choice, choices
from app.interview.host import Host
from app.interview.panel import Panel
from app.interview.self_check import check_items


class Deciding:
    """The menu behind a question, on a stage."""

    def __init__(self, stage: Stage, host: Callable[[], Host], panel: WarmUp[Panel]) -> None:
        self._stage = stage
        self._host = host
        self._panel = panel

    def choose(self, box: Box, *, last: bool) -> Choice:
        """What to do next, asked until the reply can be understood."""
        offered = choices(self._host().turn)
        words, complaint, ending_asked = _words(offered, self._look, last), "", False
        while True:
            try:
                items = (words[choice] for choice in offered)
                reply = box.choose(menu(items, self._look, complaint))
            except KeyboardInterrupt:
                raise Left from None
            if reply is None and ending_asked:
                return Choice.END
            choice = None if reply is None else choice_of(reply, offered)
            if choice is not None:
                return choice
            ending_asked = reply is None
            complaint = ending(self._look) if reply is None else not_offered(reply, self._look)

    def do(self, choice: Choice, box: Box) -> None:
        """Ask a follow-up, have the verdicts checked, or take a dispute."""
        match choice:
            case Choice.FOLLOW_UP:
                self._ask_follow_up()
            case Choice.CHECK:
                self._check(box)
            case Choice.APPEAL:
                self._appeal(box)

    @property
    def _look(self) -> Look:
        return self._stage.look

    def _ask_follow_up(self) -> None:
        voice = self._panel.result().voice
        with self._stage.busy(self._look.say("Thinking of a follow-up…")):
            self._stage.wait(self._host().follow_up(voice))

    def _check(self, box: Box) -> None:
        """Have the person settle the verdicts; nothing is kept where they break it off."""
        host = self._host()
        main = host.turn.attempt.main
        assert main.counting is not None
        items = check_items(host.turn.question, main, self._panel.result().grader)
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
            place = self._which(len(results), box)
            if not place:
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

    def _which(self, count: int, box: Box) -> int:
        """The number of the verdict that is disputed, 0 for none."""
        question, complaint = self._look.say("Which one? Its number; Enter: none"), ""
        while True:
            reply = (box.choose(menu((question,), self._look, complaint)) or "").strip()
            if not reply:
                return 0
            if reply.isdecimal() and 1 <= int(reply) <= count:
                return int(reply)
            complaint = not_offered(reply, self._look)


def _words(offered: tuple[Choice, ...], look: Look, last: bool) -> dict[Choice, str]:
    say = look.say
    if offered[0] is Choice.NEXT:
        on = say("Enter: to the summary") if last else say("Enter: next question")
    else:
        on = say("n: to the summary") if last else say("n: next question")
    return {
        Choice.FOLLOW_UP: say("Enter: a follow-up question"),
        Choice.NEXT: on,
        Choice.REGRADE: say("g: grade once more"),
        Choice.CHECK: say("c: check it yourself"),
        Choice.APPEAL: say("d: dispute a verdict"),
        Choice.AGAIN: say("a: answer again"),
        Choice.REFERENCE: say("r: reference answer"),
        Choice.END: say("q: end"),
    }
