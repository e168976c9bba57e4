"""`mockint eval calibrate`: the coefficients of the similarity grader, and how good they are."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.eval.grader_options import Banks, read_banks
from app.cli.eval.screen import open_console, show_panel
from app.embedding.bundled import BundledEmbedder
from app.evals.calibration.calibrate import calibrate, write_calibration
from app.evals.calibration.rows import CalibrationInputs
from app.evals.panels import held_out_panels
from app.resources import resource_dir
from app.settings import read_settings
from app.wiring.evaluation import EvalGraders, shipped_banks


def calibrate_command(
    cases: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[CASES…]", help="Cases with verdicts and scores, not the shipped."),
    ] = None,
    bank: Banks = None,
    contrast: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another contrast set than the shipped.")
    ] = None,
    default: Annotated[
        bool, typer.Option("--default", help="Fit what embedders without a file of their own use.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; else evals/calibration/.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
) -> None:
    """Fit the similarity grader for the configured embedder, and write its calibration file.

    The figures printed come only from questions that their fit did not see; variants of a
    question count as one.
    """
    settings = read_settings()
    evals = resource_dir("evals")
    files = cases or [evals / "cases" / f"{name}.jsonl" for name in ("gold", "hard")]
    banks = read_banks(bank, settings) if bank else shipped_banks()
    inputs = CalibrationInputs(
        {file.stem: file for file in files}, contrast or evals / "contrast" / "dev.jsonl", banks
    )
    embedder = EvalGraders(settings, banks).embedder()
    report = calibrate(inputs, embedder, BundledEmbedder(), default=default)
    console = open_console()
    for panel in held_out_panels(report.figures):
        show_panel(panel, console)
    if not dry_run:
        file = out or evals / "calibration" / f"{report.calibration.name}.json"
        write_calibration(report.calibration, file)
        console.print(f"written: {file}", soft_wrap=True)
