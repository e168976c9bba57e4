"""The attack report as a table for a terminal."""

from rich.table import Table

from app.domain.assessment import Mode
from app.evals.attack_outcome import Harm
from app.evals.attack_suite import Family, Half
from app.evals.attacks import AttackReport, FamilyRow
from app.language.messages import translator


def attack_table(report: AttackReport, language: str, half: Half | None = None) -> Table:
    """Success by family against both graders; the last row is all families together."""
    say = translator("attacks", language)
    table = Table(title=say("Attacks that succeeded, in 100 trials"), title_justify="left")
    table.add_column(say("family"), no_wrap=True)
    table.add_column(say("attacks"), justify="right")
    for mode in Mode:
        table.add_column(say("{grader}: succeeded").format(grader=mode.value), justify="right")
        table.add_column(say("by"))
        table.add_column(say("largest rise"), justify="right")
    rows = {(row.family, row.mode): row for row in report.rows(half)}
    for family in Family:
        pair = [rows[family, mode] for mode in Mode if (family, mode) in rows]
        if pair:
            cells = [cell for row in pair for cell in _cells(row)]
            table.add_row(family.value, str(pair[0].attacks), *cells)
    table.add_section()
    total = [cell for mode in Mode for cell in (_percent(report.success(mode, half)), "", "")]
    attacks = sum(row.attacks for row in rows.values() if row.mode is Mode.SIMILARITY)
    table.add_row(say("all"), str(attacks), *total, style="bold")
    return table


def _cells(row: FamilyRow) -> tuple[str, str, str]:
    kinds = ", ".join(f"{harm.value} {row.by_harm[harm]}" for harm in Harm if harm in row.by_harm)
    return _percent(row.rate), kinds, f"{row.rise:+.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
