"""A summary is written by one process at a time, and once."""

import pytest

from app.errors import SessionNotFound
from app.store.repository import SqlRepository
from tests.store.made import open_one

DIGEST = "d" * 64


async def test_a_summary_is_kept_and_not_begun_again(mine: SqlRepository) -> None:
    name = (await open_one(mine)).id
    assert await mine.summary(name, DIGEST) is None
    assert await mine.begin_summary(name, DIGEST, model="m", seconds=60)
    assert not await mine.begin_summary(name, DIGEST, model="m", seconds=60, again=True)
    await mine.finish_summary(name, DIGEST, ["平均 4.3 分。"])
    found = await mine.summary(name, DIGEST)
    assert found is not None
    assert (found.model, found.sentences, found.failed) == ("m", ("平均 4.3 分。",), False)
    assert not await mine.begin_summary(name, DIGEST, model="m", seconds=60, again=True)


async def test_what_failed_is_begun_anew_only_when_asked(mine: SqlRepository) -> None:
    name = (await open_one(mine)).id
    await mine.begin_summary(name, DIGEST, model="m", seconds=60)
    await mine.finish_summary(name, DIGEST, ())
    found = await mine.summary(name, DIGEST)
    assert found is not None
    assert found.failed
    assert not await mine.begin_summary(name, DIGEST, model="m", seconds=60)
    assert await mine.begin_summary(name, DIGEST, model="m", seconds=60, again=True)


async def test_what_a_dead_process_began_is_free_after_its_time(mine: SqlRepository) -> None:
    name = (await open_one(mine)).id
    await mine.begin_summary(name, DIGEST, model="m", seconds=-1)
    assert await mine.summary(name, DIGEST) is None
    assert await mine.begin_summary(name, DIGEST, model="m", seconds=60)


async def test_a_summary_goes_with_its_session(mine: SqlRepository) -> None:
    name = (await open_one(mine)).id
    await mine.begin_summary(name, DIGEST, model="m", seconds=60)
    await mine.forget_session(name)
    with pytest.raises(SessionNotFound):
        await mine.finish_summary(name, DIGEST, ["…"])
