"""The candidate's own answer with the quotes that earned or cost points marked in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from app.cli.screen.palette import ACCENT, FAILURE, VERDICT_STYLES, Look
from app.cli.screen.plain import visible
from app.domain.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the answer; `sign` leads to the key point or finding it belongs to."""

    start: int
    end: int
    sign: str
    style: str


def marks_of(answer: str, assessment: Assessment, look: Look) -> list[Mark]:
    """Every quote of the assessment that stands in the answer, in order of appearance."""
    return sorted(_marks(answer, assessment, look), key=lambda mark: mark.start)


def _marks(answer: str, assessment: Assessment, look: Look) -> Iterator[Mark]:
    for index, point in enumerate(assessment.key_points):
        evidence = point.evidence
        if evidence is not None and 0 <= evidence.start < evidence.end <= len(answer):
            style = VERDICT_STYLES[point.verdict]
            yield Mark(evidence.start, evidence.end, look.number(index), style)
    groups = (
        (assessment.errors, look.signs.wrong, FAILURE),
        (assessment.beyond, look.signs.beyond, ACCENT),
    )
    for findings, sign, style in groups:
        for finding in findings:
            start = answer.find(finding.quote) if finding.quote else -1
            if start >= 0:
                yield Mark(start, start + len(finding.quote), sign, style)


def highlighted(answer: str, marks: list[Mark], look: Look) -> Text:
    """The answer with each quote underlined and its sign before it.

    Where the terminal shows no underline, the quote stands in brackets. Quotes may overlap: a
    sign stands where its quote starts, and what follows carries the style of the innermost.
    """
    plain = visible(answer)
    edges = sorted({0, len(plain), *(edge for mark in marks for edge in (mark.start, mark.end))})
    text = Text()
    for start, end in zip(edges, [*edges[1:], None], strict=True):
        if not look.attributes:
            text.append("]" * sum(mark.end == start for mark in marks))
        for mark in marks:
            if mark.start == start:
                text.append(mark.sign, style=f"bold {mark.style}")
                text.append("" if look.attributes else "[")
        if end is not None:
            text.append(plain[start:end], style=_style(start, marks))
    return text


def _style(position: int, marks: list[Mark]) -> str:
    """The style of the shortest quote around `position`."""
    around = [mark for mark in marks if mark.start <= position < mark.end]
    if not around:
        return ""
    innermost = min(around, key=lambda mark: mark.end - mark.start)
    return f"underline {innermost.style}"
