"""The candidate's words cut where something was judged, for pages that mark them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.assessment import Assessment, Finding, KeyPointResult


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of an answer.

    `kind` is the verdict of the first key point that quotes it, `error` or `beyond` for a
    finding, "" for words that nothing was said about. `starts` are the signs of the quotes that
    begin here: the number of the key point, from 1, or `error` or `beyond`. `inside` are the signs
    of all quotes that the piece is part of.
    """

    text: str
    kind: str = ""
    starts: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def stretches(answer: str, assessment: Assessment | None) -> tuple[Stretch, ...]:
    """The whole answer in pieces; joined they are the answer."""
    if assessment is None:
        return (Stretch(answer),)
    return cut(answer, assessment.key_points, assessment.errors, assessment.beyond)


def cut(
    answer: str,
    points: Sequence[KeyPointResult],
    errors: Sequence[Finding] = (),
    beyond: Sequence[Finding] = (),
) -> tuple[Stretch, ...]:
    """As `stretches`, from verdicts and findings; key points are numbered as they come."""
    found = (("error", errors), ("beyond", beyond))
    spans = sorted((*_quoted(answer, points), *_found(answer, found)))
    edges = sorted({0, len(answer), *(edge for span in spans for edge in span[:2])})
    return tuple(_pieces(answer, edges, spans)) or (Stretch(answer),)


Span = tuple[int, int, str, str]


def _pieces(answer: str, edges: list[int], spans: list[Span]) -> Iterator[Stretch]:
    for start, end in pairwise(edges):
        inside = [span for span in spans if span[0] <= start and end <= span[1]]
        kind = min(inside, key=lambda span: span[1] - span[0])[2] if inside else ""
        starts = tuple(span[3] for span in spans if span[0] == start)
        yield Stretch(answer[start:end], kind, starts, tuple(span[3] for span in inside))


def _quoted(answer: str, points: Sequence[KeyPointResult]) -> Iterator[Span]:
    """Start, end, kind and sign of every quote that stands in the answer."""
    for number, point in enumerate(points, start=1):
        evidence = point.evidence
        if evidence is not None and 0 <= evidence.start < evidence.end <= len(answer):
            yield evidence.start, evidence.end, point.verdict.value, str(number)


def _found(answer: str, groups: Iterable[tuple[str, Sequence[Finding]]]) -> Iterator[Span]:
    for kind, findings in groups:
        for finding in findings:
            start = answer.find(finding.quote) if finding.quote else -1
            if start >= 0:
                yield start, start + len(finding.quote), kind, kind
