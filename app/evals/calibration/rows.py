"""What a calibration is fitted on: every key point of every marked answer, measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.embedding.terms import TermSource
from app.embedding.vectors import unit_rows
from app.errors import EvalError, filled
from app.evals.cases import CaseProblem, read_cases
from app.evals.contrast import read_contrast
from app.evals.figures import Codes, Floats, library
from app.evals.metrics import codes_of
from app.evals.questions import QuestionBook
from app.grading.clauses import split_clauses, windows
from app.grading.guard import guard_answer
from app.grading.similarity.features import (
    MATCH_FEATURES,
    WIDEST_WINDOW,
    FeatureReader,
    claim_of,
    common_directions,
)
from app.grading.similarity.polarity import POLARITY_FEATURES
from app.index.in_memory import InMemoryIndex

NO_CAP = 10.0


@dataclass(frozen=True, slots=True)
class CalibrationInputs:
    """Marked answers by short name of their file, the contrast set, and the banks they refer to."""

    cases: Mapping[str, Path]
    contrast: Path
    banks: tuple[Bank, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One row a key point, shape (rows,) unless said otherwise.

    `source` is the file's short name (`contrast-zh`, `contrast-en` for the contrast set), `group`
    what must not be split between folds, `answer` a number for the answer, `mark` a verdict code.
    `cap` is the guard's limit on the score, `seen` whether content was looked at, `elsewhere` as
    the feature reader gives it. `score` is
    the human mark from 0 to 10 or NaN. `tfidf` and `cosine` are the two floors. `match` and
    `polarity` have shape (rows, features); `reference`, the same on each row of an answer, too.
    `listing` is how much of a list the reference is.
    """

    source: NDArray[np.str_]
    group: NDArray[np.str_]
    answer: Codes
    mark: Codes
    weight: Floats
    score: Floats
    cap: Floats
    seen: NDArray[np.bool_]
    elsewhere: Floats
    tfidf: Floats
    cosine: Floats
    match: Floats
    polarity: Floats
    reference: Floats
    listing: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Rows":
        """The rows that `keep` marks."""
        return Rows(*(getattr(self, item.name)[keep] for item in fields(self)))

    def __len__(self) -> int:
        return len(self.mark)


@dataclass(frozen=True, slots=True)
class _Marked:
    source: str
    group: str
    question: Question
    answer: str
    marks: Codes
    score: float


@dataclass(slots=True)
class _Columns:
    """The columns of `Rows`, still growing."""

    plain: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, **values: Any) -> None:
        for name, value in values.items():
            self.plain.setdefault(name, []).append(value)

    def rows(self) -> Rows:
        columns = (np.concatenate(self.plain[item.name]) for item in fields(Rows))
        return Rows(*columns)


def measure_rows(
    inputs: CalibrationInputs, embedder: Embedder, terms: TermSource, *, own_space: bool
) -> tuple[Rows, Vectors]:
    """All rows, and the shared directions of the word vectors that they were measured with.

    `own_space` says that the embedder's vectors share these directions. Raises EvalError for
    files or marks that cannot be used.
    """
    index = InMemoryIndex(embedder)
    for bank in inputs.banks:
        index.sync(bank)
    directions = shared_directions(inputs.banks, terms)
    reader = FeatureReader(index, embedder, terms, directions, own_space=own_space)
    floors = _Floors(inputs.banks, embedder)
    columns = _Columns()
    for number, marked in enumerate(_all_marked(inputs)):
        size = len(marked.marks)
        guard = guard_answer(marked.answer, marked.question, terms)
        features = reader.read(marked.question, marked.answer)
        seen = features is not None and (guard is None or guard.has_content)
        tfidf, cosine = floors.of(marked.question, marked.answer)
        columns.add(
            source=np.full(size, marked.source),
            group=np.full(size, marked.group),
            answer=np.full(size, number),
            mark=marked.marks,
            weight=np.array([point.weight for point in marked.question.key_points]),
            score=np.full(size, marked.score),
            cap=np.full(size, guard.cap if guard else NO_CAP),
            seen=np.full(size, seen),
            elsewhere=np.full(
                size, reader.elsewhere(marked.question, features) if features else 0.0
            ),
            tfidf=tfidf,
            cosine=cosine,
            match=features.match if features else np.zeros((size, len(MATCH_FEATURES))),
            polarity=features.polarity if features else np.zeros((size, len(POLARITY_FEATURES))),
            reference=np.tile(
                features.reference if features else np.zeros(len(MATCH_FEATURES)), (size, 1)
            ),
            listing=np.full(size, features.listing if features else 0.0),
        )
    return columns.rows(), directions


def shared_directions(banks: Sequence[Bank], terms: TermSource) -> Vectors:
    """Directions that all claims and questions of the banks have in common, orthonormal rows."""
    texts = [
        text
        for bank in banks
        for question in bank.questions
        for text in (question.text, *map(claim_of, question.key_points))
    ]
    sums = np.array([terms.terms(text).vectors.sum(axis=0) for text in texts])
    return common_directions(unit_rows(sums)).round(5)


def _all_marked(inputs: CalibrationInputs) -> Iterator[_Marked]:
    book = QuestionBook(inputs.banks)
    for name, path in inputs.cases.items():
        for case in read_cases([path]):
            if isinstance(case, CaseProblem):
                raise _unusable(case)
            found = book.question_of(case)
            if isinstance(found, CaseProblem):
                raise _unusable(found)
            if case.marks.verdicts is None or case.marks.score is None:
                raise EvalError(
                    filled(
                        "{source}: a calibration needs verdicts and a score.", source=case.source
                    ),
                    "Leave out files without both.",
                )
            group = f"bank:{found.variants or found.id}"
            marks = codes_of(case.marks.verdicts)
            yield _Marked(name, group, found, case.answer, marks, case.marks.score)
    for item in read_contrast(inputs.contrast):
        for code, text in item.sentences():
            group = f"contrast:{item.id}"
            source = f"contrast-{item.lang}"
            yield _Marked(source, group, item.as_question(), text, np.array([code]), np.nan)


def _unusable(problem: CaseProblem) -> EvalError:
    return EvalError(
        filled("{source}: {what}.", source=problem.source, what=problem.what),
        "Correct the line, or name the bank that has the question with --bank.",
    )


class _Floors:
    """What anybody gets without thinking: character TF-IDF of clauses, cosine of whole answers."""

    def __init__(self, banks: Sequence[Bank], embedder: Embedder) -> None:
        vectorizer = library("sklearn.feature_extraction.text").TfidfVectorizer
        self._tfidf = vectorizer(analyzer="char", ngram_range=(1, 2))
        self._tfidf.fit(
            [
                text
                for bank in banks
                for question in bank.questions
                for text in (question.text, *(point.statement for point in question.key_points))
            ]
        )
        self._embedder = embedder

    def of(self, question: Question, answer: str) -> tuple[Floats, Floats]:
        """Both floors for each key point: best window by TF-IDF, and whole answer by cosine."""
        points = [point.statement for point in question.key_points]
        clauses = split_clauses(answer)
        pieces = [
            answer[clauses[first].start : clauses[stop - 1].end]
            for first, stop in windows(clauses, WIDEST_WINDOW)
        ] or [answer]
        near = self._tfidf.transform(points) @ self._tfidf.transform(pieces).T
        vectors = self._embedder.embed([answer, *points]).astype(np.float64)
        return near.toarray().max(axis=1), vectors[1:] @ vectors[0]
