"""What a model writes becomes verdicts without loss, or is named as a problem."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Verdict
from app.grading.rubric.json_repair import StreamScanner, mend
from app.grading.rubric.reply import (
    AgainReply,
    GradeReply,
    Problem,
    ProblemKind,
    ReplyProblem,
    parse_again,
    parse_grade,
    parse_point,
    strict_schema,
)

IDS = ("kp1", "kp2")
POINTS = [
    {"id": "kp1", "reason": "讲到了“备份”", "quote": "每天备份", "verdict": "covered"},
    {"id": "kp2", "reason": "没有", "quote": "", "verdict": "missing"},
]
WHOLE = {
    "key_points": POINTS,
    "errors": [{"quote": "a", "why": "b"}],
    "beyond": [],
    "strengths": ["s"],
    "improvements": ["i"],
    "follow_up": "f?",
}
GOOD = json.dumps(WHOLE, ensure_ascii=False)


def with_points(*points: object) -> str:
    return json.dumps({**WHOLE, "key_points": list(points)}, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="as asked"),
        pytest.param(json.dumps(WHOLE, indent=2), id="indented and escaped"),
        pytest.param(f"```json\n{GOOD}\n```", id="code fence"),
        pytest.param(f"Sure! Here is {{the}} result:\n{GOOD}\nHope it helps.", id="prose around"),
        pytest.param("\ufeff" + GOOD, id="byte order mark"),
        pytest.param(GOOD.replace("]", ",]").replace("}", ",}"), id="trailing commas"),
        pytest.param(
            GOOD.replace('"key_points"', "“key_points”").replace('"id"', "“id”"),
            id="typographic quotes",
        ),
        pytest.param(GOOD.replace('", "', '"，"').replace('": ', '"：'), id="full-width signs"),
        pytest.param(GOOD.replace("covered", "Covered"), id="case of a verdict"),
        pytest.param(GOOD.replace('"covered"', '"已覆盖"'), id="Chinese verdict"),
        pytest.param(GOOD.replace('"missing"', '"未提及"'), id="Chinese verdict, missing"),
        pytest.param(GOOD.replace('"missing"', '"not_covered"'), id="verdict in other words"),
        pytest.param(GOOD.replace('"kp1"', '"KP1"').replace('"kp2"', '"[kp2]"'), id="ids"),
        pytest.param(with_points(*reversed(POINTS)), id="order of key points"),
        pytest.param(
            with_points({**POINTS[0], "verdict": "missing"}, *POINTS), id="the last verdict wins"
        ),
        pytest.param(with_points(*POINTS, {**POINTS[0], "id": "kp9"}), id="a key point too many"),
        pytest.param(json.dumps({"result": WHOLE}), id="wrapped once"),
        pytest.param(json.dumps({**WHOLE, "score": 9, "total": 10}), id="a total is left out"),
        pytest.param(with_points({**POINTS[0], "score": 9}, POINTS[1]), id="a mark is left out"),
        pytest.param(with_points(POINTS[0], {**POINTS[1], "quote": None}), id="null for no quote"),
        pytest.param(
            json.dumps({**WHOLE, "key_points": {"kp1": POINTS[0], "kp2": POINTS[1]}}),
            id="key points by id",
        ),
        pytest.param(
            '{"key_points": [{"id": "kp1", "verdict": "missing"}]}\n' + GOOD,
            id="the answer's own object repeated first",
        ),
    ],
)
def test_a_reply_without_loss_is_read(text: str) -> None:
    assert parse_grade(text, IDS) == GradeReply.model_validate(WHOLE)


def test_raw_line_breaks_inside_strings_are_read() -> None:
    reply = parse_grade(GOOD.replace("每天备份", "每天\n备份"), IDS)
    assert reply.key_points[0].quote == "每天\n备份"


def test_findings_and_feedback_that_were_left_out_are_empty() -> None:
    reply = parse_grade(json.dumps({"key_points": POINTS}), IDS)
    assert (reply.errors, reply.beyond, reply.strengths, reply.follow_up) == ([], [], [], "")


@pytest.mark.parametrize(
    ("text", "complete", "problem"),
    [
        pytest.param("", True, Problem(ProblemKind.NOT_JSON), id="empty"),
        pytest.param("I refuse.", True, Problem(ProblemKind.NOT_JSON), id="prose"),
        pytest.param(GOOD[:90], True, Problem(ProblemKind.NOT_JSON), id="broken off"),
        pytest.param(GOOD[:90], False, Problem(ProblemKind.CUT), id="cut at the limit"),
        pytest.param('{"score": 10}', True, Problem(ProblemKind.NOT_JSON), id="no key points"),
        pytest.param('{"key_points": 3}', True, Problem(ProblemKind.NOT_JSON), id="not a list"),
        pytest.param(
            with_points(POINTS[0]), True, Problem(ProblemKind.MISSING, ("kp2",)), id="one missing"
        ),
        pytest.param(
            with_points(POINTS[0], {**POINTS[1], "verdict": "so-so"}),
            True,
            Problem(ProblemKind.VERDICT, ("kp2",)),
            id="unknown verdict",
        ),
        pytest.param(
            with_points(POINTS[0], {**POINTS[1], "verdict": None}),
            True,
            Problem(ProblemKind.VERDICT, ("kp2",)),
            id="no verdict",
        ),
        pytest.param(
            with_points(POINTS[0], {**POINTS[1], "quote": ["a"]}),
            True,
            Problem(ProblemKind.NOT_JSON),
            id="a list for a quote",
        ),
        pytest.param(
            GOOD.replace("讲到了", '讲到"了"'),
            True,
            Problem(ProblemKind.NOT_JSON),
            id="bare quotes",
        ),
        pytest.param("[" * 100_000, True, Problem(ProblemKind.NOT_JSON), id="deep nesting"),
        pytest.param('{"a":' * 5_000, True, Problem(ProblemKind.NOT_JSON), id="deep objects"),
    ],
)
def test_a_reply_with_a_loss_is_a_problem(text: str, complete: bool, problem: Problem) -> None:
    with pytest.raises(ReplyProblem) as caught:
        parse_grade(text, IDS, complete=complete)

    assert caught.value.problem == problem


def test_a_whole_object_counts_even_where_the_endpoint_says_it_was_cut() -> None:
    assert parse_grade(GOOD, IDS, complete=False).key_points[0].verdict is Verdict.COVERED


def test_the_second_look_needs_verdicts_alone() -> None:
    reply = parse_again(json.dumps({"key_points": POINTS[:1]}), ["kp1"])
    assert reply == AgainReply.model_validate({"key_points": POINTS[:1]})


@given(st.text(max_size=300))
def test_nothing_a_model_writes_breaks_the_reader(text: str) -> None:
    with pytest.raises(ReplyProblem):
        parse_grade(text, IDS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(json_values, st.booleans())
def test_mending_leaves_good_json_alone(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert mend(text) == text


@given(st.sampled_from(["key_points", "errors", "strengths", "follow_up"]), json_values)
def test_odd_values_are_read_or_named_never_raised(field: str, value: object) -> None:
    with suppress(ReplyProblem):
        reply = parse_grade(json.dumps({**WHOLE, field: value}), IDS)
        assert [point.id for point in reply.key_points] == list(IDS)


@given(st.lists(st.integers(1, 40), max_size=20))
def test_each_key_point_is_heard_of_once_however_the_stream_is_cut(sizes: list[int]) -> None:
    text, scanner, heard = "Let's see: " + GOOD, StreamScanner(), []
    for size in [*sizes, len(text)]:
        heard += [parse_point(found) for found in scanner.feed(text[:size])]
        text = text[size:]

    assert [point.id for point in heard if point] == ["kp1", "kp2"]


def test_a_stream_that_starts_anew_is_heard_anew() -> None:
    scanner = StreamScanner()
    list(scanner.feed(GOOD[:70]))
    scanner.restart()

    found = [parse_point(text) for text in scanner.feed(GOOD)]

    assert [point.id for point in found if point] == ["kp1", "kp2"]


@pytest.mark.parametrize("shape", [GradeReply, AgainReply])
def test_the_schema_is_strict_and_asks_for_the_reason_before_the_verdict(shape: type) -> None:
    schema = strict_schema(shape)

    for part in (schema, *schema["$defs"].values()):
        if part["type"] == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False
    point = schema["$defs"]["PointReply"]["required"]
    assert point == ["id", "reason", "quote", "verdict"]
    assert "description" not in json.dumps(schema)
