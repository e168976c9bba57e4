"""Reading recorded answers with their human marks, one JSON object a line.

A line that cannot be used is reported with file and line, and the others go on. Fields that
mockint does not know are ignored, so that files made for other tools can be read as they are.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.domain.assessment import Verdict
from app.errors import EvalError, filled

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of one line; more is a broken file, not an answer."""

FULL_SCORE = 10.0

Score = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True)]


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody gave an answer: verdicts in key-point order, a score from 0 to 10, or both."""

    verdicts: tuple[Verdict, ...] | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that a case brings along, so that it needs no bank.

    `key_points` are (title, detail, weight); empty where the reference is all there is.
    """

    text: str
    reference: str = ""
    key_points: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded answer with human marks.

    `source` is `FILE:LINE`. `labels` are what the case says about itself for slicing: style,
    language, topic, difficulty, dataset.
    """

    id: str
    question_id: str
    answer: str
    source: str
    marks: Marks = Marks()
    raters: tuple[Marks, ...] = ()
    own: OwnQuestion | None = None
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """A line that is no case; `source` is `FILE:LINE`."""

    source: str
    what: str


class _Rater(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    verdicts: tuple[Verdict, ...] | None = None
    score: Score | None = None


class _KeyPoint(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    title: Text = ""
    detail: Text = ""
    weight: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] = 1.0


class _CaseLine(BaseModel):
    """One line as it stands in a file.

    A line with `score_max` comes from a public set: its scores are shares from 0 to 1 (`score`)
    and marks up to `score_max` (`scores_raw`, one a rater), and are stretched to 0 to 10.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Text | int | None = None
    answer_id: Text | int | None = None
    question_id: Text | int = ""
    answer: Text
    verdicts: tuple[Verdict, ...] | None = None
    score: Score | None = None
    score_max: Score | None = None
    scores_raw: tuple[Score, ...] = ()
    raters: tuple[_Rater, ...] = ()
    question: Text | None = None
    reference: Text = ""
    key_points: tuple[_KeyPoint, ...] = ()
    style: Text = ""
    language: Text = ""
    topic: Text = ""
    difficulty: Text | int | None = None
    dataset: Text = ""

    @field_validator("key_points", mode="before")
    @classmethod
    def _plain_points(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return [{"title": item} if isinstance(item, str) else item for item in value]


def read_cases(paths: Iterable[Path]) -> Iterator[Case | CaseProblem]:
    """All cases of several files, in order, one at a time; raises EvalError for a missing file.

    An id that its file has used before is a problem: two results could not be told apart.
    """
    for path in paths:
        seen = _SeenIds()
        for number, line in _lines(path):
            entry = _read_line(line, path, number)
            if isinstance(entry, Case) and not seen.add(entry.id):
                entry = CaseProblem(entry.source, f"the id {entry.id!r} was used before")
            yield entry


class _SeenIds:
    """The ids of a file by their hashes, eight bytes each; a set would take ten times as much."""

    _MOST_LOOSE = 4096

    def __init__(self) -> None:
        self._sorted = np.empty(0, dtype=np.int64)
        self._loose: set[int] = set()

    def add(self, name: str) -> bool:
        """Whether the id is new."""
        mark = hash(name)
        place = int(np.searchsorted(self._sorted, mark))
        if mark in self._loose or (place < len(self._sorted) and int(self._sorted[place]) == mark):
            return False
        self._loose.add(mark)
        if len(self._loose) == self._MOST_LOOSE:
            loose = np.fromiter(self._loose, np.int64, len(self._loose))
            self._sorted = np.sort(np.concatenate([self._sorted, loose]))
            self._loose.clear()
        return True


def stamp(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) of a case file's lines, and how many there are; raises EvalError."""
    digest, count = hashlib.sha256(), 0
    for _, line in _lines(path):
        digest.update(line)
        count += 1
    return digest.hexdigest(), count


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if text.strip():
                    yield number, text
                while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE + 1)
    except OSError as error:
        raise EvalError(
            filled(
                "The case file {path!r} cannot be read: {reason}.",
                path=str(path),
                reason=error.strerror,
            ),
            "Give the path of a JSON Lines file; evals/README.md shows a line.",
        ) from error


def _read_line(line: bytes, path: Path, number: int) -> Case | CaseProblem:
    source = f"{path.name}:{number}"
    if len(line) > LONGEST_LINE:
        return CaseProblem(source, f"the line is longer than {LONGEST_LINE} bytes")
    try:
        return _case(_CaseLine.model_validate_json(line), source)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return CaseProblem(source, f"{where}: {first['msg']}" if where else first["msg"])
    except ValueError as error:
        return CaseProblem(source, str(error))


def _case(line: _CaseLine, source: str) -> Case:
    name = line.id if line.id is not None else line.answer_id
    own = _own_question(line)
    if not own and line.question_id == "":
        raise ValueError("question_id or question is missing")
    labels = {
        "style": line.style,
        "language": line.language,
        "topic": line.topic,
        "difficulty": "" if line.difficulty is None else str(line.difficulty),
        "dataset": line.dataset,
    }
    return Case(
        id=str(name) if name not in (None, "") else source,
        question_id=str(line.question_id),
        answer=line.answer,
        source=source,
        marks=Marks(line.verdicts, _score(line.score, _stretch(line))),
        raters=_raters(line),
        own=own,
        labels=tuple((key, value) for key, value in labels.items() if value),
    )


def _own_question(line: _CaseLine) -> OwnQuestion | None:
    if line.question is None or not line.question.strip():
        return None
    points = tuple((point.title, point.detail, point.weight) for point in line.key_points)
    if any(not (title or detail).strip() for title, detail, _ in points):
        raise ValueError("key_points: a key point needs a title or a detail")
    if not points and not line.reference.strip():
        raise ValueError("a case with its own question needs key_points or a reference")
    return OwnQuestion(line.question, line.reference, points)


def _stretch(line: _CaseLine) -> float:
    return 1.0 if line.score_max is None else FULL_SCORE


def _score(score: float | None, stretch: float) -> float | None:
    if score is None:
        return None
    if not 0 <= score * stretch <= FULL_SCORE:
        raise ValueError(f"score: {score} is not between 0 and {FULL_SCORE / stretch:g}")
    return score * stretch


def _raters(line: _CaseLine) -> tuple[Marks, ...]:
    if line.scores_raw and line.score_max:
        stretch = FULL_SCORE / line.score_max
        return tuple(Marks(None, _score(score, stretch)) for score in line.scores_raw)
    return tuple(
        Marks(rater.verdicts, _score(rater.score, _stretch(line))) for rater in line.raters
    )
