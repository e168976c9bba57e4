"""The measures in words for people who do not know their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.evals.figures import Figure
from app.evals.report.charts import interval_bar
from app.language.messages import Translate


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A measure in words, with its value and a small chart; `meaning` says what it tells."""

    name: str
    meaning: str
    figure: Figure
    bar: Markup


def headline(metrics: dict[str, Any], say: Translate) -> list[tuple[str, Figure]]:
    """The four figures that stand at the top."""
    answers, points = metrics["answers"], metrics["key_points"]
    return [
        (say("agreement of scores (Pearson r)"), Figure.from_json(answers["pearson"])),
        (say("mean distance, points of ten"), Figure.from_json(answers["mae"])),
        (say("ranking of key points (AUC)"), Figure.from_json(points.get("auc", {}))),
        (say("agreement of verdicts (macro-F1)"), Figure.from_json(points["macro_f1"])),
    ]


def figure_groups(metrics: dict[str, Any], say: Translate) -> list[tuple[str, list[FigureRow]]]:
    """All figures in three groups, each with its heading."""
    return [
        (say("Scores"), _rows(metrics["answers"], _ANSWER_WORDS, say)),
        (say("Key points"), _rows(metrics["key_points"], _POINT_WORDS, say)),
        (say("Evidence"), _rows(metrics["evidence"], _EVIDENCE_WORDS, say)),
    ]


def _rows(
    figures: dict[str, Any], words: Mapping[str, tuple[str, str, float]], say: Translate
) -> list[FigureRow]:
    rows = []
    for name, (label, meaning, top) in words.items():
        if name not in figures:
            continue
        figure = Figure.from_json(figures[name])
        bar = (
            interval_bar(figure.value, figure.low, figure.high, top)
            if figure.value is not None and top
            else Markup("")
        )
        rows.append(FigureRow(say(label), say(meaning) if meaning else "", figure, bar))
    return rows


def _mark(text: str) -> str:
    """Marks a text for the catalogue of messages; it is translated where it is shown."""
    return text


_: Callable[[str], str] = _mark

_ANSWER_WORDS = {
    "pearson": (
        _("Pearson r"),
        _("1: scores rise and fall exactly with the marks; 0: no relation"),
        1,
    ),
    "spearman": (_("Spearman rho"), _("the same for the order of answers"), 1),
    "qwk": (_("weighted kappa"), _("agreement beyond chance; far misses count more"), 1),
    "mae": (_("mean distance"), _("points of ten between score and mark"), 10),
    "rmse": (_("root mean square"), _("the same, far misses counting more"), 10),
    "bias": (_("bias"), _("above 0: kinder than the marks; below: stricter"), 0),
    "false_praise": (_("false praise"), _("weak answers (mark 3 or less) that got 6 or more"), 1),
    "false_blame": (_("false blame"), _("good answers (mark 7 or more) that got 4 or less"), 1),
    "length_bias": (_("length bias"), _("above 0: of equal answers the longer gets more"), 0),
    "confidence_ece": (
        _("confidence off by"),
        _("distance of stated confidence from being right"),
        1,
    ),
}
_POINT_WORDS = {
    "auc": (
        _("AUC, covered against missing"),
        _("chance that a covered point has more coverage"),
        1,
    ),
    "auc_contradicted": (_("AUC, covered against contradicted"), _("0.5 is chance"), 1),
    "macro_f1": (_("macro-F1"), _("mean F1 over the verdicts that the marks hold"), 1),
    "kappa": (_("Cohen's kappa"), _("agreement of verdicts beyond chance"), 1),
    "covered_f1": (_("F1 covered"), "", 1),
    "partial_f1": (_("F1 partial"), "", 1),
    "missing_f1": (_("F1 missing"), "", 1),
    "contradicted_f1": (_("F1 contradicted"), "", 1),
    "coverage_ece": (_("coverage off by"), _("distance of coverage from the marks' credit"), 1),
}
_EVIDENCE_WORDS = {
    "present": (_("verdicts with a quote"), _("of those that need one"), 1),
    "verbatim": (_("quotes found verbatim"), _("in the answer, at the place named"), 1),
    "supported": (_("quotes on points that the marks hold too"), "", 1),
}


def verdict_words(say: Translate) -> dict[str, str]:
    """The verdicts in the reader's language; a dash for none."""
    return {
        "covered": say("covered"),
        "partial": say("partial"),
        "missing": say("missing"),
        "contradicted": say("contradicted"),
        "": "–",
    }
