"""An assessment on the screen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.highlight import marks_of
from app.cli.screen.palette import (
    BAND_STYLES,
    QUIET,
    VERDICT_STYLES,
    WARNING,
    Look,
    band_word,
    verdict_word,
)
from app.cli.screen.passages import answer_lines
from app.cli.screen.plain import one_line, visible
from app.cli.screen.wrap import hang
from app.domain.assessment import Assessment, Finding, KeyPointResult, Status, Verdict

INDENT = "  "
NARROW_BAR, WIDE_BAR = 5, 10
SURE, DOUBTFUL = 0.75, 0.5


def assessment_card(answer: str, assessment: Assessment, look: Look) -> Iterator[Text]:
    """The lines of the whole card, a blank line between its parts."""
    say = look.say
    graded = assessment.status is Status.GRADED
    parts: tuple[Iterable[Text], ...] = (
        _verdict_line(assessment, look),
        () if graded else _notices(assessment, look),
        _key_points(assessment, look),
        _answer(answer, assessment, look),
        _findings(say("What was wrong"), assessment.errors, look.signs.wrong, look),
        _findings(
            say("Right, and beyond the key points"), assessment.beyond, look.signs.beyond, look
        ),
        _bullets(say("What was good"), assessment.strengths, look),
        _bullets(say("What to do better"), assessment.improvements, look),
        _bullets(say("An interviewer would ask next"), _present(assessment.follow_up), look),
        _notices(assessment, look) if graded else (),
    )
    first = True
    for part in parts:
        lines = list(part)
        if lines and not first:
            yield Text()
        first = first and not lines
        yield from lines


def _present(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def heading(words: str) -> Text:
    """The title of a part of the screen."""
    return Text(words, style="bold")


def _verdict_line(assessment: Assessment, look: Look) -> Iterator[Text]:
    say = look.say
    if assessment.status is Status.UNGRADED or assessment.score is None:
        line = Text(say("Not graded"), style=f"bold {WARNING}")
        yield from hang(
            line + Text(say(": no score was made up, and no average counts it.")), look.width
        )
        return
    line = Text(f"{assessment.score:.1f}", style="bold")
    line.append(" / 10", style=QUIET)
    if assessment.band is not None:
        line.append(INDENT)
        line.append(band_word(assessment.band, say), style=f"bold {BAND_STYLES[assessment.band]}")
    if assessment.confidence is not None:
        line.append(INDENT)
        sureness = say("confidence {percent}% ({word})").format(
            percent=round(assessment.confidence * 100),
            word=_sureness(assessment.confidence, look),
        )
        line.append(sureness, style=QUIET)
    yield from hang(line, look.width)


def _sureness(confidence: float, look: Look) -> str:
    if confidence >= SURE:
        return look.say("high")
    return look.say("medium") if confidence >= DOUBTFUL else look.say("low")


def _key_points(assessment: Assessment, look: Look) -> Iterator[Text]:
    if not assessment.key_points:
        return
    say = look.say
    graded = assessment.status is Status.GRADED
    yield heading(
        say("Key points") if graded else say("Similarity to the key points (not a grade)")
    )
    words = max(cell_len(verdict_word(verdict, say)) for verdict in Verdict)
    shared = _shared_reasons(assessment.key_points)
    for index, point in enumerate(assessment.key_points):
        alone = replace(point, reason="") if point.reason in shared else point
        yield from _key_point(index, alone, words, look)
    for reason, places in shared.items():
        numbers = "".join(map(look.number, places))
        text = Text(f"{numbers} {visible(reason)}", style=QUIET)
        yield from hang(text, look.width, "", len(INDENT))


def _shared_reasons(points: Sequence[KeyPointResult]) -> dict[str, list[int]]:
    """The reasons that several key points share, with the places of those."""
    places: dict[str, list[int]] = {}
    for index, point in enumerate(points):
        if point.reason:
            places.setdefault(point.reason, []).append(index)
    return {reason: shared for reason, shared in places.items() if len(shared) > 1}


def _key_point(index: int, point: KeyPointResult, words: int, look: Look) -> Iterator[Text]:
    """Number, verdict, bar and title in one line, or title first where the terminal is narrow."""
    style = VERDICT_STYLES[point.verdict]
    number = Text(f"{look.number(index)} ", style=f"bold {style}")
    word = verdict_word(point.verdict, look.say)
    verdict = Text(f"{look.signs.verdicts[point.verdict]} {word}", style=style)
    verdict.append(" " * (words - cell_len(word) + 1))
    verdict.append(look.bar(point.coverage, NARROW_BAR if look.narrow else WIDE_BAR), style=style)
    verdict.append(f"{round(point.coverage * 100):>4}%")
    title = Text(one_line(point.title))
    margin = " " * number.cell_len
    if look.narrow:
        yield from hang(title, look.width, number)
        yield Text(margin) + verdict
    else:
        lead = number + verdict + Text(INDENT)
        margin = " " * lead.cell_len
        yield from hang(title, look.width, lead)
    if point.reason:
        yield from hang(Text(visible(point.reason), style=QUIET), look.width, margin)


def _answer(answer: str, assessment: Assessment, look: Look) -> Iterator[Text]:
    if not answer.strip():
        return
    yield heading(look.say("Your answer"))
    yield from answer_lines(answer, marks_of(answer, assessment, look), look, INDENT)


def _findings(title: str, findings: Iterable[Finding], sign: str, look: Look) -> Iterator[Text]:
    for position, finding in enumerate(findings):
        if position == 0:
            yield heading(title)
        quote = look.say("“{quote}”").format(quote=one_line(finding.quote))
        yield from hang(Text(quote), look.width, f"{INDENT}{sign} ")
        yield from hang(Text(visible(finding.why), style=QUIET), look.width, INDENT * 2)


def _bullets(title: str, texts: Iterable[str], look: Look) -> Iterator[Text]:
    for position, text in enumerate(texts):
        if position == 0:
            yield heading(title)
        yield from hang(Text(visible(text)), look.width, f"{INDENT}{look.signs.bullet} ")


def _notices(assessment: Assessment, look: Look) -> Iterator[Text]:
    for notice in assessment.notices:
        yield from hang(Text(visible(notice), style=QUIET), look.width, look.say("Note: "), 0)
