"""Having answers judged while the person waits, and showing what came of it."""

from collections.abc import Callable
from dataclasses import replace

from app.cli.screen.appeal import heard_lines
from app.cli.screen.card import assessment_card
from app.cli.screen.comparison import comparison_lines
from app.cli.screen.talk import follow_up_card
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord
from app.domain.session import Exchange
from app.interview.compare import last_two
from app.interview.host import Host
from app.interview.panel import Panel


class Verdicts:
    """What the panel makes of answers and appeals, on a stage."""

    def __init__(self, stage: Stage, host: Callable[[], Host], panel: WarmUp[Panel]) -> None:
        self._stage = stage
        self._host = host
        self._panel = panel

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
                self._stage.show(comparison_lines(comparison, self._stage.look))
                self._stage.blank()
        elif before is not None:
            after = self._host().turn.attempt.main.counting or before
            three = record.assessment, before.assessment, after.assessment
            self._stage.show(follow_up_card(answer, *three, self._stage.look))
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

    def _hear(self, exchange: Exchange) -> None:
        appeals, before = self._panel.result().appeals, exchange.counting
        with self._stage.busy(self._stage.look.say("Looking at it again…")):
            record = self._stage.wait(self._host().hear(appeals, exchange))
        assert before is not None
        appeal = exchange.open_appeals[0]
        old, new = before.assessment, record.assessment
        self._stage.show(heard_lines(appeal, record.note, old, new, self._stage.look))
        self._stage.blank()
