"""Disputed verdicts on the screen."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from app.cli.screen.card import INDENT
from app.cli.screen.palette import QUIET, VERDICT_STYLES, Look, verdict_word
from app.cli.screen.plain import one_line, visible
from app.cli.screen.wrap import hang
from app.domain.assessment import Assessment, KeyPointResult
from app.domain.events import Appeal
from app.interview.appeal import CHANGED, UNHEARD


def disputed_lines(results: Sequence[KeyPointResult], look: Look) -> Iterator[Text]:
    """The verdicts to choose from, numbered."""
    for number, result in enumerate(results, start=1):
        lead = Text(f"{number:>3}{INDENT}")
        sign = look.signs.verdicts[result.verdict]
        word = verdict_word(result.verdict, look.say)
        lead.append(f"{sign} {word}{INDENT}", style=VERDICT_STYLES[result.verdict])
        yield from hang(Text(one_line(result.title)), look.width, lead)


def heard_lines(
    appeal: Appeal, note: str, before: Assessment, after: Assessment, look: Look
) -> Iterator[Text]:
    """What came of an appeal, and what that did to the score."""
    say = look.say
    old = next(one for one in before.key_points if one.id == appeal.key_point_id)
    new = next(one for one in after.key_points if one.id == appeal.key_point_id)
    yield from hang(Text(one_line(new.title), style="bold"), look.width)
    if note == UNHEARD:
        text = say("Nobody could judge it now; the verdict stays as it was.")
    elif note == CHANGED:
        text = say("The verdict was changed: {before} → {after}.")
    else:
        text = say("The verdict stands: {after}.")
    words = {"before": verdict_word(old.verdict, say), "after": verdict_word(new.verdict, say)}
    yield from hang(Text(text.format(**words)), look.width, INDENT)
    if new.reason and note == CHANGED:
        yield from hang(Text(visible(new.reason), style=QUIET), look.width, INDENT)
    if before.score is not None and after.score is not None and after.score > before.score:
        text = say("On this question you are now at {after}, up from {before}.")
        score = text.format(after=f"{after.score:.1f}", before=f"{before.score:.1f}")
        yield from hang(Text(score, style="bold"), look.width)
