"""A plan on the terminal: what is asked and why, and what the banks cannot serve."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from app.cli.screen.card import INDENT, heading
from app.cli.screen.palette import ACCENT, QUIET, WARNING, Look
from app.cli.screen.plain import one_line
from app.cli.screen.wrap import flow, hang
from app.interview.outline import Item, Outline
from app.interview.plan import MINUTES


def plan_lines(outline: Outline, look: Look, *, texts: bool = False) -> Iterator[Text]:
    """Every question with the reason why it was picked.

    The text of a question that was not put yet is shown only where `texts` are wanted.
    """
    yield heading(look.say("Plan"))
    for item in outline.items:
        yield from _item_lines(item, look, texts=texts)
    yield from _unserved_lines(outline, look)


def overview_lines(outline: Outline, requirements: int, look: Look) -> Iterator[Text]:
    """How long a planned interview is and how many of the requirements it serves."""
    say = look.say
    count = len(outline.items)
    text = say("{count} questions, about {minutes} minutes.")
    if count == 1:
        text = say("1 question, about {minutes} minutes.")
    text = text.format(count=count, minutes=outline.minutes)
    yield from hang(Text(text), look.width)
    if requirements:
        served = requirements - len(outline.unmet) - len(outline.left_over)
        text = say("They serve {served} of the {requirements} requirements.")
        text = text.format(served=served, requirements=requirements)
        yield from hang(Text(text), look.width)
    yield from _unserved_lines(outline, look)
    hint = say(":plan shows why each question was picked")
    yield from hang(Text(hint, style=QUIET), look.width)


def _item_lines(item: Item, look: Look, *, texts: bool) -> Iterator[Text]:
    say, question = look.say, item.question
    lead = Text(f"{item.number:>2} ", style=ACCENT)
    if question is None:
        gone = say("in no bank any more: {id}").format(id=one_line(item.planned.question_id))
        yield from hang(Text(gone, style=QUIET), look.width, lead)
        return
    facts = (
        one_line(question.topic),
        say("difficulty {difficulty}/3").format(difficulty=question.difficulty),
        say("{minutes} min").format(minutes=MINUTES[question.difficulty]),
        say("asked") if item.asked else "",
    )
    facts_line = flow(filter(None, facts), look.width - len(lead), " · ")
    yield from hang(Text(facts_line, style=ACCENT), look.width, lead)
    margin = " " * len(lead)
    if texts or item.asked:
        yield from hang(Text(one_line(question.text)), look.width, margin)
    if item.planned.reason:
        yield from hang(Text(one_line(item.planned.reason), style=QUIET), look.width, margin)


def _unserved_lines(outline: Outline, look: Look) -> Iterator[Text]:
    unmet = look.say("No question of the banks serves:")
    yield from _listed(unmet, outline.unmet, WARNING, look)
    left_over = look.say("Questions would serve these too, but there is no room for them:")
    yield from _listed(left_over, outline.left_over, QUIET, look)


def _listed(title: str, texts: Sequence[str], style: str, look: Look) -> Iterator[Text]:
    if not texts:
        return
    yield from hang(Text(title, style=style), look.width)
    for text in texts:
        yield from hang(Text(one_line(text)), look.width, f"{INDENT}- ")
