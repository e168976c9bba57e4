"""Two attempts beside each other."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.card import INDENT
from app.cli.screen.palette import FAILURE, QUIET, SUCCESS, VERDICT_STYLES, Look, verdict_word
from app.cli.screen.plain import one_line
from app.cli.screen.wrap import hang
from app.domain.assessment import Verdict
from app.interview.compare import Change, Comparison


def comparison_lines(comparison: Comparison, look: Look) -> Iterator[Text]:
    """Both scores, then each key point whose verdict changed: gains, then losses."""
    say = look.say
    head = Text(say("Compared with the attempt before"), style="bold")
    scores = f"{INDENT}{comparison.before:.1f} → {comparison.after:.1f}"
    yield from hang(head + Text(scores), look.width)
    for change in comparison.gained:
        yield from _change(change, Text(f"{INDENT}+ ", SUCCESS), look)
    for change in comparison.lost:
        yield from _change(change, Text(f"{INDENT}- ", FAILURE), look)
    if not comparison.gained and not comparison.lost:
        text = say("No verdict changed.")
        yield from hang(Text(text, style=QUIET), look.width, INDENT)


def _change(change: Change, lead: Text, look: Look) -> Iterator[Text]:
    words = max(cell_len(verdict_word(verdict, look.say)) for verdict in Verdict)
    for index, result in enumerate((change.before, change.after)):
        word = verdict_word(result.verdict, look.say)
        lead = lead + Text(" → " if index else "", QUIET)
        lead += Text(word, VERDICT_STYLES[result.verdict])
        lead.append(" " * (words - cell_len(word)))
    yield from hang(Text(one_line(change.after.title)), look.width, lead + Text(INDENT))
