"""What is said between a question and its answer: hints, follow-ups, the list of commands."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from app.cli.screen.card import INDENT
from app.cli.screen.palette import ACCENT, QUIET, VERDICT_STYLES, Look, verdict_word
from app.cli.screen.plain import one_line, visible
from app.cli.screen.wrap import hang
from app.domain.assessment import Assessment
from app.domain.events import HINT_STEPS, Hint
from app.domain.rescore import hint_share


def help_lines(look: Look) -> Iterator[Text]:
    """Every command with what it does."""
    say = look.say
    yield from hang(
        Text(
            say(
                "Commands stand alone in the box, behind a colon; English and Chinese words both "
                "work."
            ),
            style=QUIET,
        ),
        look.width,
    )
    for text in (
        say(":hint  a step towards what is missing; it costs part of that point"),
        say(":repeat  the question once more"),
        say(":explain  what the question asks for"),
        say(":skip  go on without an answer"),
        say(":reference  show the reference answer; this ends the question"),
        say(":plan  what is asked and why"),
        say(":pause  leave now and go on later"),
        say(":quit  end the interview"),
    ):
        line = Text(text)
        line.stylize("bold", 0, text.index(" "))
        yield from hang(line, look.width, INDENT, len(INDENT) * 2)


def hint_lines(
    hints: Sequence[Hint], attainable: float, ceiling: float, look: Look
) -> Iterator[Text]:
    """Hints as they were given, and what they have cost by now.

    `ceiling` is the most that whoever grades can give; more is the candidate's own to confirm.
    """
    say = look.say
    for hint in hints:
        lead = say("Hint {step} of {steps}").format(step=hint.step, steps=HINT_STEPS)
        text = Text(lead, ACCENT) + Text(f"  {visible(hint.text)}", style="default")
        yield from hang(text, look.width)
    cost = say(
        "From now on this key point earns {share} of its points at most; the question {score} of "
        "10."
    )
    if attainable > ceiling:
        cost = say(
            "From now on this key point earns {share} of its points at most; the question "
            "{ceiling} of 10, or {score} where you check it yourself."
        )
    numbers = {"score": f"{attainable:.1f}", "ceiling": f"{ceiling:.1f}"}
    cost = cost.format(share=f"{hint_share(hints[-1].step):.0%}", **numbers)
    yield from hang(Text(cost, style=QUIET), look.width)


def follow_up_lines(text: str, look: Look) -> Iterator[Text]:
    """A follow-up question."""
    yield Text(look.say("Follow-up"), style=ACCENT)
    yield from hang(Text(visible(text), style="bold"), look.width)


def follow_up_card(
    answer: str, said: Assessment, before: Assessment, after: Assessment, look: Look
) -> Iterator[Text]:
    """How an answer to a follow-up stood to its key point, and what that did to the question."""
    say = look.say
    yield from hang(Text(visible(answer)), look.width, INDENT)
    for point in said.key_points:
        style = VERDICT_STYLES[point.verdict]
        sign = look.signs.verdicts[point.verdict]
        lead = Text(f"{sign} {verdict_word(point.verdict, say)}{INDENT}", style=style)
        yield from hang(Text(one_line(point.title)), look.width, lead)
        if point.reason:
            yield from hang(Text(visible(point.reason), style=QUIET), look.width, INDENT)
    if said.score is None:
        for notice in said.notices:
            yield from hang(Text(visible(notice), style=QUIET), look.width)
    if before.score is not None and after.score is not None:
        if after.score > before.score:
            text = say("On this question you are now at {after}, up from {before}.")
        else:
            text = say("On this question you stay at {score}.")
        text = text.format(
            after=f"{after.score:.1f}", before=f"{before.score:.1f}", score=f"{after.score:.1f}"
        )
        yield from hang(Text(text, style="bold"), look.width)
