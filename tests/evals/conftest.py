"""Graders whose grade can be read off the answer, and files of cases."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.domain.assessment import (
    Assessment,
    Evidence,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.question import Bank, KeyPoint, Question
from app.domain.score import band_of, score_verdicts
from app.errors import AnswerTooLong
from app.evals.provenance import provenance_of
from app.evals.questions import QuestionBook
from app.evals.run import RunPlan
from app.grading.grader import Grader, OnVerdict

BANK = Bank(
    "fruit",
    questions=tuple(
        Question(
            f"q{number}",
            f"Which fruit is number {number}?",
            topic="fruit",
            language="en",
            key_points=(KeyPoint("kp1", "apple", "round"), KeyPoint("kp2", "pear", "long")),
        )
        for number in range(1, 7)
    ),
)


class WordGrader:
    """Covers a key point whose title is in the answer; remembers what it was asked.

    "slow" and "refuse" in an answer stand for a model that fails and a defect that raises.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(Mode.SIMILARITY, "words", "none")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        self.asked.append(answer)
        if "too long" in answer:
            raise AnswerTooLong("The answer is too long.", "Shorten it.")
        if "defect" in answer:
            raise ZeroDivisionError("division by zero")
        results = tuple(self._result(point, answer) for point in question.key_points)
        graded = "no model" not in answer
        score = score_verdicts(results)
        return Assessment(
            question_id=question.id,
            status=Status.GRADED if graded else Status.UNGRADED,
            score=score if graded else None,
            band=band_of(score) if graded else None,
            confidence=0.8 if graded else None,
            grader=self.info,
            key_points=results,
            notices=() if graded else ("the model did not answer",),
        )

    def _result(self, point: KeyPoint, answer: str) -> KeyPointResult:
        start = answer.find(point.title)
        if start < 0:
            return KeyPointResult(point.id, point.title, point.weight, Verdict.MISSING, 0.1)
        evidence = Evidence(point.title, start, start + len(point.title))
        return KeyPointResult(point.id, point.title, point.weight, Verdict.COVERED, 0.9, evidence)


@pytest.fixture
def case_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines (objects, or text as it is) to a case file."""

    def write(*lines: Mapping[str, Any] | str, name: str = "cases.jsonl") -> Path:
        path = tmp_path / name
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def plan_for(tmp_path: Path) -> Callable[..., RunPlan]:
    """A plan over case files with the fruit bank, grading by words."""

    def plan(*cases: Path, grader: Grader | None = None, **options: Any) -> RunPlan:
        used = grader or WordGrader()
        return RunPlan(
            cases=cases,
            book=QuestionBook([BANK]),
            make_grader=lambda: used,
            provenance=provenance_of(cases, [BANK], used.info),
            **{"out": tmp_path / "run.json", **options},
        )

    return plan


@pytest.fixture
def word_grader() -> type[WordGrader]:
    return WordGrader
