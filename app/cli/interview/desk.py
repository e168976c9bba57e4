"""What `mockint ask` and `mockint review` work with, and the interviews that they hold."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bank.shelf import Shelf
from app.cli.interview.beginning import begin, begin_looking_back, begin_prepared, prepare
from app.cli.interview.choosing import Agenda, plan_at_once
from app.cli.interview.drafts import Drafts
from app.cli.interview.terminal import Room, go_on, grade_once, interview, prepared_interview
from app.cli.retrospect import print_json, with_store
from app.cli.screen.palette import look_of
from app.cli.screen.plan import plan_lines
from app.cli.screen.stage import plain_console, show
from app.cli.warm_up import WarmUp
from app.interview.outline import outline_plan
from app.interview.plan import Plan
from app.language.messages import translator
from app.settings import Settings
from app.wiring.stores import asked_before

if TYPE_CHECKING:  # heavy
    from app.interview.panel import Panel
    from app.wiring.services import Services


@dataclass(frozen=True, slots=True)
class Desk:
    """Settings, banks, and the services that open while the person reads."""

    settings: Settings
    shelf: Shelf
    services: "WarmUp[Services]"

    @property
    def drafts(self) -> Drafts:
        """Answers that were left unsent."""
        return Drafts(self.settings.home)

    @property
    def room(self) -> Room:
        """What every interview needs."""
        return Room(self.settings, self._panel, self.drafts, self.shelf.question)

    def go_on(self, name: str, language: str) -> bool:
        """Take up an interview; False if the person left with Ctrl-C."""
        return go_on(self.room, name, language)

    def hold(self, agenda: Agenda, plan: Plan | None = None) -> bool:
        """Hold a new interview, with a plan of the caller's or one that fits the agenda.

        False if the person left with Ctrl-C.
        """
        wishes = agenda.wishes
        if plan is not None:
            return interview(self.room, plan, begin(plan, agenda.mode, wishes), wishes.minutes)
        if agenda.takes_time:
            make = begin_prepared(agenda, self.shelf.questions, self.services)
            return prepared_interview(self.room, make, agenda.language)
        asked, latest = asked_before(self.settings), self.drafts.latest()
        draft_of = latest.question_id if latest else ""
        plan = plan_at_once(self.shelf.questions, agenda, asked or (), draft_of)
        make = begin(plan, agenda.mode, wishes)
        if asked is None and not agenda.repeatable:
            make = begin_looking_back(plan, agenda, self.shelf.questions)
        return interview(self.room, plan, make, wishes.minutes)

    def grade(
        self, agenda: Agenda, plan: Plan | None, answer: str | None, *, as_json: bool
    ) -> None:
        """Grade one answer to the first question of a plan."""
        if plan is None and agenda.takes_time:
            plan = self._prepared(agenda)
        plan = plan or plan_at_once(self.shelf.questions, agenda, (), "")
        grade_once(plan.questions[0], answer, self._panel, as_json=as_json)

    def show_plan(self, agenda: Agenda, plan: Plan | None, *, as_json: bool) -> None:
        """Print a plan with its reasons; nothing is stored."""
        if plan is None and not agenda.takes_time:
            asked = asked_before(self.settings)
            if asked is not None:
                plan = plan_at_once(self.shelf.questions, agenda, asked, "")
        outline = outline_plan(plan or self._prepared(agenda))
        if as_json:
            print_json(outline.as_json())
            return
        console = plain_console()
        look = look_of(console, translator("cli", agenda.language))
        show(console, plan_lines(outline, look, texts=True))

    def _prepared(self, agenda: Agenda) -> Plan:
        questions = self.shelf.questions
        return with_store(
            self.settings, lambda mine: prepare(agenda, questions, mine, self.services)
        )

    def _panel(self) -> "Panel":
        return self.services.result().panel


@contextmanager
def open_desk(settings: Settings, shelf: Shelf) -> Iterator[Desk]:
    """A desk whose services are closed at the end."""
    with ExitStack() as closing:

        def open_services() -> "Services":
            # Embedder, index and their libraries take a second; the question is shown before.
            from app.wiring.services import build  # noqa: PLC0415

            services = build(settings, shelf)
            closing.callback(services.close)
            services.embedder.embed([""])  # loads its model
            return services

        yield Desk(settings, shelf, WarmUp(open_services))
