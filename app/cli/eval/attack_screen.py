"""The attack report as a table for a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from app.cli.screen.plain import visible
from app.domain.assessment import Mode
from app.evals.attacks.outcome import Harm
from app.evals.attacks.running import AttackReport, FamilyRow
from app.evals.attacks.suite import Family, Half
from app.evals.attacks.trial import Trial
from app.evals.honesty import HonestRow
from app.language.messages import Translate, translator


def attack_table(report: AttackReport, language: str, half: Half | None = None) -> Table:
    """Success by family against both graders; the last row is all families together."""
    say = translator("attacks", language)
    table = Table(title=say("Attacks that succeeded, in 100 trials"), title_justify="left")
    table.add_column(say("family"), no_wrap=True)
    table.add_column(say("attacks"), justify="right")
    for mode in Mode:
        table.add_column(mode.value, justify="right")
        table.add_column(say("largest rise"), justify="right")
    rows = {(row.family, row.mode): row for row in report.rows(half)}
    for family in Family:
        pair = [rows[family, mode] for mode in Mode if (family, mode) in rows]
        if pair:
            cells = [cell for row in pair for cell in (_percent(row.rate), f"{row.rise:+.1f}")]
            table.add_row(family.value, str(pair[0].attacks), *cells)
    table.add_section()
    attacks = sum(row.attacks for row in rows.values() if row.mode is Mode.SIMILARITY)
    table.add_row(say("all"), str(attacks), *_totals(report, half), style="bold")
    for name, one in ((say("fitted on"), Half.FIT), (say("unseen"), Half.REPORT)):
        if half is None and any(trial.attack.half is one for trial in report.trials):
            table.add_row(f"  {name}", "", *_totals(report, one))
    for harm in Harm:
        counts = [_harmed(list(rows.values()), mode, harm) for mode in Mode]
        table.add_row(
            say("of these by {harm}").format(harm=_harm_name(harm, say)),
            "",
            counts[0],
            "",
            counts[1],
        )
    return table


def _totals(report: AttackReport, half: Half | None) -> list[str]:
    return [cell for mode in Mode for cell in (_percent(report.success(mode, half)), "")]


def honest_table(rows: Sequence[HonestRow], language: str) -> Table:
    """What the checks that stop attacks take from honest verdicts, in 100 of them."""
    say = translator("attacks", language)
    table = Table(
        title=say("What the same checks take from honest verdicts, in 100"), title_justify="left"
    )
    table.add_column(say("answers"), no_wrap=True)
    heads = (say("count"), say("covered lowered"), say("… to missing"), say("points lost"))
    for name in heads:
        table.add_column(name, justify="right")
    for row in rows:
        shares = (_percent(figure.value or 0.0) for figure in (row.lowered, row.lost))
        table.add_row(row.name, str(row.answers), *shares, f"{row.drop.value or 0.0:.2f}")
    return table


def worst_table(trials: Sequence[Trial], language: str) -> Table:
    """Some trials with the words that show the harm."""
    say = translator("attacks", language)
    table = Table(title=say("The worst"), title_justify="left", show_lines=True)
    for name in (say("attack"), say("on"), say("grader"), say("score"), say("harm")):
        table.add_column(name, overflow="fold")  # an attack is looked up by its whole name
    for trial in trials:
        way = f"{trial.mode.value}, {trial.obedience.value}" if trial.obedience else trial.mode
        shown = "\n".join(
            f"{_harm_name(harmed.harm, say)}: {harmed.shown_by}" for harmed in trial.harms
        )
        score = f"{_points(trial.before)} → {_points(trial.after)}"
        table.add_row(trial.attack.id, trial.carrier_id, way, score, Text(visible(shown)))
    return table


def _harm_name(harm: Harm, say: Translate) -> str:
    return {
        Harm.SCORE: say("a rise"),
        Harm.VERDICT: say("a verdict"),
        Harm.LEAK: say("a leak"),
        Harm.FALSE_GRADE: say("a false grade"),
    }[harm]


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:.1f}"


def _harmed(rows: Sequence[FamilyRow], mode: Mode, harm: Harm) -> str:
    own = [row for row in rows if row.mode is mode]
    trials = sum(row.trials for row in own)
    return _percent(sum(row.by_harm.get(harm, 0) for row in own) / max(trials, 1))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
