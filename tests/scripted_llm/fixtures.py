"""The scripted endpoint as a fixture."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.scripted_llm.server import ScriptedLLM


@pytest_asyncio.fixture
async def scripted_llm() -> AsyncIterator[ScriptedLLM]:
    """A running endpoint that answers `{}` until it is told otherwise."""
    async with ScriptedLLM() as server:
        yield server
