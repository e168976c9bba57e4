"""What a case line may hold, and what a broken one says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.assessment import Verdict
from app.domain.question import Bank, KeyPoint, Question
from app.errors import EvalError
from app.evals.cases import LONGEST_LINE, Case, CaseProblem, Marks, read_cases, stamp
from app.evals.questions import QuestionBook

Write = Callable[..., Path]

ASAG_LINE = {
    "dataset": "khan_saq",
    "question_id": "ELA-1",
    "question": "What is the meaning of deleterious?",
    "reference": "Harmful. Damaging to a person or thing.",
    "criteria": "must be an adjective",
    "answer": "harmful",
    "answer_id": 7,
    "score": 1.0,
    "scores_raw": [1, 0, 1],
    "score_max": 1,
}


def only(path: Path) -> Case | CaseProblem:
    (entry,) = read_cases([path])
    return entry


def test_a_case_line_of_the_contract_is_read(case_file: Write) -> None:
    case = only(
        case_file(
            {"id": "a", "question_id": "q1", "answer": "梨", "verdicts": ["covered", "missing"],
             "score": 6, "raters": [{"score": 5.5, "verdicts": ["covered", "partial"]}],
             "style": "expert", "trap": "ignored"}
        )
    )  # fmt: skip
    assert case == Case(
        "a",
        "q1",
        "梨",
        "cases.jsonl:1",
        Marks((Verdict.COVERED, Verdict.MISSING), 6.0),
        (Marks((Verdict.COVERED, Verdict.PARTIAL), 5.5),),
        labels=(("style", "expert"),),
    )


def test_a_line_of_a_public_set_has_its_shares_stretched_to_ten(case_file: Write) -> None:
    case = only(case_file(ASAG_LINE))
    assert isinstance(case, Case)
    assert case.id == "7"
    assert case.marks == Marks(None, 10.0)
    assert [rater.score for rater in case.raters] == [10.0, 0.0, 10.0]
    assert dict(case.labels) == {"dataset": "khan_saq"}


def test_the_sentences_of_a_reference_become_key_points(case_file: Write) -> None:
    case = only(case_file(ASAG_LINE))
    assert isinstance(case, Case)
    question = QuestionBook().question_of(case)
    assert isinstance(question, Question)
    assert [point.statement for point in question.key_points] == [
        "Harmful",
        "Damaging to a person or thing",
    ]
    assert question.language == "en"


def test_own_key_points_may_be_plain_texts_or_objects(case_file: Write) -> None:
    points = ["apple", {"title": "pear", "detail": "long", "weight": 2}, {"detail": "no title"}]
    case = only(case_file({"id": "a", "question": "Fruit?", "answer": "x", "key_points": points}))
    assert isinstance(case, Case)
    question = QuestionBook().question_of(case)
    assert isinstance(question, Question)
    assert question.key_points == (
        KeyPoint("kp1", "apple"),
        KeyPoint("kp2", "pear", "long", 2.0),
        KeyPoint("kp3", "no title"),
    )


def test_answers_to_the_same_own_question_share_one_question_object(case_file: Write) -> None:
    path = case_file(ASAG_LINE, ASAG_LINE | {"answer_id": 8})
    book = QuestionBook()
    first, second = (book.question_of(case) for case in read_cases([path]))
    assert first is second


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{not json", "Invalid JSON", id="no JSON"),
        pytest.param("[1, 2]", "should be an object", id="no object"),
        pytest.param({"id": "a", "question_id": "q1"}, "answer: Field required", id="no answer"),
        pytest.param({"answer": 5, "question_id": "q"}, "answer: Input should be", id="number"),
        pytest.param({"answer": "x"}, "question_id or question is missing", id="no question"),
        pytest.param({"answer": "x", "question_id": "q", "score": 11}, "between 0 and 10", id="11"),
        pytest.param({"answer": "x", "question_id": "q", "score": "8"}, "score", id="text score"),
        pytest.param({"answer": "x", "question_id": "q", "score": True}, "score", id="true"),
        pytest.param('{"answer":"x","question_id":"q","score":NaN}', "finite", id="NaN"),
        pytest.param(
            {"answer": "x", "question_id": "q", "verdicts": ["good"]}, "verdicts.0", id="verdict"
        ),
        pytest.param(
            {"answer": "x", "question_id": "q", "score": 2, "score_max": 1}, "0 and 1", id="share"
        ),
        pytest.param({"answer": "x", "question": "Why?"}, "needs key_points or a", id="bare"),
        pytest.param(
            {"answer": "x", "question": "Why?", "key_points": [{"title": " "}]},
            "needs a title or a detail",
            id="empty key point",
        ),
        pytest.param(
            {"answer": "x", "question": "Why?", "key_points": [{"title": "a", "weight": 0}]},
            "weight",
            id="weight 0",
        ),
    ],
)
def test_a_broken_line_is_reported_with_its_place_and_the_next_is_read(
    case_file: Write, line: Any, complaint: str
) -> None:
    path = case_file(line, {"id": "ok", "question_id": "q1", "answer": "fine"})
    problem, case = read_cases([path])
    assert isinstance(problem, CaseProblem)
    assert problem.source == "cases.jsonl:1"
    assert complaint in problem.what
    assert isinstance(case, Case)


def test_an_id_used_twice_in_a_file_is_a_problem(case_file: Write) -> None:
    line = {"id": "a", "question_id": "q1", "answer": "x"}
    _, second = read_cases([case_file(line, line)])
    assert isinstance(second, CaseProblem)
    assert "'a' was used before" in second.what


def test_an_id_used_twice_is_noticed_thousands_of_lines_later(case_file: Write) -> None:
    names = [*(f"c{number}" for number in range(5000)), "c7", "c4998"]
    lines = ({"id": name, "question_id": "q1", "answer": "x"} for name in names)
    problems = [one for one in read_cases([case_file(*lines)]) if isinstance(one, CaseProblem)]
    assert [problem.source for problem in problems] == ["cases.jsonl:5001", "cases.jsonl:5002"]


def test_blank_lines_marks_of_order_and_windows_line_ends_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    line = json.dumps({"id": "a", "question_id": "q1", "answer": "x"}).encode()
    path.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n   \r\n")
    assert isinstance(only(path), Case)
    assert stamp(path)[1] == 1


def test_bytes_that_are_no_utf8_spoil_one_line_only(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    good = json.dumps({"id": "a", "question_id": "q1", "answer": "x"}).encode()
    path.write_bytes(b'{"id":"b","question_id":"q1","answer":"\xff\xfe"}\n' + good + b"\n")
    problem, case = read_cases([path])
    assert isinstance(problem, CaseProblem)
    assert isinstance(case, Case)


def test_an_endless_line_is_skipped_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    good = json.dumps({"id": "a", "question_id": "q1", "answer": "x"}).encode()
    path.write_bytes(b"x" * (3 * LONGEST_LINE) + b"\n" + good + b"\n")
    problem, case = read_cases([path])
    assert isinstance(problem, CaseProblem)
    assert "longer than" in problem.what
    assert isinstance(case, Case)
    assert case.source == "cases.jsonl:2"


def test_a_missing_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be read") as caught:
        list(read_cases([tmp_path / "none.jsonl"]))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"question_id": "q9"}, "no bank has the question 'q9'", id="unknown"),
        pytest.param({"verdicts": ["covered"]}, "1 verdicts for 2 key points", id="verdicts"),
        pytest.param({"raters": [{"verdicts": []}]}, "0 verdicts for 2 key points", id="rater"),
    ],
)
def test_a_case_that_does_not_fit_its_question_is_a_problem(
    case_file: Write, fields: dict[str, Any], complaint: str
) -> None:
    bank = Bank("b", questions=(Question("q1", "?", key_points=(KeyPoint("kp1", "a"),) * 2),))
    case = only(case_file({"id": "a", "question_id": "q1", "answer": "x"} | fields))
    assert isinstance(case, Case)
    problem = QuestionBook([bank]).question_of(case)
    assert isinstance(problem, CaseProblem)
    assert complaint in problem.what
