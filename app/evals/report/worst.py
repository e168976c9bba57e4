"""The cases that went most wrong, with their answers marked up."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.evals.lines import Line, row_of
from app.evals.runfile import RunFile

WORST = 24
_LONGEST_ANSWER = 6000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of an answer; `numbers` are the key points whose evidence it belongs to, from 1."""

    text: str
    verdict: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PointRow:
    """One key point of a shown case: what people said and what mockint said."""

    number: int
    title: str
    human: str
    given: str
    coverage: float
    reason: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with its answer marked up; `off` is mockint's score minus the mark."""

    id: str
    question: str
    style: str
    human: float | None
    given: float
    off: float | None
    stretches: tuple[Stretch, ...]
    points: tuple[PointRow, ...]
    raters: tuple[str, ...]


def worst_cases(run: RunFile, limit: int = WORST) -> list[ShownCase]:
    """The graded cases furthest from their marks, the worst first."""
    found: list[tuple[float, int, Line]] = []
    for place, line in enumerate(run.lines()):
        badness = _badness(line)
        if badness > 0:
            entry = (badness, -place, line)
            (heapq.heappush if len(found) < limit else heapq.heappushpop)(found, entry)
    return [_shown(line) for _, _, line in sorted(found, key=lambda entry: entry[:2], reverse=True)]


def _badness(line: Line) -> float:
    """Distance of the scores and, a tenth as heavy, the share of verdicts that differ."""
    row = row_of(line)
    if not row.graded or row.score is None:
        return 0.0
    off = 0.0 if row.human_score is None else abs(row.score - row.human_score)
    if not row.human_verdicts:
        return off
    wrong = sum(a != b for a, b in zip(row.verdicts, row.human_verdicts, strict=True))
    return off + wrong / len(row.human_verdicts)


def _shown(line: Line) -> ShownCase:
    assessment, human = line["assessment"], line["human"]
    marks = human["verdicts"]
    points = tuple(
        PointRow(
            number=place + 1,
            title=point["title"],
            human=marks[place] if marks else "",
            given=point["verdict"],
            coverage=point["coverage"],
            reason=point["reason"],
        )
        for place, point in enumerate(assessment["key_points"])
    )
    score = assessment["score"]
    mark = human["score"]
    return ShownCase(
        id=line["id"],
        question=line["question"],
        style=line["slices"].get("style", ""),
        human=mark,
        given=score,
        off=None if mark is None else score - mark,
        stretches=tuple(stretches(line["answer"][:_LONGEST_ANSWER], assessment["key_points"])),
        points=points,
        raters=tuple(f"{one['score']:g}" for one in human["raters"] if one["score"] is not None),
    )


def stretches(answer: str, points: Sequence[dict[str, Any]]) -> Iterator[Stretch]:
    """The answer cut where evidence begins or ends; spans that overlap share their pieces.

    A piece has the verdict of the first key point that quotes it.
    """
    spans = [
        (point["evidence"]["start"], point["evidence"]["end"], place + 1, point["verdict"])
        for place, point in enumerate(points)
        if point["evidence"] is not None
    ]
    cuts = {0, len(answer)}
    cuts |= {min(edge, len(answer)) for span in spans for edge in span[:2]}
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        inside = [span for span in spans if span[0] <= start and end <= span[1]]
        verdict = inside[0][3] if inside else ""
        yield Stretch(answer[start:end], verdict, tuple(span[2] for span in inside))
