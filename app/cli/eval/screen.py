"""Figures of evaluation as tables for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.screen.plain import one_line
from app.evals.baseline import Change, Verdict
from app.evals.compare import Comparison, MovedCase
from app.evals.figures import Figure
from app.evals.panels import Panel

NOTHING = "–"
WIDE = 104
PIPE_WIDTH = 110
LONGEST_TEXT = 60
MOST_SHOWN = 10

ANSWER_ROWS = {
    "pearson": "Pearson r",
    "spearman": "Spearman rho",
    "qwk": "weighted kappa",
    "mae": "mean error",
    "rmse": "RMSE",
    "bias": "bias",
    "false_praise": "false praise",
    "false_blame": "false blame",
    "length_bias": "length bias",
    "confidence_ece": "confidence off by",
}
POINT_ROWS = {
    "auc": "AUC missing",
    "auc_contradicted": "AUC contradicted",
    "macro_f1": "macro-F1",
    "kappa": "Cohen's kappa",
    "covered_f1": "F1 covered",
    "partial_f1": "F1 partial",
    "missing_f1": "F1 missing",
    "contradicted_f1": "F1 contradicted",
    "coverage_ece": "coverage off by",
}
EVIDENCE_ROWS = {
    "present": "verdicts with quote",
    "verbatim": "quotes verbatim",
    "supported": "quotes supported",
}


def number(value: float | None) -> str:
    """Three digits after the point, or a dash for none."""
    return NOTHING if value is None else f"{value:.3f}"


def shortened(text: str, limit: int) -> str:
    """The text on one line, cut with a mark where it has more than `limit` characters."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _points(score: float | None) -> str:
    return NOTHING if score is None else f"{score:.1f}"


def interval(figure: Figure) -> str:
    """Low to high, or a dash."""
    if figure.low is None or figure.high is None:
        return NOTHING
    return f"{figure.low:.3f} … {figure.high:.3f}"


def show_summary(figures: Mapping[str, Any], console: Console, *, resumed: int = 0) -> None:
    """A run on one screen: answers beside key points and evidence, then the slices.

    `resumed` says how many cases an interrupted run had graded.
    """
    before = f", {resumed} of them before the interruption" if resumed else ""
    console.print(
        f"{figures['graded']} of {figures['cases']} cases graded{before}, "
        f"{figures['ungraded']} ungraded"
    )
    grid = Table.grid(padding=(0, 1))
    grid.add_row(
        _figure_table("answers, against marks", ANSWER_ROWS, figures["answers"]),
        _figure_table(
            "key points, against marks",
            POINT_ROWS | EVIDENCE_ROWS,
            {**figures["key_points"], **figures["evidence"]},
        ),
    )
    console.print(grid)
    _show_raters(figures["raters"], console)
    _show_styles(figures["slices"], console)


def _figure_table(title: str, rows: Mapping[str, str], figures: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right", style="dim")
    for name, label in rows.items():
        if name in figures:
            figure = Figure.from_json(figures[name])
            table.add_row(label, number(figure.value), interval(figure))
    return table


def _show_raters(raters: Mapping[str, Any], console: Console) -> None:
    if raters["count"] < 2:
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("agreement", "Pearson", "weighted kappa", "verdict kappa", "mean error"):
        table.add_column(name, justify="left" if name == "agreement" else "right")
    rows = [(f"mockint with rater {one['rater']}", one) for one in raters["mockint_with"]]
    rows += [
        (f"rater {pair['raters'][0]} with rater {pair['raters'][1]}", pair)
        for pair in raters["raters_with_each_other"]
    ]
    for label, one in rows[:MOST_SHOWN]:
        table.add_row(
            label, *(number(one[name]["value"]) for name in ("pearson", "qwk", "kappa", "mae"))
        )
    console.print(table)


def _show_styles(slices: Mapping[str, Any], console: Console) -> None:
    kinds = {kind: rows for kind, rows in slices.items() if len(rows) > 1}
    if not kinds:
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in ("slice", "", "answers", "marks", "mockint", "mean error", "AUC", "macro-F1"):
        table.add_column(name, justify="right" if name not in ("slice", "") else "left")
    for kind, rows in kinds.items():
        for label, row in list(rows.items())[:MOST_SHOWN]:
            table.add_row(
                kind,
                shortened(label, LONGEST_TEXT),
                str(row["answers"]),
                number(row["mean_human"]),
                number(row["mean_given"]),
                *(number(row[name]["value"]) for name in ("mae", "auc", "macro_f1")),
            )
            kind = ""
    console.print(table)


def show_listed(title: str, entries: Iterable[tuple[str, str]], total: int, out: Console) -> None:
    """The first few of something that went wrong, with how many there are."""
    shown = list(entries)[:MOST_SHOWN]
    if not total:
        return
    out.print(Text(f"{title}: {total}", style="yellow"))
    for where, what in shown:
        out.print(Text(f"  {one_line(where)}: {one_line(what)}"), soft_wrap=True)
    if total > len(shown):
        out.print(f"  … and {total - len(shown)} more")


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Differences with their intervals, then the cases that moved most, side by side."""
    console.print(f"{comparison.both} cases graded in both runs")
    if comparison.only_graded_once:
        console.print(f"not graded in both, left out: {comparison.only_graded_once}")
    for note in comparison.notes:
        console.print(Text(f"  {note}", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("measure", "A", "B", "B minus A", "95% interval", ""):
        table.add_column(name, justify="right" if name != "measure" else "left")
    for item in comparison.differences:
        style = {"better": "green", "worse": "red", "same": "dim"}[item.verdict]
        table.add_row(
            (ANSWER_ROWS | POINT_ROWS)[item.name],
            number(item.before),
            number(item.after),
            number(item.change.value),
            interval(item.change),
            Text(item.verdict, style=style),
        )
    console.print(table)
    for case in comparison.moved[:MOST_SHOWN]:
        _show_moved(case, console)


def open_console() -> Console:
    """The terminal as it is; a pipe or file gets lines wide enough for every table."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def show_panel(panel: Panel, console: Console) -> None:
    """A table of the check; where there is room, half of its interval stands behind a value."""
    console.print(Text(panel.title, style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for place, name in enumerate(panel.head):
        table.add_column(name, justify="right" if place else "left")
    for row in panel.rows:
        table.add_row(*(_cell(cell, wide=console.width >= WIDE) for cell in row))
    console.print(table)
    if panel.note:
        console.print(Text(panel.note, style="dim"))
    console.print()


def _cell(cell: str | Figure, *, wide: bool) -> str:
    if isinstance(cell, str):
        return cell
    if not wide or cell.value is None or cell.low is None or cell.high is None:
        return number(cell.value)
    return f"{cell.value:.3f}±{(cell.high - cell.low) / 2:.2f}"


def show_verdicts(verdicts: Sequence[Verdict], console: Console) -> None:
    """Figures that fell below the baseline, vanished or are new; those that held are counted."""
    held = sum(item.change is Change.HELD for item in verdicts)
    console.print(f"{held} of {len(verdicts)} figures hold against the baseline")
    styles = {Change.FELL: "red", Change.GONE: "red", Change.NEW: "yellow"}
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "figure", "now", "baseline", "limit", ""):
        table.add_column(name, justify="right" if name in ("now", "baseline", "limit") else "left")
    for item in verdicts:
        if item.change is not Change.HELD:
            table.add_row(
                Text(item.change, style=styles[item.change]),
                item.name,
                number(item.now),
                number(item.was),
                number(item.limit),
                item.why,
            )
    if held < len(verdicts):
        console.print(table)


def _show_moved(case: MovedCase, console: Console) -> None:
    scores = [line["assessment"]["score"] for line in (case.before, case.after)]
    human = case.before["human"]["score"]
    heading = f"{case.before['id']}  A {scores[0]}  B {scores[1]}  marks {_points(human)}"
    console.print(Text(one_line(heading), style="bold"))
    console.print(Text(shortened(case.before["answer"], 3 * LONGEST_TEXT), style="dim"))
    marks = case.before["human"]["verdicts"]
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=True)
    for name in ("key point", "A", "B", "marks"):
        table.add_column(name)
    points = zip(
        case.before["assessment"]["key_points"], case.after["assessment"]["key_points"], strict=True
    )
    for place, (first, second) in enumerate(points):
        table.add_row(
            shortened(first["title"], LONGEST_TEXT),
            first["verdict"],
            second["verdict"],
            marks[place] if marks else NOTHING,
        )
    console.print(table)
