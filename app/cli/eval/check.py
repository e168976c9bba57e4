"""`mockint eval check`: what `make eval` runs."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.eval.screen import open_console, show_listed, show_panel, show_verdicts
from app.embedding.bundled import BundledEmbedder
from app.errors import EvalError, filled
from app.evals.attacks.suite import read_attack_suite
from app.evals.baseline import (
    Baseline,
    Tracked,
    failures,
    hold_against,
    read_baseline,
    write_baseline,
)
from app.evals.check import check_all
from app.evals.check_parts import CheckTools
from app.evals.edits import Editor, read_synonyms
from app.evals.questions import QuestionBook
from app.resources import resource_dir
from app.settings import Settings, read_settings
from app.wiring.evaluation import EvalGraders, shipped_banks

CASES = ("gold", "hard", "edge")


def check_command(
    accept: Annotated[
        bool, typer.Option("--accept", help="Make today's figures the baseline.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another baseline than the shipped one.")
    ] = None,
) -> None:
    """Measure everything offline and hold it against the baseline; exit 1 if a figure fell.

    The shipped banks, cases and the bundled embedder are used, whatever the settings say.
    """
    settings = read_settings()
    default = Settings.model_fields["answer_limit"].default
    fixed = settings.model_copy(update={"embedder": "bundled", "answer_limit": default})
    console = open_console()
    tracked: dict[str, Tracked] = {}
    for part in check_all(partial(shipped_tools, fixed)):
        for panel in part.panels:
            show_panel(panel, console)
        show_listed("ungraded", part.ungraded, len(part.ungraded), console)
        tracked |= part.tracked
    now = Baseline(BundledEmbedder().fingerprint, tracked)
    path = baseline or resource_dir("evals") / "baseline.json"
    if accept:
        write_baseline(path, now)
        console.print(f"{len(tracked)} figures accepted: {path}", soft_wrap=True)
        return
    judge(path, now, console)


def shipped_tools(settings: Settings) -> CheckTools:
    """The graders, banks and cases that ship."""
    banks = shipped_banks()
    graders = EvalGraders(settings, banks)
    similarity = graders.similarity()
    evals = resource_dir("evals")
    contrast = evals / "contrast" / "dev.jsonl"
    embedder = BundledEmbedder()
    return CheckTools(
        banks=banks,
        book=QuestionBook(banks),
        similarity=similarity,
        rubric_with=partial(graders.rubric, similarity=similarity),
        embedder=embedder,
        terms=embedder,
        editor=Editor(read_synonyms(evals / "synonyms.yaml")),
        cases={name: evals / "cases" / f"{name}.jsonl" for name in CASES},
        contrast=contrast,
        attacks=read_attack_suite(banks),
    )


def judge(path: Path, now: Baseline, console: Console) -> None:
    """Show what changed against the baseline at `path`; raises EvalError where a figure fell."""
    accepted = read_baseline(path)
    if accepted is None:
        raise EvalError(
            filled("There is no baseline at {path!r}.", path=str(path)),
            "Make one: mockint eval check --accept",
        )
    if accepted.embedder != now.embedder:
        raise EvalError(
            "The baseline was measured with another embedder.",
            "If the change of embedder is meant: mockint eval check --accept",
        )
    verdicts = hold_against(now.figures, accepted.figures)
    show_verdicts(verdicts, console)
    fallen = failures(verdicts)
    if fallen:
        raise EvalError(
            filled("{count} figures fell below the baseline.", count=len(fallen)),
            "Mend what lowered them; if the change is meant, accept it: "
            "mockint eval check --accept",
        )
