"""A report as one HTML page that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.interview.summary import Outcome
from app.language.messages import Translate, translator
from app.report import words
from app.report.charts import Axis, topic_chart, trend_chart
from app.report.highlighting import stretches
from app.report.session_report import SessionReport

PAGE = Path(__file__).parent
DOMAIN = "report"


def html_report(report: SessionReport, language: str = "", summary: Sequence[str] = ()) -> str:
    """The page in `zh` or `en` (default: the session's language). All text is escaped.

    `summary` are sentences of prose that were held to the figures.
    """
    language = (language or report.language).split("-")[0]
    say = translator(DOMAIN, language)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            language=language,
            say=say,
            words=words,
            stretches=stretches,
            Outcome=Outcome,
            charts=charts_of(report, say),
            summary=summary,
            started=report.started.astimezone().strftime("%Y-%m-%d %H:%M"),
            steps=[step.words(say) for step in report.steps],
        )
    )


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its figures: `rows` below `head`, the first cell of each names it."""

    title: str
    note: str
    image: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts_of(report: SessionReport, say: Translate) -> list[Chart]:
    """By topic, and over the last sessions; each only where there is something to show."""
    charts = []
    axes = [Axis(one.topic or say("no topic"), one.mean, one.before) for one in report.topics]
    if any(axis.now is not None for axis in axes):
        title = say("By topic (0 to 10)")
        before = any(axis.before is not None for axis in axes if axis.now is not None)
        note = say("dashed, or a tick: the average in earlier sessions") if before else ""
        head = (say("topic"), say("average"), say("before"))
        rows = tuple((axis.label, _figure(axis.now), _figure(axis.before)) for axis in axes)
        charts.append(Chart(title, note, topic_chart(axes, title), head, rows))
    points = [
        (mark.at.astimezone().strftime("%m-%d"), mark.mean)
        for mark in report.earlier
        if mark.mean is not None
    ]
    if points and report.mean is not None:
        title = say("Average over the last sessions")
        points.append((report.started.astimezone().strftime("%m-%d"), report.mean))
        means = tuple((label, _figure(mean)) for label, mean in points)
        image = trend_chart(points, title)
        charts.append(Chart(title, "", image, (say("session"), say("average")), means))
    return charts


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
