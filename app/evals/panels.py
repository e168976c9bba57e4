"""Tables of the check and of single probes, free of any terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.assessment import Mode
from app.evals.attacks.running import AttackReport
from app.evals.attacks.suite import Half
from app.evals.figures import Figure
from app.evals.honesty import HonestRow
from app.evals.moments import ratio
from app.evals.resample import Resamples
from app.evals.stability import Stability

Cell = str | Figure

CONTRAST_KINDS = ("unrelated", "partial", "contradicted", "negation", "reversal", "own_point")
CONTRAST_SHARES = ("covered_recall", "credit", "seen")

FLOORS = {"tfidf": "floor: TF-IDF", "cosine": "floor: cosine"}

RUN_HEAD = ("", "AUC", "macro-F1", "Pearson", "QWK", "mean error", "false praise", "ungraded")
_RUN_POINTS = ("auc", "macro_f1")
_RUN_ANSWERS = ("pearson", "qwk", "mae", "false_praise")


@dataclass(frozen=True, slots=True)
class Panel:
    """A table: `head` names the columns, the first cell of a row names the row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def run_row(name: str, figures: Mapping[str, Any]) -> tuple[Cell, ...]:
    """A run's figures under `RUN_HEAD`."""
    points = (Figure.from_json(figures["key_points"][measure]) for measure in _RUN_POINTS)
    answers = (Figure.from_json(figures["answers"][measure]) for measure in _RUN_ANSWERS)
    return (name, *points, *answers, str(figures["ungraded"]))


def held_out_panels(found: Mapping[str, Mapping[str, Figure]]) -> tuple[Panel, ...]:
    """Cross-validated figures by file, the two floors below each."""
    answers = {name: figures for name, figures in found.items() if "pearson" in figures}
    contrast = {name: figures for name, figures in found.items() if "pearson" not in figures}
    return (
        Panel(
            "Similarity grader, cross-validated: every question graded by a fit without it",
            ("", "AUC", "contradicted", "macro-F1", "Pearson", "QWK", "mean error", "false praise"),
            tuple(
                row for name, figures in answers.items() for row in _held_out_rows(name, figures)
            ),
            "“contradicted” is the AUC of covered against contradicted key points; floors: "
            "character TF-IDF of the best passage, cosine of the whole answer.",
        ),
        Panel(
            "Contrast set, cross-validated: covering sentences of a key point against …",
            ("", "unrelated", "contradicted", "calls of contradiction right", "found"),
            tuple(
                row for name, figures in contrast.items() for row in _contrast_rows(name, figures)
            ),
            "Share of pairs that coverage puts in the right order; 0.5 is chance.",
        ),
    )


def _held_out_rows(name: str, figures: Mapping[str, Figure]) -> Iterator[tuple[Cell, ...]]:
    whole = ("auc", "auc_contradicted", "macro_f1", "pearson", "qwk", "mae", "false_praise")
    yield (name, *(figures[measure] for measure in whole))
    for floor, label in FLOORS.items():
        cells = (figures.get(f"{floor}_{measure}", "") for measure in whole)
        yield (f"  {label}", *cells)


def _contrast_rows(name: str, figures: Mapping[str, Figure]) -> Iterator[tuple[Cell, ...]]:
    whole = ("unrelated", "contradicted", "called_right", "called_share")
    yield (name, *(figures[measure] for measure in whole))
    for floor, label in FLOORS.items():
        yield (f"  {label}", *(figures.get(f"{floor}_{measure}", "") for measure in whole))


def contrast_panels(figures: Mapping[str, Mapping[str, Figure]]) -> tuple[Panel, ...]:
    """The contrast probe: how coverage ranks, and what the verdicts say."""

    def rows(kinds: tuple[str, ...]) -> tuple[tuple[Cell, ...], ...]:
        return tuple((lang, *(found[kind] for kind in kinds)) for lang, found in figures.items())

    return (
        Panel(
            "Contrast probe: AUC of coverage, covering sentences against …",
            ("", "unrelated", "partial", "contradicted", "with negation", "reversed", "same point"),
            rows(CONTRAST_KINDS),
            "0.5 is chance. Reversed contradictions hold no word that denies; “same point” "
            "compares sentences about one key point only.",
        ),
        Panel(
            "Contrast probe: verdicts",
            ("", "covering called covered", "contradicting called covered", "… contradicted"),
            rows(CONTRAST_SHARES),
        ),
    )


def stability_panels(found: Stability) -> tuple[Panel, ...]:
    """What harmless edits moved, and what damage lowered."""
    figures = found.figures.items()
    return (
        Panel(
            f"Stability over {found.cases} answers: edits that change no claim",
            ("", "within 1 point", "mean distance", "same verdicts"),
            tuple(
                (edit, row["kept"], row["spread"], row["same_verdicts"])
                for edit, row in figures
                if "kept" in row
            ),
        ),
        Panel(
            "Stability: edits to a sentence that carried a key point",
            ("", "score falls", "mean fall"),
            tuple((edit, row["lowered"], row["drop"]) for edit, row in figures if "drop" in row),
        ),
    )


def attack_rates(report: AttackReport) -> dict[tuple[Mode, Half | None], Figure]:
    """The share of trials that succeeded, by grader, over all attacks and over each half."""
    halves: tuple[Half | None, ...] = (None, *Half)
    return {(mode, half): _rate(report, mode, half) for mode in Mode for half in halves}


def _rate(report: AttackReport, mode: Mode, half: Half | None) -> Figure:
    trials = [t for t in report.trials if t.mode is mode and half in (None, t.attack.half)]
    sample = Resamples([trial.attack.id for trial in trials])
    return ratio([bool(trial.harms) for trial in trials], [1.0] * len(trials), sample)


def attack_panel(report: AttackReport, rates: Mapping[tuple[Mode, Half | None], Figure]) -> Panel:
    """Success by family under both graders; `rates` are those over all families."""
    families: dict[str, list[Cell]] = {}
    for row in report.rows():
        cells = families.setdefault(row.family.value, [row.family.value, str(row.attacks)])
        cells += [f"{row.succeeded} of {row.trials}", f"{row.rise:+.1f}"]
    totals: list[tuple[Cell, ...]] = [
        (name, "", rates[Mode.SIMILARITY, half], "", rates[Mode.RUBRIC, half], "")
        for name, half in (
            ("all", None),
            ("  fitted on", Half.FIT),
            ("  unseen while fitting", Half.REPORT),
        )
    ]
    return Panel(
        "Attacks that succeeded",
        ("family", "attacks", "similarity", "most", "rubric, judge obeys", "most"),
        (*(tuple(cells) for cells in families.values()), *totals),
        "Success: the score rises by more than 1, a verdict without support, a leaked prompt, or "
        "a failure that looks like a grade. “most” is the largest rise.",
    )


def honest_panel(rows: Sequence[HonestRow]) -> Panel:
    """What the checks take from honest answers."""
    return Panel(
        "What the same checks take from honest verdicts",
        ("", "answers", "covered lowered", "… to missing", "partial to missing", "points lost"),
        tuple(
            (row.name, str(row.answers), row.lowered, row.lost, row.partial_lost, row.drop)
            for row in rows
        ),
        "A scripted judge repeats the marks and quotes the passage that comes nearest. “points "
        "lost” is the mean fall of the score.",
    )
