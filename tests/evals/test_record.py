"""What recording will cost, and that what is recorded is not asked again."""

from pathlib import Path

import pytest

from app.domain.assessment import Usage
from app.domain.question import KeyPoint, Question
from app.errors import EvalError
from app.evals.cases import Case
from app.evals.record import TopUpModel, estimate, read_prices, tokens_of
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatReply, ChatRequest, Message, OnText
from app.resources import resource_dir

PRICES = """
currency: EUR
models:
  cheap: {input: 1, cached_input: 0.5, output: 4}
reply: {a_key_point: 100, feedback: 300, second_look_share: 0}
"""
QUESTION = Question("q1", "Why?", key_points=(KeyPoint("kp1", "a"), KeyPoint("kp2", "b")))


def subjects(count: int) -> list[tuple[Case, Question]]:
    return [(Case(f"c{n}", "q1", "because", f"x:{n}"), QUESTION) for n in range(count)]


@pytest.fixture
def price_file(tmp_path: Path) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(PRICES, encoding="utf-8")
    return path


def test_an_estimate_counts_calls_tokens_and_cost(price_file: Path) -> None:
    prompts = Prompts()
    total = estimate(subjects(3), "cheap-2025", read_prices(price_file), prompts)
    system, user = (
        tokens_of(message.content) for message in prompts.grade(QUESTION, "because").messages
    )
    assert (total.cases, total.calls) == (3, 3)
    assert total.prompt_tokens == 3 * (system + user)
    assert total.cached_tokens == 2 * system
    assert total.completion_tokens == 3 * 500
    fresh = total.prompt_tokens - total.cached_tokens
    expected = (fresh + total.cached_tokens * 0.5 + total.completion_tokens * 4) / 1e6
    assert total.cost == pytest.approx(expected)
    assert total.currency == "EUR"


def test_a_model_that_the_table_does_not_know_has_no_cost(price_file: Path) -> None:
    assert estimate(subjects(1), "other", read_prices(price_file), Prompts()).cost is None


def test_chinese_counts_by_the_character_and_english_by_the_letter() -> None:
    assert tokens_of("数据中心备份") == 5
    assert tokens_of("data centres") == 4
    assert tokens_of("") == 0


def test_the_shipped_prices_can_be_read() -> None:
    assert read_prices(resource_dir("evals") / "prices.yaml").models


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("currency: [", id="no YAML"),
        pytest.param(PRICES.replace("input: 1,", "input: -1,"), id="below zero"),
        pytest.param(PRICES.replace("output: 4", "out: 4"), id="unknown field"),
    ],
)
def test_a_broken_price_table_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match="cannot be read"):
        read_prices(path)


class Echo:
    """Answers with the last message, and remembers what it was asked."""

    name = "echo"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        self.requests.append(request)
        return ChatReply(request.messages[-1].content, self.name, usage=Usage(1, 2, 3))

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_what_is_recorded_is_not_asked_again(tmp_path: Path) -> None:
    first, second = (ChatRequest((Message("user", text),)) for text in ("one", "two"))
    before, after = Echo(), Echo()
    await TopUpModel(before, tmp_path).reply(first)
    model = TopUpModel(after, tmp_path)
    assert [(await model.reply(request)).text for request in (first, second)] == ["one", "two"]
    assert after.requests == [second]
    assert model.asked == 1
