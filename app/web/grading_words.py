"""Which grader is in force and what that means, for people who are about to trust it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.assessment import Mode
from app.grading.rubric.grader import RubricGrader
from app.settings import Settings
from app.wiring.services import Services

OPENAI = "api.openai.com"


@dataclass(frozen=True, slots=True)
class GradingInForce:
    """The grader's mode, its model, and the host that answers are sent to.

    `model` and `endpoint` are "" where no language model judges; `embedder_endpoint` is "" where
    vectors are made on this machine.
    """

    mode: Mode
    model: str = ""
    endpoint: str = ""
    embedder_endpoint: str = ""

    @property
    def has_model(self) -> bool:
        """Whether a language model judges."""
        return self.mode is Mode.RUBRIC


def grading_in_force(settings: Settings, services: Services) -> GradingInForce:
    """What grades answers on this server."""
    endpoint = urlsplit(settings.openai_base_url).hostname or OPENAI
    embeds_at = endpoint if settings.embedder.startswith("openai:") else ""
    if not isinstance(services.grader, RubricGrader):
        return GradingInForce(Mode.SIMILARITY, embedder_endpoint=embeds_at)
    return GradingInForce(Mode.RUBRIC, settings.llm_model, endpoint, embeds_at)
