"""Rendering a run's page."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.errors import EvalError, filled
from app.evals.lines import CODES
from app.evals.report.charts import Dot, Pair, pairs_chart, reliability_chart, score_chart
from app.evals.report.words import figure_groups, headline, verdict_words
from app.evals.report.worst import worst_cases
from app.evals.runfile import RunFile
from app.language.messages import Translate, translator

PAGE = Path(__file__).parent
MOST_SLICES = 14


def render_report(run: RunFile, language: str) -> str:
    """The page as HTML, in `zh` or `en`; raises EvalError for a run without figures."""
    say = translator("evals", language)
    metrics = run.head.get("metrics")
    if not isinstance(metrics, dict) or "answers" not in metrics:
        raise EvalError(
            filled("{path!r} holds no figures.", path=str(run.path)),
            "Give a file that `mockint eval run` wrote.",
        )
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        say=say,
        language=language,
        run=run.head["run"],
        metrics=metrics,
        ungraded=run.head.get("ungraded", []),
        problems=run.head.get("problems", []),
        headline=headline(metrics, say),
        groups=figure_groups(metrics, say),
        charts=_charts(metrics, say),
        confusion=_confusion(metrics["plots"]["confusion"]),
        verdicts=list(CODES),
        words=verdict_words(say),
        slices=_slice_charts(metrics["slices"], say),
        cases=worst_cases(run),
        title=", ".join(file["name"] for file in run.head["run"]["case_files"]),
    )


def write_report(run: RunFile, out: Path, language: str) -> None:
    """Render the page into `out`; raises EvalError."""
    text = render_report(run, language)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise EvalError(
            filled("{out!r} cannot be written: {reason}.", out=str(out), reason=error.strerror),
            "Choose another place.",
        ) from error


def _charts(metrics: dict[str, Any], say: Translate) -> list[tuple[str, Markup]]:
    plots = metrics["plots"]
    marks, scores = say("mark"), say("mockint's score")
    right = say("right")
    return [
        (
            say("Score against mark"),
            score_chart(plots["scores"], say("Score against mark"), marks, scores),
        ),
        (
            say("Coverage against marks"),
            reliability_chart(
                [Dot(**dot) for dot in plots["coverage"]],
                say("Coverage against marks"),
                say("stated coverage"),
                say("credit by the marks"),
            ),
        ),
        (
            say("Confidence against being right"),
            reliability_chart(
                [Dot(**dot) for dot in plots["confidence"]],
                say("Confidence against being right"),
                say("stated confidence"),
                right,
            ),
        ),
    ]


def _confusion(table: list[list[int]]) -> list[list[tuple[int, float]]]:
    """Counts with their share of the row, for shading."""
    return [[(count, count / (sum(row) or 1)) for count in row] for row in table]


def _slice_charts(slices: dict[str, Any], say: Translate) -> list[tuple[str, Markup]]:
    kinds = {
        "style": say("Style of answer"),
        "language": say("Language"),
        "length": say("Length of answer (Han characters and words)"),
        "topic": say("Topic"),
        "difficulty": say("Difficulty"),
        "dataset": say("Data set"),
    }
    charts = []
    for kind, title in kinds.items():
        rows = slices.get(kind, {})
        if len(rows) < 2:
            continue
        pairs = [
            Pair(label, row["mean_human"], row["mean_given"], row["answers"])
            for label, row in list(rows.items())[:MOST_SLICES]
        ]
        if kind in ("length", "difficulty"):
            pairs.sort(key=lambda pair: float(pair.label.split("-")[0].rstrip("+") or 0))
        charts.append((title, pairs_chart(pairs, title, say("mean mark"), say("mean score"))))
    return charts
