"""Making the host of a new interview, once the store is open."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.cli.interview.choosing import Agenda
from app.cli.interview.hosting import MakeHost
from app.cli.warm_up import WarmUp
from app.domain.events import SessionMode, Wishes
from app.domain.question import Question
from app.interview.host import Host
from app.interview.plan import Plan
from app.interview.preparing import prepare_plan
from app.store.base import Repository

if TYPE_CHECKING:  # heavy
    from app.wiring.services import Services


def begin(plan: Plan, mode: SessionMode, wishes: Wishes) -> MakeHost:
    """Begins with a plan as it is."""

    async def make(repository: Repository) -> Host:
        return await Host.begin(repository, plan, mode=mode, wishes=wishes)

    return make


def begin_looking_back(shown: Plan, agenda: Agenda, questions: Sequence[Question]) -> MakeHost:
    """Begins with the question that is on the screen; what comes behind it looks back.

    For a store that could not tell at once what was asked before.
    """

    async def make(repository: Repository) -> Host:
        plan = await prepare_plan(
            questions,
            agenda.wishes,
            language=agenda.language,
            archive=repository,
            first=shown.questions[:1],
        )
        plan = replace(plan, planned=(*shown.planned[:1], *plan.planned[1:]))
        return await Host.begin(repository, plan, mode=agenda.mode, wishes=agenda.wishes)

    return make


async def prepare(
    agenda: Agenda,
    questions: Sequence[Question],
    repository: Repository,
    services: "WarmUp[Services]",
) -> Plan:
    """The plan of an agenda that takes time."""
    wishes = agenda.wishes
    opened: Services | None = None
    if wishes.requirements:
        opened = await asyncio.wrap_future(services.future)
    looks_back = not agenda.repeatable or agenda.mode is SessionMode.REVIEW
    return await prepare_plan(
        questions,
        wishes,
        language=agenda.language,
        mode=agenda.mode,
        archive=repository if looks_back else None,
        index=None if opened is None else opened.index,
        embedder=None if opened is None else opened.embedder,
    )


def begin_prepared(
    agenda: Agenda, questions: Sequence[Question], services: "WarmUp[Services]"
) -> MakeHost:
    """Begins with a plan that is made once everything it needs is open."""

    async def make(repository: Repository) -> Host:
        plan = await prepare(agenda, questions, repository, services)
        return await Host.begin(repository, plan, mode=agenda.mode, wishes=agenda.wishes)

    return make
