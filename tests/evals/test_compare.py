"""Two runs over the same cases are told apart case by case, or it is said why they cannot be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from app.domain.assessment import Assessment, GraderInfo, Mode
from app.domain.question import Question
from app.errors import EvalError
from app.evals.compare import Comparison, compare_runs
from app.evals.paired import Difference
from app.evals.run import RunPlan, run_cases
from app.evals.runfile import RunFile
from app.grading.grader import OnVerdict

Write = Callable[..., Path]
Plan = Callable[..., RunPlan]

ANSWERS = ("apple pear", "apple", "pear", "nothing", "Apple Pear", "APPLE")
MARKS = ((2, 2), (2, 0), (0, 2), (0, 0), (2, 2), (2, 0))


def cases() -> list[dict[str, Any]]:
    """36 answers to six questions; capitals are right to people and missed by a careless grader."""
    lines = []
    for number in range(36):
        marks = MARKS[number % 6]
        lines.append(
            {
                "id": f"c{number}",
                "question_id": f"q{1 + number // 6}",
                "answer": ANSWERS[number % 6],
                "verdicts": ["covered" if mark else "missing" for mark in marks],
                "score": 2.5 * sum(marks),
            }
        )
    return lines


class Careful:
    """Reads capitals too; hands the rest to the grader by words."""

    def __init__(self, words: Any) -> None:
        self._words = words

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(Mode.SIMILARITY, "careful words", "none")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        return await self._words.assess(question, answer.lower(), on_verdict)


@pytest.fixture
def runs(case_file: Write, plan_for: Plan, word_grader: Any, tmp_path: Path) -> tuple[RunFile, ...]:
    path = case_file(*cases())
    careless, careful = tmp_path / "careless.json", tmp_path / "careful.json"
    run_cases(plan_for(path, out=careless))
    run_cases(plan_for(path, grader=Careful(word_grader()), out=careful))
    return RunFile(careless), RunFile(careful)


def by_name(comparison: Comparison) -> dict[str, Difference]:
    return {item.name: item for item in comparison.differences}


def test_a_better_grader_is_seen_to_be_better_with_an_interval_off_zero(
    runs: tuple[RunFile, RunFile],
) -> None:
    differences = by_name(compare_runs(*runs))
    assert differences["mae"].verdict == "better"
    assert differences["mae"].after == 0
    assert differences["mae"].change.value == pytest.approx(-2.5)
    assert differences["macro_f1"].verdict == "better"
    assert differences["false_blame"].verdict == "better"
    backwards = by_name(compare_runs(*reversed(runs)))
    assert backwards["mae"].verdict == "worse"
    assert backwards["kappa"].verdict == "worse"


def test_measures_of_both_runs_are_those_that_the_runs_print(
    runs: tuple[RunFile, RunFile],
) -> None:
    for item in compare_runs(*runs).differences:
        for run, value in zip(runs, (item.before, item.after), strict=True):
            groups = run.head["metrics"]["answers"] | run.head["metrics"]["key_points"]
            assert value == pytest.approx(groups[item.name]["value"], abs=1e-4), item.name


def test_a_run_against_itself_differs_nowhere(runs: tuple[RunFile, RunFile]) -> None:
    comparison = compare_runs(runs[0], runs[0])
    assert {item.verdict for item in comparison.differences} == {"same"}
    assert {item.change.value for item in comparison.differences} == {0.0}
    assert comparison.moved == []
    assert not [note for note in comparison.notes if "→" in note]


def test_cases_that_moved_most_come_first_side_by_side(runs: tuple[RunFile, RunFile]) -> None:
    comparison = compare_runs(*runs)
    assert comparison.both == 36
    assert [case.by for case in comparison.moved] == [10.0] * 6 + [5.0] * 6
    first = comparison.moved[0]
    assert first.before["answer"] == first.after["answer"] == "Apple Pear"
    assert first.after["assessment"]["score"] - first.before["assessment"]["score"] == first.by


def test_what_else_differs_between_the_runs_is_noted(runs: tuple[RunFile, RunFile]) -> None:
    assert "embedder: words → careful words" in compare_runs(*runs).notes


def test_pairing_makes_the_interval_of_a_difference_narrow(
    runs: tuple[RunFile, RunFile],
) -> None:
    change = by_name(compare_runs(*runs))["pearson"].change
    assert change.low is not None
    assert change.low <= change.value <= change.high
    assert change.high - change.low < 0.2
    scores = [[line["assessment"]["score"] for line in run.lines()] for run in runs]
    human = [line["human"]["score"] for line in runs[0].lines()]
    first, second = (stats.pearsonr(human, side).statistic for side in scores)
    assert change.value == pytest.approx(second - first)


def test_runs_over_other_cases_cannot_be_compared(
    runs: tuple[RunFile, RunFile], case_file: Write, plan_for: Plan, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    run_cases(plan_for(case_file(*cases()[:5], name="few.jsonl"), out=other))
    with pytest.raises(EvalError, match=r"different case files .cases.jsonl against few.jsonl."):
        compare_runs(runs[0], RunFile(other))


def test_a_run_without_provenance_cannot_be_compared(
    runs: tuple[RunFile, RunFile], tmp_path: Path
) -> None:
    path = tmp_path / "bare.json"
    path.write_text('{"cases": []}')
    with pytest.raises(EvalError, match="does not say what it was made from"):
        compare_runs(runs[0], RunFile(path))
