"""What similarity finds hardest: words that name a key point and say something else about it.

Each item is one key point with sentences that cover it, touch it, contradict it or speak of
something nearby. A grader is asked about each sentence alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain.assessment import Status
from app.domain.question import KeyPoint, Question
from app.errors import EvalError, filled
from app.evals.figures import Codes, Figure, Floats
from app.evals.metrics import CONTRADICTED, COVERED, MISSING, PARTIAL, VERDICTS, auc
from app.evals.moments import ratio
from app.evals.resample import DRAWS, SEED, Resamples
from app.grading.grader import Grader

NEGATION = re.compile(
    r"[不没无非未别勿莫否]|\b(?:not?|never|none|without|cannot|neither|nor)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Words that deny. A contradiction without one reverses the claim itself."""


class _Point(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    detail: str = ""


class ContrastItem(BaseModel):
    """One key point and what candidates might say near it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    lang: Literal["zh", "en"]
    question: str
    key_point: _Point
    covered: tuple[str, ...]
    partial: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()

    def as_question(self) -> Question:
        """A question with this one key point."""
        point = KeyPoint("kp1", self.key_point.title, self.key_point.detail)
        return Question(self.id, self.question, language=self.lang, key_points=(point,))

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Each sentence with the code of the verdict that it deserves."""
        for code, texts in (
            (COVERED, self.covered),
            (PARTIAL, self.partial),
            (CONTRADICTED, self.contradicted),
            (MISSING, self.unrelated),
        ):
            yield from ((code, text) for text in texts)


@dataclass(slots=True)
class ContrastRows:
    """One row a sentence; `given` is a verdict code, or -1 where the grader gave no grade."""

    groups: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    coverage: list[float] = field(default_factory=list)


def read_contrast(path: Path) -> tuple[ContrastItem, ...]:
    """All items of a file; raises EvalError with file and line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise EvalError(
            filled(
                "The contrast set {path!r} cannot be read: {reason}.",
                path=str(path),
                reason=error.strerror,
            ),
            "evals/README.md says where it belongs.",
        ) from error
    items = []
    for number, line in enumerate(lines, 1):
        try:
            items.append(ContrastItem.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise EvalError(
                filled(
                    "{name}:{number}: {where}: {problem}.",
                    name=path.name,
                    number=number,
                    where=first["loc"],
                    problem=first["msg"],
                ),
                "Correct the line; evals/README.md shows one.",
            ) from error
    return tuple(items)


async def grade_contrast(items: Sequence[ContrastItem], grader: Grader) -> ContrastRows:
    """Grade every sentence alone against its key point."""
    rows = ContrastRows()
    for item in items:
        question = item.as_question()
        for mark, text in item.sentences():
            assessment = await grader.assess(question, text)
            graded = assessment.status is Status.GRADED
            (point,) = assessment.key_points
            rows.groups.append(item.id)
            rows.languages.append(item.lang)
            rows.texts.append(text)
            rows.marks.append(mark)
            rows.given.append(VERDICTS.index(point.verdict) if graded else -1)
            rows.coverage.append(point.coverage if graded else np.nan)
    return rows


def contrast_figures(
    rows: ContrastRows, *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, dict[str, Figure]]:
    """By language, what `_language_figures` measures; intervals by key point."""
    languages = np.array(rows.languages)
    return {
        str(language): _language_figures(rows, np.flatnonzero(languages == language), draws, seed)
        for language in np.unique(languages)
    }


def _language_figures(rows: ContrastRows, keep: Codes, draws: int, seed: int) -> dict[str, Figure]:
    """Chances that a covering sentence has more coverage than another, and wrong credit.

    `unrelated`, `partial` and `contradicted` compare over all key points; `negation` and
    `reversal` split the contradictions by whether they hold a word that denies. `own_point`
    compares sentences of the same key point only. `credit` is the share of contradictions that
    were called covered, `seen` the share called contradicted.
    """
    groups = np.array(rows.groups)[keep]
    marks, given = np.array(rows.marks)[keep], np.array(rows.given)[keep]
    coverage = np.array(rows.coverage)[keep]
    denies = np.array([bool(NEGATION.search(rows.texts[row])) for row in keep])

    def against(negative: int, only: NDArray[np.bool_] | None = None) -> Figure:
        chosen = marks == negative if only is None else (marks == negative) & only
        used = (marks == COVERED) | chosen
        return auc(marks[used], coverage[used], groups[used], negative, draws=draws, seed=seed)

    wrong = marks == CONTRADICTED
    graded = given >= 0
    sample = Resamples(groups, draws, seed)
    return {
        "unrelated": against(MISSING),
        "partial": against(PARTIAL),
        "contradicted": against(CONTRADICTED),
        "negation": against(CONTRADICTED, denies),
        "reversal": against(CONTRADICTED, ~denies),
        "own_point": _within_points(marks, coverage, groups, draws, seed),
        "credit": ratio(wrong & (given == COVERED), wrong & graded, sample),
        "seen": ratio(wrong & (given == CONTRADICTED), wrong & graded, sample),
        "covered_recall": ratio(
            (marks == COVERED) & (given == COVERED), (marks == COVERED) & graded, sample
        ),
    }


def _within_points(
    marks: Codes, coverage: Floats, groups: NDArray[np.str_], draws: int, seed: int
) -> Figure:
    """Share of pairs of one key point, covered and contradicted, that coverage tells apart."""
    labels, wins, pairs = [], [], []
    for group in np.unique(groups):
        own = (groups == group) & np.isfinite(coverage)
        up = coverage[own & (marks == COVERED)][:, None]
        down = coverage[own & (marks == CONTRADICTED)][None, :]
        labels.append(group)
        wins.append(float((up > down).sum() + (up == down).sum() / 2))
        pairs.append(float(up.size * down.size))
    return ratio(wins, pairs, Resamples(labels, draws, seed))
