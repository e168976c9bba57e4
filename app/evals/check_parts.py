"""The parts of the check: each measures one claim about the grades, offline."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.question import Bank
from app.embedding.base import Embedder
from app.embedding.terms import TermSource
from app.evals.attacks.adversary import QuotePicker
from app.evals.attacks.running import run_attacks
from app.evals.attacks.suite import AttackSuite
from app.evals.baseline import Better, Tracked
from app.evals.calibration.calibrate import held_out
from app.evals.calibration.rows import CalibrationInputs
from app.evals.contrast import contrast_figures, grade_contrast, read_contrast
from app.evals.edits import Editor
from app.evals.figures import Figure
from app.evals.honesty import measure_honesty
from app.evals.panels import (
    CONTRAST_KINDS,
    CONTRAST_SHARES,
    RUN_HEAD,
    Cell,
    Panel,
    attack_panel,
    attack_rates,
    contrast_panels,
    held_out_panels,
    honest_panel,
    run_row,
    stability_panels,
)
from app.evals.persona import MarkedReader
from app.evals.questions import QuestionBook, jobs_of
from app.evals.stability import measure_stability
from app.evals.summary import summarise_run
from app.evals.tally import Tally
from app.evals.workers import Job, grade
from app.grading.grader import Grader
from app.llm.base import ChatModel

RubricWith = Callable[[ChatModel], Grader]

STABILITY_EVERY = 4
READER_EVERY = 2
"""One in so many cases is enough for these parts, and keeps the check short."""

HELD_OUT = ("gold", "hard")
"""Files whose questions are held out in turn."""

ONE_BY_ONE = frozenset({"edge"})
"""Files whose cases have little in common but their question: each is drawn for itself."""

_LOWER = Better.LOWER


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the check found: tables to show, figures to hold on to, by name.

    `ungraded` lists cases with the reason, each `NAME/ID`.
    """

    panels: tuple[Panel, ...] = ()
    tracked: Mapping[str, Tracked] = field(default_factory=dict)
    ungraded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckTools:
    """What is checked, and on what; tests put faulty graders in.

    `cases` maps a short name (`gold`, `hard`, `edge`) to its file.
    """

    banks: tuple[Bank, ...]
    book: QuestionBook
    similarity: Grader
    rubric_with: RubricWith
    embedder: Embedder
    terms: TermSource
    editor: Editor
    cases: Mapping[str, Path]
    contrast: Path | None = None
    attacks: AttackSuite | None = None


async def held_out_part(tools: CheckTools) -> Part:
    """The similarity grader on questions that its coefficients did not see, beside two floors."""
    cases = {name: path for name, path in tools.cases.items() if name in HELD_OUT}
    if tools.contrast is None or not cases:
        return Part()
    inputs = CalibrationInputs(cases, tools.contrast, tools.banks)
    found = held_out(inputs, tools.embedder, tools.terms)
    tracked = {
        f"held out/{name}/{measure}": Tracked(figures[measure], better)
        for name, figures in found.items()
        for measure, better in _TRACKED_HELD_OUT.items()
        if measure in figures
    }
    return Part(held_out_panels(found), tracked)


async def similarity_part(tools: CheckTools) -> Part:
    """The similarity grader as it ships, on every file of cases."""
    rows: list[tuple[Cell, ...]] = []
    tracked: dict[str, Tracked] = {}
    ungraded: list[tuple[str, str]] = []
    for name, path in tools.cases.items():
        tally = Tally()
        for job in jobs_of(tools.book, path):
            row = (await grade(job, tools.similarity)).row
            tally.add(replace(row, group=row.id) if name in ONE_BY_ONE else row)
        figures = summarise_run(tally)
        rows.append(run_row(name, figures))
        tracked |= _tracked_run(f"similarity/{name}", figures)
        ungraded += _named(name, tally)
    note = (
        "The coefficients were fitted on gold and hard: these figures catch changes, and the "
        "cross-validated ones above say how good the grades are."
    )
    panel = Panel("Similarity grader as it ships", RUN_HEAD, tuple(rows), note)
    return Part((panel,), tracked, tuple(ungraded))


async def reader_part(tools: CheckTools) -> Part:
    """The rubric grader with a scripted judge that repeats the marks and forges some quotes."""
    rows: list[tuple[Cell, ...]] = []
    tracked: dict[str, Tracked] = {}
    ungraded: list[tuple[str, str]] = []
    picker = QuotePicker(tools.embedder)
    for name, path in tools.cases.items():
        tally = Tally()
        marked = (job for job in jobs_of(tools.book, path) if job.case.marks.verdicts)
        for job in _every(marked, READER_EVERY):
            verdicts = job.case.marks.verdicts or ()
            quotes = picker.ranked(job.question, job.case.answer)
            reader = MarkedReader(job.question, verdicts, quotes)
            row = (await grade(job, tools.rubric_with(reader))).row
            tally.add(replace(row, group=row.id) if name in ONE_BY_ONE else row)
        if tally.cases:
            figures = summarise_run(tally)
            rows.append(run_row(name, figures))
            tracked |= _tracked_run(f"rubric, scripted/{name}", figures)
            ungraded += _named(name, tally)
    note = (
        "No model was asked. The judge repeats the marks that its prompt lets it give, and calls "
        "one missing point in three covered with a forged quote: the code has to catch that."
    )
    panel = Panel("Rubric grader's own code, with a scripted judge", RUN_HEAD, tuple(rows), note)
    return Part((panel,), tracked, tuple(ungraded))


async def contrast_part(tools: CheckTools) -> Part:
    """Covered against unrelated, partial and contradicted sentences, by language."""
    if tools.contrast is None:
        return Part()
    items = read_contrast(tools.contrast)
    figures = contrast_figures(await grade_contrast(items, tools.similarity))
    tracked = {
        f"contrast/{lang}/{kind}": Tracked(
            found[kind], _LOWER if kind == "credit" else Better.HIGHER
        )
        for lang, found in figures.items()
        for kind in (*CONTRAST_KINDS, *CONTRAST_SHARES)
    }
    return Part(contrast_panels(figures), tracked)


async def stability_part(tools: CheckTools) -> Part:
    """What harmless and damaging edits do to the similarity grader's scores."""
    subjects = [
        (job.case, job.question)
        for name in ("gold", "hard")
        if name in tools.cases
        for job in _every(jobs_of(tools.book, tools.cases[name]), STABILITY_EVERY)
    ]
    found = await measure_stability(subjects, tools.similarity, tools.editor, times=2)
    tracked = {
        f"stability/{edit}/{kind}": Tracked(row[kind])
        for edit, row in found.figures.items()
        for kind in ("kept", "lowered")
        if kind in row
    }
    return Part(stability_panels(found), tracked)


async def attack_part(tools: CheckTools) -> Part:
    """The attack suite against both graders, the rubric one with a judge that obeys it.

    Beside it what the same checks cost honest answers, so that neither is had for the other.
    """
    if tools.attacks is None:
        return Part()
    report = await run_attacks(
        tools.attacks, tools.similarity, tools.rubric_with, tools.embedder, questions=1
    )
    rates = attack_rates(report)
    tracked = {
        f"attacks/{mode}/{half or 'success'}": Tracked(rate, _LOWER)
        for (mode, half), rate in rates.items()
    }
    picker = QuotePicker(tools.embedder)
    honest = [
        await measure_honesty(name, jobs_of(tools.book, path), tools.rubric_with, picker)
        for name, path in tools.cases.items()
        if name in HELD_OUT
    ]
    for row in honest:
        tracked |= {
            f"attacks/honest {row.name}/{kind}": Tracked(getattr(row, kind), _LOWER)
            for kind in ("lowered", "lost", "drop")
        }
    return Part((attack_panel(report, rates), honest_panel(honest)), tracked)


PARTS: Mapping[str, Callable[[CheckTools], Awaitable[Part]]] = {
    "held out": held_out_part,
    "similarity": similarity_part,
    "rubric": reader_part,
    "contrast": contrast_part,
    "stability": stability_part,
    "attacks": attack_part,
}
"""All parts by name, in the order in which they are shown."""

_TRACKED_HELD_OUT = {
    "auc": Better.HIGHER,
    "macro_f1": Better.HIGHER,
    "kappa": Better.HIGHER,
    "pearson": Better.HIGHER,
    "qwk": Better.HIGHER,
    "mae": _LOWER,
    "false_praise": _LOWER,
    "unrelated": Better.HIGHER,
    "contradicted": Better.HIGHER,
    "called_right": Better.HIGHER,
}
_TRACKED_POINTS = ("auc", "macro_f1", "kappa", "covered_f1", "missing_f1")
_TRACKED_ANSWERS = {
    "pearson": Better.HIGHER,
    "qwk": Better.HIGHER,
    "mae": _LOWER,
    "false_praise": _LOWER,
    "false_blame": _LOWER,
}


def _tracked_run(name: str, figures: Mapping[str, Any]) -> dict[str, Tracked]:
    tracked = {
        f"{name}/{measure}": Tracked(Figure.from_json(figures["key_points"][measure]))
        for measure in _TRACKED_POINTS
        if measure in figures["key_points"]
    }
    for measure, better in _TRACKED_ANSWERS.items():
        tracked[f"{name}/{measure}"] = Tracked(
            Figure.from_json(figures["answers"][measure]), better
        )
    evidence = Figure.from_json(figures["evidence"]["verbatim"])
    tracked[f"{name}/quotes verbatim"] = Tracked(evidence)
    tracked[f"{name}/ungraded"] = Tracked(Figure(float(figures["ungraded"])), _LOWER)
    return {key: item for key, item in tracked.items() if item.figure.value is not None}


def _named(name: str, tally: Tally) -> list[tuple[str, str]]:
    return [(f"{name}/{case}", why) for case, why in tally.ungraded]


def _every(jobs: Iterable[Job], step: int) -> Sequence[Job]:
    """Evenly spread jobs; answers to one question follow one another, so the phase moves on."""
    return [job for place, job in enumerate(jobs) if (place + place // 8) % step == 0]
