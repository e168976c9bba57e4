from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from app.llm.backoff import Backoff
from app.llm.base import ChatRequest, Message
from app.llm.openai_compatible import OpenAICompatibleModel
from tests.scripted_llm.server import ScriptedLLM

SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}

Connect = Callable[..., OpenAICompatibleModel]


@pytest.fixture
def request_() -> ChatRequest:
    return ChatRequest(
        (Message("system", "Answer in JSON."), Message("user", "Say a word.")),
        schema_name="word",
        schema=SCHEMA,
        max_tokens=64,
    )


@pytest_asyncio.fixture
async def connect(scripted_llm: ScriptedLLM) -> AsyncIterator[Connect]:
    """Models at the scripted endpoint, with short waits, closed at the end."""
    models: list[OpenAICompatibleModel] = []

    def make(**options: Any) -> OpenAICompatibleModel:
        settings = {
            "base_url": scripted_llm.base_url,
            "deadline": 20.0,
            "backoff": Backoff(base=0.01, cap=0.02),
            **options,
        }
        models.append(OpenAICompatibleModel("scripted", **settings))
        return models[-1]

    yield make
    for model in models:
        await model.aclose()
