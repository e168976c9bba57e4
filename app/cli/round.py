"""One question at the keyboard: answer, grade, look at the reference, try again."""

from app.cli.answers import clean
from app.cli.commands import Action, begins_command, choice_of
from app.cli.drafts import Drafts
from app.cli.screen.box import Box
from app.cli.screen.card import assessment_card
from app.cli.screen.question import reference_lines
from app.cli.screen.wrap import flow
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.question import Question
from app.grading.grader import Grader
from app.interview.summary import AskedQuestion, GradedAnswer


class Left(Exception):
    """The person pressed Ctrl-C; whatever was typed has been kept."""


class Finished(Exception):
    """The person asked to stop here."""


class Round:
    """A question and everything the person does with it."""

    def __init__(
        self, question: Question, stage: Stage, grader: WarmUp[Grader], drafts: Drafts
    ) -> None:
        self.question = question
        self.skipped = False
        self._stage = stage
        self._grader = grader
        self._drafts = drafts
        self._attempts: list[GradedAnswer] = []
        self._answer = ""
        self._read_reference = False

    @property
    def asked(self) -> AskedQuestion | None:
        """What to remember of it; None where it was neither answered nor skipped."""
        if self._attempts or self.skipped:
            return AskedQuestion(self.question, tuple(self._attempts))
        return None

    def play(self, box: Box, *, last: bool) -> None:
        """Go on until the person wants the next question. Raises Left or Finished."""
        draft = self._drafts.recall(self.question.id)
        if draft:
            self._stage.tell(self._stage.look.say("Your draft for this question is back."))
        if not self._take_answer(box, draft):
            self.skipped = True
            return
        while True:
            match self._menu(box, last):
                case Action.NEXT:
                    return
                case Action.AGAIN:
                    self._take_answer(box, self._answer)
                case Action.REGRADE:
                    self._grade()
                case Action.REFERENCE:
                    self._show_reference()
                case _:
                    raise Finished

    def _take_answer(self, box: Box, draft: str) -> bool:
        """Take one answer and grade it; False where the person skipped."""
        while True:
            entry = box.answer(draft, self._keep)
            match entry.action:
                case Action.SEND:
                    self._keep(entry.text)
                    self._answer = clean(entry.text)
                    self._grade()
                    return True
                case Action.REFERENCE:
                    draft = entry.text
                    self._show_reference()
                case Action.SKIP:
                    self._drafts.forget(self.question.id)
                    return False
                case Action.LEAVE:
                    self._keep(entry.text)
                    raise Left
                case _:
                    self._drafts.forget(self.question.id)
                    raise Finished

    def _keep(self, text: str) -> None:
        if not begins_command(text):
            self._drafts.keep(self.question.id, text)

    def _show_reference(self) -> None:
        self._read_reference = True
        self._stage.show(reference_lines(self.question, self._stage.look))
        self._stage.blank()

    def _grade(self) -> None:
        """Grade the answer in hand and show the card."""
        say = self._stage.look.say
        if not self._grader.ready:
            with self._stage.busy(say("Answer received. Getting ready to grade…")):
                grader = self._grader.result()
        grader = self._grader.result()
        text = say("Grading your answer ({length} characters)…").format(length=len(self._answer))
        with self._stage.busy(text) as progress:
            judged: list[str] = []

            def on_verdict(result: KeyPointResult) -> None:
                judged.append(self._stage.look.signs.verdicts[result.verdict])
                progress(f"{text} {' '.join(judged)}")

            assessment = self._stage.wait(grader.assess(self.question, self._answer, on_verdict))
        attempt = GradedAnswer(self._answer, assessment, self._read_reference)
        self._attempts.append(attempt)
        self._stage.show(assessment_card(self._answer, assessment, self._stage.look))
        self._stage.blank()
        if attempt.score is not None:
            self._drafts.forget(self.question.id)

    def _menu(self, box: Box, last: bool) -> Action:
        """What to do next, asked until the reply can be understood."""
        say = self._stage.look.say
        graded = self._attempts[-1].score is not None
        offered = (
            Action.NEXT,
            *(() if graded else (Action.REGRADE,)),
            Action.AGAIN,
            Action.REFERENCE,
            Action.QUIT,
        )
        words = {
            Action.NEXT: say("Enter: to the summary") if last else say("Enter: next question"),
            Action.REGRADE: say("g: grade once more"),
            Action.AGAIN: say("a: answer again"),
            Action.REFERENCE: say("r: reference answer"),
            Action.QUIT: say("q: quit"),
        }
        while True:
            try:
                items = (words[action] for action in offered)
                reply = box.choose(flow(items, self._stage.look.width - 1))
            except KeyboardInterrupt:
                raise Left from None
            choice = Action.QUIT if reply is None else choice_of(reply, offered)
            if choice is not None:
                return choice
