"""What holds for the rubric grader whatever a model says."""

import asyncio
import json
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Assessment, Status
from app.domain.question import Question
from app.grading.rubric.grader import RubricGrader
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatReply, ChatRequest, OnText
from tests.grading.rubric.rubric_bench import ANSWER, QUESTION, CueSimilarity

PROMPTS = Prompts()
IDS = [point.id for point in QUESTION.key_points]
PIECES = [
    "每天凌晨做增量备份",
    "数据异步复制过去",
    "恢复演练从来不做",
    "密钥单独保管",
    "不在回答里的话",
    "备份",
    "",
]

points = st.fixed_dictionaries(
    {
        "reason": st.sampled_from(["因为", ""]),
        "quote": st.sampled_from(PIECES),
        "verdict": st.sampled_from(["covered", "partial", "missing", "contradicted"]),
    }
)
looks = st.fixed_dictionaries(dict.fromkeys(IDS, points))
findings = st.lists(
    st.fixed_dictionaries({"quote": st.sampled_from(PIECES), "why": st.just("x")}), max_size=4
)


@dataclass
class TwoLooks:
    """Answers each task from a table, whatever order the key points are asked in."""

    first: dict[str, dict[str, str]]
    second: dict[str, dict[str, str]]
    errors: list[dict[str, str]] = field(default_factory=list)
    beyond: list[dict[str, str]] = field(default_factory=list)
    name: str = "two-looks"

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        look = self.first if request.schema_name == "grade_answer" else self.second
        body = {"key_points": [{"id": name, **point} for name, point in look.items()]}
        if look is self.first:
            body |= {"errors": self.errors, "beyond": self.beyond}
        return ChatReply(json.dumps(body), self.name)

    async def aclose(self) -> None:
        pass


def grade(model: TwoLooks, question: Question = QUESTION) -> Assessment:
    return asyncio.run(RubricGrader(model, CueSimilarity(), PROMPTS).assess(question, ANSWER))


@given(looks, looks, findings, findings)
def test_bounds_always_hold_and_quotes_are_always_there(first, second, errors, beyond) -> None:
    assessment = grade(TwoLooks(first, second, errors, beyond))

    assert assessment.status is Status.GRADED
    assert assessment.score is not None
    assert assessment.confidence is not None
    assert 0 <= assessment.score <= 10
    assert 0 <= assessment.confidence <= 1
    for point in assessment.key_points:
        assert 0 <= point.coverage <= 1
        assert (point.evidence is None) == (point.verdict.value == "missing")
        if point.evidence:
            assert ANSWER[point.evidence.start : point.evidence.end] == point.evidence.quote
    for finding in (*assessment.errors, *assessment.beyond):
        assert finding.quote in ANSWER


@given(looks, looks, findings, st.permutations(QUESTION.key_points))
def test_the_order_of_key_points_changes_nothing(first, second, errors, order) -> None:
    model = TwoLooks(first, second, errors)

    one = grade(model)
    other = grade(model, replace(QUESTION, key_points=tuple(order)))

    assert {p.id: p for p in one.key_points} == {p.id: p for p in other.key_points}
    assert (one.score, one.confidence) == (other.score, other.confidence)


@given(looks, findings)
def test_the_same_replies_give_the_same_assessment(first, errors) -> None:
    model = TwoLooks(first, first, errors)
    assert grade(model) == grade(model)


@given(looks, st.sampled_from(["kp1", "kp2"]))
def test_a_key_point_covered_with_its_own_words_never_lowers_the_score(first, name) -> None:
    own = {"kp1": PIECES[0], "kp2": PIECES[1]}[name]
    missing = {**first, name: {"reason": "", "quote": "", "verdict": "missing"}}
    covered = {**first, name: {"reason": "", "quote": own, "verdict": "covered"}}

    before, after = (grade(TwoLooks(look, look)).score for look in (missing, covered))

    assert before is not None
    assert after is not None
    assert after >= before
