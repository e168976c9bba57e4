"""A run streams cases into a file, survives what fails, and goes on after an interruption."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.eval.app import run_to_the_end
from app.errors import EvalError
from app.evals.run import RunPlan, run_cases
from app.evals.runfile import RunFile

Write = Callable[..., Path]
Plan = Callable[..., RunPlan]


def case(number: int, answer: str, **fields: Any) -> dict[str, Any]:
    question = f"q{1 + number % 6}"
    return {"id": f"c{number}", "question_id": question, "answer": answer, **fields}


SIX = [
    case(0, "apple and pear", score=10, verdicts=["covered", "covered"], style="expert"),
    case(1, "apple", score=5, verdicts=["covered", "missing"], style="expert"),
    case(2, "苹果", score=4, verdicts=["covered", "missing"], style="plain"),
    case(3, "nothing", score=0, verdicts=["missing", "missing"], style="plain"),
    case(4, "pear", score=5, verdicts=["missing", "covered"], style="plain"),
    case(5, "pear, not apple", score=3, verdicts=["contradicted", "covered"], style="plain"),
]


def run_json(plan: RunPlan) -> dict[str, Any]:
    assert plan.out
    data: dict[str, Any] = json.loads(plan.out.read_text(encoding="utf-8"))
    return data


def test_a_run_s_file_holds_metrics_cases_and_where_they_came_from(
    case_file: Write, plan_for: Plan
) -> None:
    plan = plan_for(case_file(*SIX))
    run_cases(plan)
    data = run_json(plan)
    assert [entry["id"] for entry in data["cases"]] == [line["id"] for line in SIX]
    first = data["cases"][0]
    assert first["assessment"]["score"] == 10.0
    assert first["human"] == {"verdicts": ["covered", "covered"], "score": 10.0, "raters": []}
    assert first["slices"] == {
        "topic": "fruit", "difficulty": "2", "language": "en", "style": "expert", "length": "0-39",
    }  # fmt: skip
    assert data["metrics"]["answers"]["mae"]["value"] == pytest.approx((4 + 7) / 6, abs=1e-4)
    assert data["metrics"]["key_points"]["covered_recall"]["value"] == pytest.approx(
        5 / 6, abs=1e-4
    )
    assert data["metrics"]["slices"]["style"]["expert"]["mae"]["value"] == 0
    assert data["metrics"]["plots"]["confusion"][0] == [5, 0, 1, 0]
    assert data["run"]["case_files"][0]["lines"] == 6
    assert data["run"]["banks"].keys() == {"fruit"}
    assert data["run"]["grader"]["embedder"] == "words"


def test_an_ungraded_case_is_listed_and_stays_out_of_every_average(
    case_file: Write, plan_for: Plan
) -> None:
    failing = [
        case(6, "no model", score=10, verdicts=["covered", "covered"]),
        case(7, "too long", score=10),
        case(8, "defect", score=10),
    ]
    whole, part = plan_for(case_file(*SIX, *failing)), plan_for(case_file(*SIX, name="six.jsonl"))
    with_failures, without = run_cases(whole).figures, run_cases(part).figures
    assert (with_failures["cases"], with_failures["graded"], with_failures["ungraded"]) == (9, 6, 3)
    assert with_failures["answers"] == without["answers"]
    assert with_failures["key_points"] == without["key_points"]


def test_what_failed_is_told_apart_by_its_reason(case_file: Write, plan_for: Plan) -> None:
    plan = plan_for(case_file(case(0, "no model"), case(1, "too long"), case(2, "defect")))
    run_cases(plan)
    assert run_json(plan)["ungraded"] == [
        {"id": "c0", "why": "the model did not answer"},
        {"id": "c1", "why": "The answer is too long. Shorten it."},
        {"id": "c2", "why": "ZeroDivisionError: division by zero"},
    ]


def test_lines_that_are_no_cases_are_listed_and_the_others_graded(
    case_file: Write, plan_for: Plan
) -> None:
    plan = plan_for(case_file("{broken", SIX[0], case(9, "x", question_id="q99")))
    result = run_cases(plan)
    assert result.tally.graded == 1
    assert [item["source"] for item in run_json(plan)["problems"]] == [
        "cases.jsonl:1",
        "cases.jsonl:3",
    ]


def test_a_strict_run_ends_at_the_first_line_that_is_no_case(
    case_file: Write, plan_for: Plan
) -> None:
    with pytest.raises(EvalError, match=r"cases\.jsonl:1"):
        run_cases(plan_for(case_file("{broken", SIX[0]), strict=True))


@pytest.mark.parametrize(
    "lines", [pytest.param([], id="empty file"), pytest.param(["{broken"], id="no usable line")]
)
def test_a_run_over_nothing_is_an_error_and_no_figure(
    case_file: Write, plan_for: Plan, lines: list[str]
) -> None:
    with pytest.raises(EvalError, match="no case to grade"):
        run_cases(plan_for(case_file(*lines)))


class Interrupted(BaseException):
    """Stands for Ctrl-C."""


def stop_after(count: int) -> Callable[[int], None]:
    def hear(done: int) -> None:
        if done == count:
            raise Interrupted

    return hear


def test_an_interrupted_run_goes_on_where_it_was_and_ends_the_same(
    case_file: Write, plan_for: Plan, word_grader: Any
) -> None:
    path = case_file(*SIX)
    with pytest.raises(Interrupted):
        run_cases(plan_for(path), stop_after(4))
    second = word_grader()
    plan = plan_for(path, grader=second)
    result = run_cases(plan)
    assert result.resumed == 4
    assert second.asked == [line["answer"] for line in SIX[4:]]
    resumed = run_json(plan)
    straight = plan_for(path, out=plan.out.with_name("straight.json"))
    run_cases(straight)
    assert resumed["metrics"] == run_json(straight)["metrics"]
    assert [c["id"] for c in resumed["cases"]] == [c["id"] for c in run_json(straight)["cases"]]
    assert not list(plan.out.parent.glob("*.partial.jsonl"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({}, "the same command goes on from here", id="kept"),
        pytest.param({"out": None}, "nothing is kept: a run with --out", id="lost"),
    ],
)
def test_ctrl_c_says_what_becomes_of_the_grades(
    options: dict[str, Any],
    told: str,
    case_file: Write,
    plan_for: Plan,
    word_grader: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Pressed(word_grader):
        async def assess(self, *words: Any) -> Any:
            if len(self.asked) == 3:
                signal.raise_signal(signal.SIGINT)
            return await super().assess(*words)

    plan = plan_for(case_file(*SIX), grader=Pressed(), concurrency=1, **options)
    with pytest.raises(KeyboardInterrupt):
        run_to_the_end(plan, lambda _: None)
    assert told in " ".join(capsys.readouterr().err.split())


def test_what_an_interrupted_run_had_graded_counts_towards_no_rate(
    case_file: Write, plan_for: Plan
) -> None:
    path = case_file(*SIX)
    with pytest.raises(Interrupted):
        run_cases(plan_for(path), stop_after(4))
    told: list[int] = []
    run_cases(plan_for(path), told.append)
    assert told[0] > 4
    assert told[-1] == 6


def test_a_run_that_had_only_to_be_measured_is_told_as_done(
    case_file: Write, plan_for: Plan
) -> None:
    path = case_file(*SIX)
    with pytest.raises(Interrupted):
        run_cases(plan_for(path, concurrency=1), stop_after(6))
    told: list[int] = []
    assert run_cases(plan_for(path), told.append).resumed == 6
    assert told == [6]


def test_a_line_cut_off_by_the_interruption_is_graded_again(
    case_file: Write, plan_for: Plan, word_grader: Any
) -> None:
    path = case_file(*SIX)
    with pytest.raises(Interrupted):
        run_cases(plan_for(path), stop_after(4))
    partial = plan_for(path).out.with_name("run.json.partial.jsonl")
    partial.write_bytes(partial.read_bytes()[:-40])
    second = word_grader()
    result = run_cases(plan_for(path, grader=second))
    assert (result.resumed, len(second.asked)) == (3, 3)
    assert result.tally.graded == 6


def test_ungraded_cases_are_tried_again_on_resuming(
    case_file: Write, plan_for: Plan, word_grader: Any
) -> None:
    path = case_file(case(0, "no model"), *SIX[1:])
    with pytest.raises(Interrupted):
        run_cases(plan_for(path), stop_after(3))
    second = word_grader()
    run_cases(plan_for(path, grader=second))
    assert "no model" in second.asked


def test_an_unfinished_run_over_other_cases_is_not_mixed_in(
    case_file: Write, plan_for: Plan
) -> None:
    with pytest.raises(Interrupted):
        run_cases(plan_for(case_file(*SIX)), stop_after(2))
    other = case_file(*SIX[:3])
    with pytest.raises(EvalError, match="unfinished run") as caught:
        run_cases(plan_for(other))
    assert "--fresh" in caught.value.remedy
    assert run_cases(plan_for(other, fresh=True)).resumed == 0


def test_several_files_make_one_run(case_file: Write, plan_for: Plan) -> None:
    plan = plan_for(case_file(*SIX[:2], name="a.jsonl"), case_file(*SIX[:2], name="b.jsonl"))
    run_cases(plan)
    assert [entry["source"] for entry in run_json(plan)["cases"]] == [
        "a.jsonl:1", "a.jsonl:2", "b.jsonl:1", "b.jsonl:2",
    ]  # fmt: skip


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_cases_stand_in_the_order_of_their_file_at_any_concurrency(
    case_file: Write, plan_for: Plan, concurrency: int
) -> None:
    plan = plan_for(
        case_file(*[case(n, "apple", score=5) for n in range(20)]), concurrency=concurrency
    )
    run_cases(plan)
    assert [entry["id"] for entry in run_json(plan)["cases"]] == [f"c{n}" for n in range(20)]


def test_no_file_is_written_where_none_was_asked_for(
    case_file: Write, plan_for: Plan, tmp_path: Path
) -> None:
    path = case_file(*SIX)
    run_cases(plan_for(path, out=None))
    assert list(tmp_path.glob("*.json*")) == [path]


def test_raters_are_compared_with_mockint_and_with_each_other(
    case_file: Write, plan_for: Plan
) -> None:
    lines = [
        line | {"raters": [{"score": line["score"]}, {"score": 10 - line["score"]}]} for line in SIX
    ]
    figures = run_cases(plan_for(case_file(*lines))).figures["raters"]
    assert figures["count"] == 2
    assert figures["raters_with_each_other"][0]["pearson"]["value"] == -1.0
    with_first, with_second = figures["mockint_with"]
    assert with_first["pearson"]["value"] == pytest.approx(-with_second["pearson"]["value"])
    assert figures["alpha_scores"] < 0


def test_raters_that_come_late_in_a_file_leave_no_gap(case_file: Write, plan_for: Plan) -> None:
    late = SIX[5] | {"raters": [{"score": 3.0, "verdicts": ["covered", "covered"]}]}
    tally = run_cases(plan_for(case_file(*SIX[:5], late), concurrency=1)).tally
    assert tally.rater_scores().shape == (1, 6)
    assert tally.rater_verdicts()[0].tolist() == [-1] * 10 + [0, 0]


def test_an_answer_with_a_lone_surrogate_is_written_as_valid_text(
    case_file: Write, plan_for: Plan
) -> None:
    plan = plan_for(
        case_file('{"id": "a", "question_id": "q1", "answer": "apple \\ud83d"}', SIX[1])
    )
    run_cases(plan)
    entries = run_json(plan)["cases"]
    assert entries[-1]["id"] == "c1"


def test_a_run_s_file_reads_back_case_by_case_in_any_layout(
    case_file: Write, plan_for: Plan
) -> None:
    plan = plan_for(case_file(*SIX))
    run_cases(plan)
    streamed = RunFile(plan.out)
    other = plan.out.with_name("indented.json")
    other.write_text(json.dumps(run_json(plan), indent=2), encoding="utf-8")
    loaded = RunFile(other)
    assert streamed.head == loaded.head
    assert list(streamed.lines()) == list(loaded.lines())


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"cases": 5}'])
def test_a_file_that_is_no_run_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(EvalError, match="not the result of a run"):
        RunFile(path)
