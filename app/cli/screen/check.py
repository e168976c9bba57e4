"""A key point beside the words of the answer, for the person to judge."""

from collections.abc import Iterator

from rich.text import Text

from app.cli.screen.card import INDENT
from app.cli.screen.palette import ACCENT, QUIET, VERDICT_STYLES, Look, verdict_word
from app.cli.screen.plain import one_line
from app.cli.screen.wrap import flow, hang
from app.domain.assessment import Assessment, Verdict
from app.grading.feedback import first_sentence
from app.interview.self_check import VERDICT_KEYS, CheckItem


def check_lines(item: CheckItem, number: int, count: int, look: Look) -> Iterator[Text]:
    """Place, key point with its claim, nearest words, suggested verdict."""
    say = look.say
    lead = Text(say("Check {number} of {count}").format(number=number, count=count), ACCENT)
    yield from hang(lead + Text(f"{INDENT}{one_line(item.point.title)}", "bold"), look.width)
    claim = first_sentence(item.point.detail)
    if claim:
        yield from hang(Text(one_line(claim)), look.width, INDENT)
    if item.words:
        said = Text(say("You said: “{quote}”").format(quote=one_line(item.words)))
    else:
        said = Text(say("Nothing in your answer comes near."), style=QUIET)
    yield from hang(said, look.width, INDENT)
    yield Text(INDENT) + Text(say("Suggested: "), QUIET) + _verdict(item.suggested.verdict, look)


def check_menu(look: Look) -> str:
    """What the keys mean."""
    say = look.say
    words = (f"{key} {verdict_word(verdict, say)}" for key, verdict in VERDICT_KEYS.items())
    items = (*words, say("Enter: as suggested"), say("s: the rest as suggested"))
    return flow(items, look.width - 1)


def settled_lines(before: Assessment, after: Assessment, look: Look) -> Iterator[Text]:
    """Verdicts that were changed, then the score by them beside the suggested one."""
    changed = False
    for old, new in zip(before.key_points, after.key_points, strict=True):
        if old.verdict is not new.verdict:
            changed = True
            lead = Text(INDENT) + _verdict(old.verdict, look) + Text(" → ")
            lead += _verdict(new.verdict, look) + Text(INDENT)
            yield from hang(Text(one_line(new.title)), look.width, lead)
    if before.score is None or after.score is None:
        return
    say = look.say
    if changed or before.score != after.score:
        text = say("By your own check {after} / 10; {before} was suggested.")
    else:
        text = say("All as suggested; by your own check {after} / 10.")
    line = text.format(after=f"{after.score:.1f}", before=f"{before.score:.1f}")
    yield from hang(Text(line, style="bold"), look.width)


def _verdict(verdict: Verdict, look: Look) -> Text:
    word = verdict_word(verdict, look.say)
    return Text(f"{look.signs.verdicts[verdict]} {word}", style=VERDICT_STYLES[verdict])
