"""Why a question was picked, in words for the candidate."""

from collections.abc import Sequence

from app.domain.events import PlannedQuestion
from app.domain.question import Question
from app.interview.coverage import Service
from app.interview.draw import Familiar
from app.language.messages import Translate


class Reasons:
    """Reasons of one plan; `say` translates the catalogue `plan`."""

    def __init__(
        self,
        say: Translate,
        familiar: Familiar,
        opening: Sequence[Question],
        services: Sequence[Service],
        order: Sequence[Question],
    ) -> None:
        self._say = say
        self._familiar = familiar
        self._opening = {question.id for question in opening}
        self._harder_first = _begins_harder(order)
        self._services = {one.question.id: one for one in services}

    def of(self, question: Question) -> PlannedQuestion:
        """The question as it goes into the plan."""
        if question.id in self._opening:
            return PlannedQuestion(question.id, self._say("your answer to it was left unsent"))
        service = self._services.get(question.id)
        parts = [] if service is None else [self._serves(service)]
        if service is None:
            parts.append(self._say("spreads the interview over topics and difficulties"))
        parts.append(self._how_familiar(question))
        if service is not None and question.id == self._harder_first:
            parts.append(self._say("begins, since the easier ones serve no requirement"))
        requirement = "" if service is None else service.requirement
        return PlannedQuestion(question.id, self._say("; ").join(parts), requirement)

    def _serves(self, service: Service) -> str:
        text = self._say("serves the requirement “{requirement}” (similarity {similarity})")
        return text.format(requirement=service.requirement, similarity=f"{service.similarity:.2f}")

    def _how_familiar(self, question: Question) -> str:
        ago = self._familiar.sessions_ago(question)
        if ago is None:
            return self._say("never asked before")
        if ago == 0:
            return self._say("last asked in the session before this one")
        return self._say("last asked {count} sessions ago").format(count=ago + 1)


def _begins_harder(order: Sequence[Question]) -> str:
    """The id of the first question where an easier one comes behind it, else ""."""
    if not order or all(one.difficulty >= order[0].difficulty for one in order):
        return ""
    return order[0].id
