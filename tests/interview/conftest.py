"""The shipped banks in an index, and a store with nothing in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.index.in_memory import InMemoryIndex
from app.store.opening import open_store
from app.store.repository import SqlRepository
from app.wiring.evaluation import shipped_banks
from tests.store.made import SteadyClock


@pytest.fixture(scope="session")
def embedder() -> BundledEmbedder:
    return BundledEmbedder()


@pytest.fixture(scope="session")
def index(embedder: BundledEmbedder) -> InMemoryIndex:
    """The shipped banks, Chinese and English."""
    index = InMemoryIndex(embedder)
    for bank in shipped_banks():
        index.sync(bank)
    return index


@pytest.fixture(scope="session")
def questions() -> tuple[Question, ...]:
    return tuple(question for bank in shipped_banks() for question in bank.questions)


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
async def archive(tmp_path: Path, clock: SteadyClock) -> AsyncIterator[SqlRepository]:
    store = await open_store(tmp_path / "mockint.db", clock=clock)
    try:
        yield store.of("local")
    finally:
        await store.close()
