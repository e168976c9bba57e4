"""Graders for evaluation: the same as everywhere, over vectors that are kept in memory only."""

from dataclasses import dataclass
from pathlib import Path

from app.bank.reading import read_bank
from app.domain.assessment import GraderInfo
from app.domain.question import Bank
from app.embedding.base import Embedder
from app.grading.rubric.grader import RubricGrader
from app.grading.rubric.prompting import Prompts
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.llm.base import ChatModel
from app.llm.recording import RecordingModel, ReplayModel
from app.resources import resource_dir
from app.settings import Settings
from app.wiring.services import open_chat_model, open_embedder


def shipped_banks() -> tuple[Bank, ...]:
    """The banks that ship, whatever the settings say: what shipped figures were measured on."""
    files = sorted(resource_dir("corpus").glob("*.md"))
    return tuple(read_bank(file) for file in files if file.name != "README.md")


@dataclass(frozen=True, slots=True)
class EvalGraders:
    """Makes graders over some banks; can be pickled, so that processes can each make their own."""

    settings: Settings
    banks: tuple[Bank, ...] = ()

    def embedder(self) -> Embedder:
        """The embedder that the settings name."""
        return open_embedder(self.settings)

    def similarity(self) -> SimilarityGrader:
        """The similarity grader; nothing of it is kept on disk."""
        embedder = self.embedder()
        index = InMemoryIndex(embedder)
        for bank in self.banks:
            index.sync(bank)
        return SimilarityGrader(index, embedder, answer_limit=self.settings.answer_limit)

    def info(self, chat: ChatModel | None = None) -> GraderInfo:
        """What the rubric grader over `chat`, or the similarity grader, says of itself.

        Embeds no bank, which takes a large model minutes.
        """
        bare = EvalGraders(self.settings)
        return (bare.rubric(chat) if chat else bare.similarity()).info

    def rubric(self, chat: ChatModel, similarity: SimilarityGrader | None = None) -> RubricGrader:
        """The rubric grader with a chat model of the caller's.

        Many graders, one for each scripted model, may share one `similarity`: making it embeds
        the banks.
        """
        return RubricGrader(
            chat,
            similarity or self.similarity(),
            Prompts(max_tokens=self.settings.llm_max_tokens),
            deadline=self.settings.llm_deadline,
        )


def open_recording_model(settings: Settings, folder: Path) -> ChatModel:
    """The configured chat model, each of its replies kept in `folder`."""
    return RecordingModel(open_chat_model(settings), folder)


def open_replay_model(settings: Settings, folder: Path) -> ReplayModel:
    """Recorded replies of the configured model, or of the one that was recorded."""
    return ReplayModel(folder, settings.llm_model)
