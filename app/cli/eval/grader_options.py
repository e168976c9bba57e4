"""Which grader a measurement is about, and where its language model's replies come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.bank.reading import read_bank
from app.domain.question import Bank
from app.evals.workers import MakeGrader
from app.grading.grader import Grader
from app.llm.base import ChatModel
from app.settings import Settings
from app.wiring.banks import load_banks
from app.wiring.evaluation import EvalGraders, open_recording_model, open_replay_model
from app.wiring.services import open_chat_model


class GraderName(StrEnum):
    """The graders that can be measured."""

    SIMILARITY = "similarity"
    RUBRIC = "rubric"


Cases = Annotated[list[Path], typer.Argument(metavar="CASES…", help="Case files, JSON Lines.")]
Banks = Annotated[
    list[Path] | None,
    typer.Option("--bank", metavar="FILE", help="Banks of the questions; repeatable."),
]
WhichGrader = Annotated[GraderName, typer.Option("--grader", help="Which grader.")]
Replay = Annotated[Path | None, typer.Option(metavar="DIR", help="Rubric: answer from recordings.")]
Record = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Rubric: ask live and keep each reply.")
]
Live = Annotated[
    bool, typer.Option("--live", help="Rubric: ask the configured model (the default).")
]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    grader: GraderName
    replay: Path | None = None
    record: Path | None = None
    live: bool = False

    def check(self) -> None:
        """Raises BadParameter where the options do not go together."""
        sources = "--replay, --record, --live"
        given = sum(map(bool, (self.replay, self.record, self.live)))
        if given and self.grader is GraderName.SIMILARITY:
            raise typer.BadParameter("needs --grader rubric", param_hint=sources)
        if given > 1:
            raise typer.BadParameter("give one of them", param_hint=sources)

    def chat_model(self, settings: Settings) -> ChatModel | None:
        """The model behind the rubric grader, None for similarity; raises a MockintError."""
        if self.grader is GraderName.SIMILARITY:
            return None
        if self.replay:
            return open_replay_model(settings, self.replay)
        if self.record:
            return open_recording_model(settings, self.record)
        return open_chat_model(settings)


def maker(graders: EvalGraders, chat: ChatModel | None) -> MakeGrader:
    """Makes the rubric grader over `chat`, or the similarity grader without one.

    Only the latter can be pickled.
    """
    if chat is None:
        return graders.similarity

    def make() -> Grader:
        return graders.rubric(chat)

    return make


def read_banks(files: Sequence[Path] | None, settings: Settings) -> tuple[Bank, ...]:
    """The banks of these files, or those in force where none is given."""
    if files:
        return tuple(read_bank(file) for file in files)
    return load_banks(settings).banks
