"""The summary at the end of an interview."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.card import INDENT, heading
from app.cli.screen.palette import (
    BAND_STYLES,
    QUIET,
    VERDICT_STYLES,
    WARNING,
    Look,
    band_word,
    verdict_word,
)
from app.cli.screen.plain import one_line
from app.cli.screen.wrap import hang, shorten
from app.domain.assessment import Band
from app.interview.summary import AskedQuestion, Outcome, Summary, WeakPoint


def summary_lines(asked: Sequence[AskedQuestion], summary: Summary, look: Look) -> Iterator[Text]:
    """Each question with its score, the mean over what was graded, and what to practise."""
    say = look.say
    yield heading(say("Summary"))
    words = max(
        cell_len(word)
        for word in (
            say("not graded"),
            say("skipped"),
            *(f"{10:.1f} {band_word(band, say)}" for band in Band),
        )
    )
    for number, one in enumerate(asked, start=1):
        yield _question_line(number, one, words, look)
    yield Text()
    yield from hang(_mean_line(summary, look), look.width)
    left_out = _left_out(summary, look)
    if left_out:
        yield from hang(Text(left_out, style=QUIET), look.width)
    if summary.weak:
        yield Text()
        yield heading(say("Practise next"))
        for point in summary.weak:
            yield from _weak_lines(point, look)


def _question_line(number: int, one: AskedQuestion, words: int, look: Look) -> Text:
    line = Text(f"{number:>3}{INDENT}")
    line.append_text(_outcome(one, look))
    line.append(" " * (words + 5 - line.cell_len + len(INDENT)))
    return line.append(shorten(one_line(one.question.text), max(look.width - line.cell_len, 8)))


def _outcome(one: AskedQuestion, look: Look) -> Text:
    shown = one.counting or one.latest
    if shown is None or shown.score is None or shown.assessment.band is None:
        if one.outcome is Outcome.SKIPPED:
            return Text(look.say("skipped"), style=QUIET)
        return Text(look.say("not graded"), style=WARNING)
    text = Text(f"{shown.score:>4.1f} ", style="bold")
    band = shown.assessment.band
    return text.append(band_word(band, look.say), style=BAND_STYLES[band])


def _mean_line(summary: Summary, look: Look) -> Text:
    if summary.mean is None:
        return Text(look.say("No average: nothing was graded."))
    text = look.say("Average {mean} / 10 over {counted} graded answers")
    if summary.counted == 1:
        text = look.say("Average {mean} / 10 over 1 graded answer")
    return Text(text.format(mean=f"{summary.mean:.1f}", counted=summary.counted), style="bold")


def _left_out(summary: Summary, look: Look) -> str:
    say = look.say
    counts = (
        (summary.ungraded, say("not graded: {count}")),
        (summary.skipped, say("skipped: {count}")),
        (summary.after_reading, say("answered after reading the reference: {count}")),
    )
    parts = [text.format(count=count) for count, text in counts if count]
    return say("Not in the average: {parts}").format(parts=say(", ").join(parts)) if parts else ""


def _weak_lines(point: WeakPoint, look: Look) -> Iterator[Text]:
    result = point.result
    lead = Text(f"{INDENT}{look.signs.verdicts[result.verdict]} ")
    lead.stylize(VERDICT_STYLES[result.verdict])
    place = look.say(" (question {number}, {verdict})").format(
        number=point.number, verdict=verdict_word(result.verdict, look.say)
    )
    yield from hang(Text(one_line(result.title)) + Text(place, style=QUIET), look.width, lead)
