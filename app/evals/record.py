"""Recording a model's replies: what it will cost, and asking only for what is not there yet."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.question import Question
from app.errors import EvalError, RecordingMissing, filled
from app.evals.cases import Case
from app.grading.rubric.prompting import Prompts
from app.language.detect import HAN
from app.llm.base import ChatModel, ChatReply, ChatRequest, OnText
from app.llm.recording import RecordingModel, ReplayModel

TOKENS_A_HAN = 0.8
TOKENS_A_LETTER = 0.3
"""Rough counts for current tokenizers, a little high, so that a bill is no surprise."""

_MILLION = 1_000_000


class Price(BaseModel):
    """Prices for a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    cached_input: float = Field(ge=0)
    output: float = Field(ge=0)


class ReplyLengths(BaseModel):
    """How many tokens a reply is taken to have, and how often there is a second look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    a_key_point: float = Field(ge=0)
    feedback: float = Field(ge=0)
    second_look_share: float = Field(ge=0, le=1)


class PriceTable(BaseModel):
    """evals/prices.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    models: dict[str, Price]
    reply: ReplyLengths

    def price_of(self, model: str) -> Price | None:
        """The first entry whose name begins the model's name, or None."""
        found = (price for name, price in self.models.items() if model.startswith(name))
        return next(found, None)


@dataclass(slots=True)
class Estimate:
    """Calls and tokens to be expected; `prompt_tokens` counts `cached_tokens` too.

    `cost` is None for a model that the table does not know.
    """

    cases: int = 0
    calls: float = 0.0
    prompt_tokens: float = 0.0
    cached_tokens: float = 0.0
    completion_tokens: float = 0.0
    cost: float | None = None
    currency: str = ""


def read_prices(path: Path) -> PriceTable:
    """The price table; raises EvalError that says what is wrong with it."""
    try:
        return PriceTable.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise EvalError(
            filled("The price table {path!r} cannot be read: {error}", path=str(path), error=error),
            "Copy evals/prices.yaml and set your prices in it.",
        ) from error


def estimate(
    subjects: Iterable[tuple[Case, Question]], model: str, prices: PriceTable, prompts: Prompts
) -> Estimate:
    """What grading these cases with `model` takes; asks nobody.

    The instructions count as cached from the second call on. A second look repeats the prompt
    and judges half of the key points.
    """
    total = Estimate(currency=prices.currency)
    again = prices.reply.second_look_share
    for case, question in subjects:
        system, user = (
            tokens_of(message.content) for message in prompts.grade(question, case.answer).messages
        )
        points = len(question.key_points)
        total.cases += 1
        total.calls += 1 + again
        total.prompt_tokens += (system + user) * (1 + again)
        total.cached_tokens += system * (1 + again) if total.cases > 1 else 0.0
        total.completion_tokens += prices.reply.feedback + prices.reply.a_key_point * points * (
            1 + again / 2
        )
    price = prices.price_of(model)
    if price is not None:
        fresh = total.prompt_tokens - total.cached_tokens
        total.cost = (
            fresh * price.input
            + total.cached_tokens * price.cached_input
            + total.completion_tokens * price.output
        ) / _MILLION
    return total


def tokens_of(text: str) -> int:
    """Roughly how many tokens a text has."""
    han = len(HAN.findall(text))
    return math.ceil(han * TOKENS_A_HAN + (len(text) - han) * TOKENS_A_LETTER)


class TopUpModel:
    """Answers from the recordings in a folder, and records what is not there yet."""

    def __init__(self, chat: ChatModel, folder: Path) -> None:
        self._replay = ReplayModel(folder, chat.name)
        self._record = RecordingModel(chat, folder)
        self.asked = 0

    @property
    def name(self) -> str:
        """The name of the model that is recorded."""
        return self._record.name

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The kept reply, else a new one; `asked` counts the new ones."""
        try:
            return await self._replay.reply(request, on_text)
        except RecordingMissing:
            self.asked += 1
            return await self._record.reply(request, on_text)

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self._record.aclose()
