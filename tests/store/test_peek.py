"""One look into a SQLite file, without the library that the store is built on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.events import SessionMode
from app.store.opening import open_store
from app.store.peek import peek_asked, peek_last
from app.store.repository import SqlRepository
from tests.store.made import SteadyClock, open_one


@pytest.fixture
async def mine(tmp_path: Path) -> AsyncIterator[SqlRepository]:
    store = await open_store(tmp_path / "mockint.db", clock=SteadyClock())
    yield store.of("local")
    await store.close()


async def test_a_look_finds_what_the_store_says_was_asked(
    mine: SqlRepository, tmp_path: Path
) -> None:
    await open_one(mine, asked=3)
    await open_one(mine, asked=1)
    await mine.open_session("empty", mode=SessionMode.PRACTICE, language="zh", plan=())
    assert peek_asked(tmp_path / "mockint.db", "local") == await mine.asked()
    assert peek_asked(tmp_path / "mockint.db", "stranger") == ()


async def test_a_session_counts_as_the_last_once_something_was_sent(
    mine: SqlRepository, tmp_path: Path
) -> None:
    session = await open_one(mine, asked=2)
    assert peek_last(tmp_path / "mockint.db", "local") is None
    await mine.answer(session.id, "备份", position=1, key="k")
    last = peek_last(tmp_path / "mockint.db", "local", session.id[:4])
    assert last is not None
    assert (last.session_id, last.planned, last.sent, last.ended) == (session.id, 2, 1, False)


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        pytest.param(None, (), id="no file: nothing was asked"),
        pytest.param(b"", None, id="a file without tables"),
        pytest.param(b"no database" * 500, None, id="a file of something else"),
    ],
)
def test_what_cannot_be_read_is_not_known(
    tmp_path: Path, content: bytes | None, asked: tuple[()] | None
) -> None:
    file = tmp_path / "mockint.db"
    if content is not None:
        file.write_bytes(content)
    assert peek_asked(file, "local") == asked
    assert peek_last(file, "local") is None
