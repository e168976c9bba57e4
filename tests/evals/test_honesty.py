"""What the checks take from honest verdicts is counted against the marks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from app.domain.assessment import Assessment, GraderInfo, KeyPointResult, Mode, Status, Verdict
from app.domain.question import KeyPoint, Question
from app.embedding.bundled import BundledEmbedder
from app.evals.attacks.adversary import QuotePicker
from app.evals.cases import Case, Marks
from app.evals.honesty import HonestRow, measure_honesty
from app.evals.persona import MarkedReader
from app.evals.workers import Job
from app.grading.grader import OnVerdict
from app.grading.rubric.reply import parse_grade
from app.llm.base import ChatModel, ChatRequest, Message

QUESTION = Question(
    "q1",
    "How do you keep data?",
    language="en",
    key_points=(
        KeyPoint("kp1", "Backups", "Copies are made every night."),
        KeyPoint("kp2", "Drills", "Restores are rehearsed every quarter."),
    ),
)
ANSWER = "We copy everything every night. Once a quarter we rehearse the restore."
PROMPT = " ".join(f"{p.id} {p.title} {p.detail}" for p in QUESTION.key_points)


@dataclass
class Taker:
    """Believes the model except on the key points that it `takes`, which end as `left`."""

    model: ChatModel
    takes: tuple[str, ...] = ()
    left: Verdict = Verdict.MISSING
    status: Status = Status.GRADED

    info = GraderInfo(Mode.RUBRIC, "e", "c")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        request = ChatRequest((Message("user", PROMPT),), schema_name="grade_answer")
        said = parse_grade((await self.model.reply(request)).text, ("kp1", "kp2"))
        results = tuple(
            KeyPointResult(p.id, p.id, 1.0, self.left if p.id in self.takes else p.verdict, 0.5)
            for p in said.key_points
        )
        return Assessment("q1", self.status, 5.0, None, 0.5, self.info, results)


def job(*verdicts: str) -> Job:
    marks = Marks(tuple(map(Verdict, verdicts))) if verdicts else Marks()
    return Job(0, Case("c", "q1", ANSWER, "f:1", marks), QUESTION)


async def counted(jobs: Sequence[Job], **traits: object) -> HonestRow:
    picker = QuotePicker(BundledEmbedder())
    return await measure_honesty("gold", jobs, lambda model: Taker(model, **traits), picker)


async def test_a_grader_that_believes_the_marks_takes_nothing() -> None:
    row = await counted([job("covered", "partial"), job("covered", "missing")])

    assert (row.answers, row.covered) == (2, 2)
    assert row.lowered.value == row.lost.value == row.partial_lost.value == row.drop.value == 0


@pytest.mark.parametrize(
    ("left", "lost", "drop"),
    [
        pytest.param(Verdict.PARTIAL, 0.0, 2.5, id="to partial"),
        pytest.param(Verdict.MISSING, 1.0, 5.0, id="to missing"),
        pytest.param(Verdict.CONTRADICTED, 0.0, 5.0, id="to contradicted"),
    ],
)
async def test_what_is_taken_from_covered_key_points_is_counted(
    left: Verdict, lost: float, drop: float
) -> None:
    row = await counted([job("covered", "covered")] * 2, takes=("kp1",), left=left)

    assert row.lowered.value == 0.5
    assert row.lost.value == lost / 2
    assert row.drop.value == drop


async def test_partial_credit_that_is_taken_is_counted_apart() -> None:
    row = await counted([job("covered", "partial")], takes=("kp2",))

    assert (row.lowered.value, row.partial_lost.value, row.drop.value) == (0.0, 1.0, 2.5)


async def test_what_is_given_beyond_the_marks_makes_up_for_nothing() -> None:
    row = await counted([job("covered", "missing")], takes=("kp2",), left=Verdict.COVERED)

    assert row.lowered.value == 0.0


async def test_answers_without_marks_or_without_a_grade_are_left_out() -> None:
    assert (await counted([job()])).answers == 0
    assert (await counted([job("covered", "covered")], status=Status.UNGRADED)).answers == 0


async def test_the_judge_brings_other_words_when_it_is_asked_again_and_forges_nothing() -> None:
    marks = (Verdict.COVERED, Verdict.MISSING)
    judge = MarkedReader(QUESTION, marks, [["first", "second"], ["x"]], forges=False)
    request = ChatRequest((Message("user", PROMPT),))

    quotes = [
        json.loads((await judge.reply(request)).text)["key_points"][0]["quote"] for _ in "123"
    ]

    assert quotes == ["first", "second", "second"]
    assert (judge.looks, judge.forged) == (3, 0)
