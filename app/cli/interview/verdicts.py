"""Having answers judged while the person waits, and showing what came of it."""

from collections.abc import Callable
from dataclasses import replace

from app.cli.screen.appeal import heard_lines
from app.cli.screen.card import assessment_card
from app.cli.screen.comparison import comparison_lines
from app.cli.screen.stage import Stage
from app.cli.screen.talk import follow_up_card, follow_up_lines
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord
from app.domain.session import Exchange
from app.interview.compare import last_two, lift_of
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
        answer, before = exchange.answer.text, self._host().turn.attempt.main.counting
        record = self._judge(exchange)
        if exchange.follow_up is None:
            self.show_card(answer, record)
            comparison = last_two(self._host().turn)
            if comparison is not None:
                self._stage.show(comparison_lines(comparison, self._stage.look))
                self._stage.blank()
        elif before is not None:
            after = self._host().turn.attempt.main.counting or before
            self._show_lift(answer, record, before, after)

    def look_back(self, position: int) -> None:
        """Show what came of a question and its follow-ups; what nobody graded is graded first."""
        host = self._host()
        for exchange in host.session.turns[position - 1].exchanges:
            if exchange.answer is not None and exchange.counting is None:
                self._judge(exchange)
        self._stage.wait(host.lift_again(host.session.turns[position - 1]))
        attempt = host.session.turns[position - 1].attempt
        if attempt.main.answer is not None and attempt.main.counting is not None:
            self.show_card(attempt.main.answer.text, attempt.main.counting)
        for exchange in attempt.follow_ups:
            assert exchange.follow_up is not None
            self._stage.show(follow_up_lines(exchange.follow_up.text, self._stage.look))
            record, lift = exchange.counting, lift_of(attempt, exchange)
            if exchange.answer is None:
                self._stage.tell(self._stage.look.say("No answer."))
                self._stage.blank()
            elif record is not None and lift is not None:
                self._show_lift(exchange.answer.text, record, *lift)

    def _judge(self, exchange: Exchange) -> AssessmentRecord:
        assert exchange.answer is not None
        say, answer = self._stage.look.say, exchange.answer.text
        if not self._panel.ready:
            with self._stage.busy(say("Answer received. Getting ready to grade…")):
                self._panel.result()
        grader = self._panel.result().grader
        text = say("Grading your answer ({length} characters)…").format(length=len(answer))
        with self._stage.busy(text) as progress:
            judged: dict[str, str] = {}

            def on_verdict(result: KeyPointResult) -> None:
                judged[result.id] = self._stage.look.signs.verdicts[result.verdict]
                progress(f"{text} {' '.join(judged.values())}")

            return self._stage.wait(self._host().grade(grader, exchange, on_verdict))

    def _show_lift(
        self,
        answer: str,
        record: AssessmentRecord,
        before: AssessmentRecord,
        after: AssessmentRecord,
    ) -> None:
        three = record.assessment, before.assessment, after.assessment
        self._stage.show(follow_up_card(answer, *three, self._stage.look))
        self._stage.blank()

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
