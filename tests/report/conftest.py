"""A store with nothing in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.opening import open_store
from app.store.repository import SqlRepository
from tests.store.made import SteadyClock


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
async def mine(tmp_path: Path, clock: SteadyClock) -> AsyncIterator[SqlRepository]:
    store = await open_store(tmp_path / "mockint.db", clock=clock)
    try:
        yield store.of("local")
    finally:
        await store.close()
