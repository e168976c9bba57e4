"""One graded case as it stands in a run's file, and the few numbers that measuring keeps of it."""

import json
from dataclasses import dataclass
from typing import Any

from app.domain.assessment import Assessment, Status
from app.domain.question import Question
from app.evals.cases import Case, Marks
from app.evals.metrics import VERDICTS
from app.language.detect import HAN, LATIN_WORD

CODES = {str(verdict): code for code, verdict in enumerate(VERDICTS)}

LENGTH_BOUNDS = (40, 120, 300)
"""Where the slices by length begin and end, in Han characters and Latin words."""

SLICES = ("style", "language", "length", "topic", "difficulty", "dataset")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuoteCounts:
    """Of one answer: verdicts that need a quote, quotes, verbatim ones, ones that support it."""

    needed: int = 0
    given: int = 0
    verbatim: int = 0
    supported: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What measuring keeps of a case.

    `group` names its question; variants of a question share it. Verdicts are codes; `raters`
    holds for each rater a score (or None) and verdict codes (or None). `length` is in Han
    characters and Latin words.
    """

    id: str
    group: str
    length: int
    slices: dict[str, str]
    graded: bool
    failure: str
    score: float | None
    confidence: float | None
    verdicts: tuple[int, ...]
    coverage: tuple[float, ...]
    human_score: float | None
    human_verdicts: tuple[int, ...] | None
    raters: tuple[tuple[float | None, tuple[int, ...] | None], ...]
    quotes: QuoteCounts


def length_of(text: str) -> int:
    """Han characters and Latin words, so that both languages share one scale."""
    return len(HAN.findall(text)) + len(LATIN_WORD.findall(text))


def line_of(case: Case, question: Question, assessment: Assessment, seconds: float) -> Line:
    """The JSON-ready line of a graded case."""
    labels = {
        "topic": question.topic,
        "difficulty": str(question.difficulty) if case.own is None else "",
        "language": question.language,
        **dict(case.labels),
        "length": _length_label(length_of(case.answer)),
    }
    return {
        "id": case.id,
        "source": case.source,
        "question_id": question.id,
        "group": question.variants or question.id,
        "question": question.text,
        "answer": case.answer,
        "human": {
            **_marks_json(case.marks),
            "raters": [_marks_json(rater) for rater in case.raters],
        },
        "slices": {key: value for key, value in labels.items() if value},
        "seconds": round(seconds, 4),
        "assessment": assessment.as_json(),
    }


def encode(line: Line) -> bytes:
    """The line as UTF-8 JSON with its line end; lone surrogates become question marks."""
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode(errors="replace") + b"\n"


def row_of(line: Line) -> CaseRow:
    """What measuring keeps of a line; KeyError, TypeError or ValueError for another shape."""
    assessment, human = line["assessment"], line["human"]
    graded = assessment["status"] == Status.GRADED
    points = assessment["key_points"]
    verdicts = tuple(CODES[point["verdict"]] for point in points)
    marks = _codes(human["verdicts"])
    notices = assessment.get("notices") or ["no reason given"]
    return CaseRow(
        id=line["id"],
        group=line["group"],
        length=length_of(line["answer"]),
        slices=line["slices"],
        graded=graded,
        failure="" if graded else notices[0],
        score=assessment["score"],
        confidence=assessment["confidence"],
        verdicts=verdicts,
        coverage=tuple(point["coverage"] for point in points),
        human_score=human["score"],
        human_verdicts=marks,
        raters=tuple((rater["score"], _codes(rater["verdicts"])) for rater in human["raters"]),
        quotes=_quote_counts(line["answer"], points, verdicts, marks),
    )


def _quote_counts(
    answer: str,
    points: list[dict[str, Any]],
    verdicts: tuple[int, ...],
    marks: tuple[int, ...] | None,
) -> QuoteCounts:
    """A quote supports `covered` and `partial` where people saw either, and `contradicted` where
    people saw a contradiction."""
    needed = given = verbatim = supported = 0
    for place, (point, verdict) in enumerate(zip(points, verdicts, strict=True)):
        needed += verdict != CODES["missing"]
        evidence = point["evidence"]
        if evidence is None:
            continue
        given += 1
        real = bool(evidence["quote"]) and (
            answer[evidence["start"] : evidence["end"]] == evidence["quote"]
        )
        verbatim += real
        if marks is not None and real:
            supported += _agrees(verdict, marks[place])
    return QuoteCounts(needed, given, verbatim, supported, given if marks is not None else 0)


def _agrees(verdict: int, mark: int) -> bool:
    if verdict == CODES["contradicted"]:
        return mark == verdict
    return mark in (CODES["covered"], CODES["partial"])


def _length_label(length: int) -> str:
    edges = (0, *LENGTH_BOUNDS)
    low = max(edge for edge in edges if edge <= length)
    place = edges.index(low)
    return f"{low}-{edges[place + 1] - 1}" if place + 1 < len(edges) else f"{low}+"


def _marks_json(marks: Marks) -> dict[str, Any]:
    verdicts = None if marks.verdicts is None else [str(verdict) for verdict in marks.verdicts]
    return {"verdicts": verdicts, "score": marks.score}


def _codes(verdicts: list[str] | None) -> tuple[int, ...] | None:
    return None if verdicts is None else tuple(CODES[verdict] for verdict in verdicts)
