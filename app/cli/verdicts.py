"""Having answers judged while the person waits, and showing what came of it."""

from collections.abc import Callable
from dataclasses import replace

from app.cli.screen.appeal import heard_lines
from app.cli.screen.card import assessment_card, revealed_lines
from app.cli.screen.comparison import comparison_lines
from app.cli.screen.talk import follow_up_card
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.assessment import KeyPointResult
from app.domain.events import AssessmentRecord, Reason
from app.domain.session import Exchange
from app.interview.compare import last_two
from app.interview.follow_up import advice_left, kept_back, veiled
from app.interview.host import Host
from app.interview.panel import Panel


class Verdicts:
    """What the panel makes of answers and appeals, on a stage."""

    def __init__(self, stage: Stage, host: Callable[[], Host], panel: WarmUp[Panel]) -> None:
        self._stage = stage
        self._host = host
        self._panel = panel
        self._kept_back: frozenset[str] = frozenset()

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
            self.show_card(answer, record, kept_back(self._host().turn))
            comparison = last_two(self._host().turn)
            if comparison is not None:
                self._stage.show(comparison_lines(comparison, self._stage.look))
                self._stage.blank()
        elif before is not None:
            after = self._host().turn.attempt.main.counting or before
            three = record.assessment, before.assessment, after.assessment
            self._stage.show(follow_up_card(answer, *three, self._stage.look))
            self._stage.blank()
            self.reveal(unless_followed_up=True)

    def grade_or_show(self, exchange: Exchange) -> None:
        """Show the card of an answer, which is graded first where nobody has done so."""
        if exchange.counting is None or exchange.answer is None:
            self.grade(exchange)
        else:
            self.show_card(exchange.answer.text, exchange.counting)

    def show_card(
        self, answer: str, record: AssessmentRecord, names: frozenset[str] = frozenset()
    ) -> None:
        """Show an assessment of an answer; what would be asked next is asked, not shown.

        The key points in `names` are kept back for follow-ups, until `reveal`.
        """
        self._kept_back = names
        assessment = veiled(record.assessment, names, self._host().turn.question.language)
        card = assessment_card(answer, replace(assessment, follow_up=None), self._stage.look)
        self._stage.show(card)
        self._stage.blank()

    def reveal(self, *, unless_followed_up: bool = False) -> None:
        """Name what was kept back; not yet, if `unless_followed_up`, where a follow-up can come."""
        turn = self._host().turn
        record = turn.attempt.main.counting
        if not self._kept_back or record is None or (unless_followed_up and kept_back(turn)):
            return
        names, self._kept_back = self._kept_back, frozenset()
        if turn.references or record.reason is Reason.SELF_CHECK:
            return  # they have been on the screen
        advice = advice_left(turn.question, record.assessment)
        self._stage.show(revealed_lines(record.assessment, names, advice, self._stage.look))
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
