"""The interviewer's own words: used where they are a question, and never waited for in vain."""

import json

import pytest

from app.domain.assessment import Verdict
from app.grading.rubric.prompting import Prompts
from app.interview.spoken import SpokenVoice
from tests.grading.rubric.rubric_bench import ANSWER, QUESTION, connect
from tests.scripted_llm.server import ScriptedLLM
from tests.scripted_llm.steps import Refuse, Say

POINT = QUESTION.key_points[2]


async def ask(server: ScriptedLLM, **options: float) -> str:
    model = connect(server)
    try:
        voice = SpokenVoice(model, Prompts(), **options)
        return (await voice.follow_up(QUESTION, POINT, Verdict.MISSING, ANSWER)).text
    finally:
        await model.aclose()


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        pytest.param(
            Say(json.dumps({"follow_up": "上次真的要恢复时，用了多久？"})),
            "上次真的要恢复时，用了多久？",
            id="a question",
        ),
        pytest.param(Say(json.dumps({"follow_up": "做恢复演练吗？"})), "", id="gives it away"),
        pytest.param(Say("上次恢复用了多久？"), "", id="no JSON"),
        pytest.param(Say(json.dumps({"follow_up": None})), "", id="nothing"),
        pytest.param(Refuse(401), "", id="refused"),
    ],
)
async def test_a_follow_up_is_a_question_or_nothing(
    scripted_llm: ScriptedLLM, step, asked: str
) -> None:
    scripted_llm.script(step)
    assert await ask(scripted_llm) == asked


async def test_the_candidate_hears_nothing_of_a_slow_model(scripted_llm: ScriptedLLM) -> None:
    scripted_llm.script(Say(json.dumps({"follow_up": "用了多久？"}), delay=5.0))
    assert await ask(scripted_llm, patience=0.1) == ""
