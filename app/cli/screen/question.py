"""The head of the screen and the question that is asked."""

from collections.abc import Iterator

from rich.text import Text

from app.cli.screen.card import INDENT, heading
from app.cli.screen.palette import ACCENT, QUIET, Look
from app.cli.screen.plain import one_line, visible
from app.cli.screen.wrap import flow, hang
from app.domain.question import Question

OTHER_LANGUAGE_HINTS = {
    "zh": "For English: mockint ask --language en",
    "en": "中文题目：mockint ask --language zh",
}


def opening_lines(look: Look, model: str, endpoint: str, language: str) -> Iterator[Text]:
    """Who grades and how, and how to switch the language.

    `model` is empty where similarity alone grades; `endpoint` is the host answers are sent to.
    """
    say = look.say
    if model:
        mode = say("graded by the model {model}").format(model=one_line(model))
        meaning = say(
            "Your answers are sent to {endpoint}; every verdict must quote your words."
        ).format(endpoint=one_line(endpoint))
    else:
        mode = say("graded by similarity only")
        meaning = say(
            "All on this machine: it sees which key points you mention, not whether what you say "
            "about them is true."
        )
    title = Text("mockint", style=f"bold {ACCENT}")
    yield from hang(title + Text(f"  {mode}", style="bold"), look.width)
    yield from hang(Text(meaning, style=QUIET), look.width)
    hint = OTHER_LANGUAGE_HINTS.get(language)
    if hint:
        yield from hang(Text(hint, style=QUIET), look.width)


def question_lines(question: Question, number: int, count: int, look: Look) -> Iterator[Text]:
    """Place in an interview of several, topic and difficulty, then the question."""
    say = look.say
    place = say("Question {number} of {count}").format(number=number, count=count)
    facts = [
        place if count > 1 else "",
        one_line(question.topic),
        say("difficulty {difficulty}/3").format(difficulty=question.difficulty),
    ]
    line = flow(filter(None, facts), look.width, " · ")
    yield from hang(Text(line, style=ACCENT), look.width)
    yield from hang(Text(visible(question.text), style="bold"), look.width)


def reference_lines(question: Question, look: Look) -> Iterator[Text]:
    """The reference answer with its key points."""
    yield heading(look.say("Reference answer"))
    yield from hang(Text(visible(question.full_reference)), look.width, INDENT)
    if not question.has_own_reference:
        return
    yield Text()
    for index, point in enumerate(question.key_points):
        text = Text(visible(point.statement))
        text.stylize("bold", 0, len(point.title))
        yield from hang(text, look.width, f"{INDENT}{look.number(index)} ")
