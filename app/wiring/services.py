"""Embedder, index, grader and what else an interview needs, by the settings."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from app.bank.shelf import Shelf
from app.domain.question import Bank
from app.embedding.base import Embedder
from app.embedding.choose import choose_embedder
from app.errors import SettingsError
from app.grading.grader import Grader
from app.grading.rubric.appeal import AppealJudge
from app.grading.rubric.grader import RubricGrader
from app.grading.rubric.prompting import Prompts
from app.grading.similarity.grader import SimilarityGrader
from app.index.base import OnProgress
from app.index.chroma import ChromaIndex
from app.index.connection import Connection
from app.index.embedded import EmbeddedConnection
from app.index.server import ServerConnection
from app.interview.panel import Panel
from app.interview.spoken import SpokenVoice
from app.llm.base import ChatModel
from app.llm.openai_compatible import OpenAICompatibleModel, load_library
from app.llm.probe import PROBE_SECONDS
from app.llm.spent import SpentModel
from app.settings import Settings
from app.wiring.banks import load_banks


@dataclass(frozen=True, slots=True)
class Services:
    """What a face needs to grade; `close` ends it.

    `spent` is the panel of somebody who may ask the language model nothing more today; `chat` is
    the model, which holds connections of the event loops that it answered in. `similarity` grades,
    or stands behind the model, in both panels.
    """

    shelf: Shelf
    embedder: Embedder
    index: ChromaIndex
    similarity: SimilarityGrader
    panel: Panel
    spent: Panel
    chat: ChatModel | None = None

    @property
    def grader(self) -> Grader:
        """The panel's grader."""
        return self.panel.grader

    def warm_up(self) -> None:
        """Load what the first grade would wait for; takes seconds, in a thread of its own.

        Nothing is asked of the language model.
        """
        if self.chat is not None:
            load_library()
        _ = self.grader.info  # reads prompts and calibration
        point = next((one.key_points[0] for one in self.shelf.questions), None)
        if point is not None:
            question = self.shelf.questions[0]
            asyncio.run(self.spent.grader.assess(question, point.statement))

    def close(self) -> None:
        """Close the index."""
        self.index.close()


def build(settings: Settings, shelf: Shelf | None = None) -> Services:
    """Everything that grading needs, the index brought up to date with the banks.

    `shelf` holds the banks where they were read already. Raises a MockintError that names what
    cannot be opened.
    """
    shelf = shelf or load_banks(settings)
    embedder = open_embedder(settings)
    index = open_index(settings, embedder, shelf.banks)
    similarity = SimilarityGrader(index, embedder, answer_limit=settings.answer_limit)
    if not settings.llm_model:
        panel = Panel(similarity)
        return Services(shelf, embedder, index, similarity, panel, panel)
    chat = open_chat_model(settings)
    panel = _panel(settings, similarity, chat)
    spent = _panel(settings, similarity, SpentModel(settings.llm_model))
    return Services(shelf, embedder, index, similarity, panel, spent, chat)


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; nothing is loaded yet."""
    return choose_embedder(
        settings.embedder,
        device=settings.embedder_device,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value(),
    )


def open_index(
    settings: Settings,
    embedder: Embedder,
    banks: Iterable[Bank],
    on_progress: OnProgress | None = None,
) -> ChromaIndex:
    """The vector index, embedded or on a server, with these banks in it."""
    connection: Connection
    if settings.chroma_url:
        connection = ServerConnection(settings.chroma_url)
    else:
        connection = EmbeddedConnection(settings.home / "index")
    index = ChromaIndex(embedder, connection)
    for bank in banks:
        index.sync(bank, on_progress)
    return index


def build_grader(settings: Settings, embedder: Embedder, index: ChromaIndex) -> Grader:
    """Rubric where a language model is configured, else similarity."""
    return build_panel(settings, embedder, index).grader


def build_panel(settings: Settings, embedder: Embedder, index: ChromaIndex) -> Panel:
    """Grader, voice and judge of appeals; without a language model similarity alone."""
    similarity = SimilarityGrader(index, embedder, answer_limit=settings.answer_limit)
    if settings.llm_model:
        return _panel(settings, similarity, open_chat_model(settings))
    return Panel(similarity)


def _panel(settings: Settings, similarity: SimilarityGrader, chat: ChatModel) -> Panel:
    prompts = Prompts(max_tokens=settings.llm_max_tokens)
    deadline = settings.llm_deadline
    return Panel(
        RubricGrader(chat, similarity, prompts, deadline=deadline),
        SpokenVoice(chat, prompts),
        AppealJudge(chat, similarity, prompts, deadline=deadline),
    )


def open_chat_model(settings: Settings) -> ChatModel:
    """The configured chat model; raises SettingsError where none is."""
    if not settings.llm_model:
        raise SettingsError(
            "Grading with the rubric needs a language model, and none is configured.",
            "Set MOCKINT_LLM_MODEL, and OPENAI_BASE_URL and OPENAI_API_KEY where the endpoint "
            "needs them; or grade from recordings with --replay DIR.",
        )
    return OpenAICompatibleModel(
        settings.llm_model,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value(),
        deadline=settings.llm_deadline,
        attempts=settings.llm_attempts,
        concurrency=settings.llm_concurrency,
    )


def open_hurried_model(settings: Settings) -> ChatModel:
    """The configured chat model as a test wants it: one try, and not for long."""
    deadline = min(settings.llm_deadline, PROBE_SECONDS)
    return open_chat_model(
        settings.model_copy(update={"llm_attempts": 1, "llm_deadline": deadline})
    )
