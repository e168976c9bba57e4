"""Locked, gone, full, killed: a clear message each time, and nothing that was sent is lost."""

import asyncio
import contextlib
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.domain.events import Speaker
from app.errors import StoreError
from app.store.opening import open_store
from app.store.repository import SqlRepository
from tests.store.made import open_one, question, run_sql


async def answer_until_it_fails(mine: SqlRepository, session_id: str) -> tuple[int, StoreError]:
    """How many long answers were stored before one was not, and why it was not."""
    for position in range(1, 2_000):
        try:
            await mine.ask(session_id, question(position), position=position)
            await mine.answer(session_id, "长" * 3000, position=position, key=f"k{position}")
        except StoreError as error:
            return position - 1, error
    raise AssertionError("there was room for everything")


async def stored_answers(mine: SqlRepository, session_id: str) -> int:
    session = await mine.load(session_id)
    return sum(turn.attempt.main.answer is not None for turn in session.turns)


async def test_a_full_database_stores_nothing_by_halves(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "x.db")
    mine = store.of("local")
    session = await open_one(mine, asked=0)
    async with store.database.bare() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 120")
    stored, error = await answer_until_it_fails(mine, session.id)
    assert "no room left" in error.message
    assert "Free some disk space" in error.remedy
    assert await stored_answers(mine, session.id) == stored > 0
    async with store.database.bare() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    await mine.ask(session.id, question(stored + 1), position=stored + 1)
    await mine.answer(session.id, "接着答", position=stored + 1, key="after")
    assert await stored_answers(mine, session.id) == stored + 1
    await store.close()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of one megabyte of its own."""
    folder = Path(tempfile.mkdtemp(prefix="mockint-small-disk-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        folder.rmdir()
        pytest.skip(f"only the administrator can mount a small disk: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


async def test_a_full_disk_stores_nothing_by_halves(small_disk: Path) -> None:
    store = await open_store(small_disk / "x.db")
    mine = store.of("local")
    session = await open_one(mine, asked=0)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 300_000)
    stored, error = await answer_until_it_fails(mine, session.id)
    assert "no room left" in error.message
    assert await stored_answers(mine, session.id) == stored > 0
    with pytest.raises(StoreError, match="export"):
        await mine.export_to(small_disk / "export.jsonl")
    filler.unlink()
    await mine.export_to(small_disk / "export.jsonl")
    await mine.ask(session.id, question(stored + 1), position=stored + 1)
    await mine.answer(session.id, "接着答", position=stored + 1, key="after")
    await store.close()
    again = await open_store(small_disk / "x.db")
    assert await stored_answers(again.of("local"), session.id) == stored + 1
    await again.close()


async def test_a_disk_that_is_full_by_the_next_start_does_not_make_the_database_a_damaged_one(
    small_disk: Path,
) -> None:
    store = await open_store(small_disk / "x.db")
    session = await open_one(store.of("local"))
    await store.close()
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    with pytest.raises(StoreError, match="no room left"):
        await (await open_store(small_disk / "x.db")).of("local").load(session.id)
    filler.unlink()
    again = await open_store(small_disk / "x.db")
    assert await again.of("local").load(session.id)
    await again.close()


async def test_a_full_disk_from_the_start(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (1 << 20))
    with pytest.raises(StoreError, match=r"no room left|cannot be opened"):
        await open_store(small_disk / "x.db")
    (small_disk / "filler").unlink()
    store = await open_store(small_disk / "x.db")
    await open_one(store.of("local"))
    await store.close()


async def test_a_locked_database_is_waited_for_and_then_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    store = await open_store(path)
    mine = store.of("local")
    session = await open_one(mine)
    async with store.database.bare() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="busy with another program") as caught:
        await mine.answer(session.id, "一", position=1, key="a")
    assert "Close other programs" in caught.value.remedy
    assert await mine.load(session.id) == session  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    await mine.answer(session.id, "一", position=1, key="a")
    assert await stored_answers(mine, session.id) == 1
    await store.close()


async def test_a_writer_waits_for_another_program_to_finish(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = await open_store(path)
    mine = store.of("local")
    session = await open_one(mine)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sending = asyncio.create_task(mine.answer(session.id, "一", position=1, key="a"))
    await asyncio.sleep(0.3)
    assert not sending.done()
    other.execute("COMMIT")
    other.close()
    assert (await sending).text == "一"
    await store.close()


async def test_a_database_that_was_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "data" / "x.db"
    store = await open_store(path)
    mine = store.of("local")
    session = await open_one(mine)
    await store.close()
    for gone in (path, path.parent):
        path.unlink() if gone == path else gone.rmdir()
        with pytest.raises(StoreError, match="cannot be opened: No such file"):
            await mine.answer(session.id, "一", position=1, key="a")
        assert not path.exists()


async def test_a_killed_writer_loses_nothing_that_it_acknowledged(
    mine: SqlRepository, start_worker
) -> None:
    for acknowledged in (1, 7, 25):
        session = await open_one(mine, asked=0)
        worker = start_worker("answer_on_and_on", session.id)
        said = [await asyncio.to_thread(worker.stdout.readline) for _ in range(acknowledged)]
        worker.kill()
        rest = await asyncio.to_thread(worker.stdout.read)
        last = int((rest.splitlines() or said)[-1])
        found = await mine.load(session.id)
        kept = [turn.attempt.main.answer for turn in found.turns]
        assert all(answer is not None for answer in kept[:last])
        assert last >= acknowledged
        assert len(kept) <= last + 1
        position = len(kept) + (kept[-1] is not None)
        if kept[-1] is not None:
            await mine.ask(session.id, question(position), position=position)
        await mine.answer(session.id, "接着答", position=position, key="after")


async def test_two_writers_side_by_side_lose_nothing(mine: SqlRepository, start_worker) -> None:
    sessions = [await open_one(mine, asked=0) for _ in range(2)]
    workers = [start_worker("answer_on_and_on", session.id) for session in sessions]
    for session, worker in zip(sessions, workers, strict=True):
        for position in range(1, 16):
            assert await asyncio.to_thread(worker.stdout.readline) == f"{position}\n"
        assert await stored_answers(mine, session.id) >= 15


async def test_another_process_that_comes_and_goes_takes_nothing_with_it(
    mine: SqlRepository, location: str | Path, start_worker
) -> None:
    session = await open_one(mine, asked=0)
    for position in range(1, 6):
        await asyncio.gather(*(mine.load(session.id) for _ in range(position)))
        visitor = start_worker("open_only")
        assert await asyncio.to_thread(visitor.wait) == 0
        await mine.ask(session.id, question(position), position=position)
        await mine.answer(session.id, "还在", position=position, key=f"k{position}")
    again = await open_store(location)
    try:
        assert await stored_answers(again.of("local"), session.id) == 5
    finally:
        await again.close()
    assert len(await mine.sessions()) == 6


async def test_a_cancelled_call_finishes_what_it_began(mine: SqlRepository) -> None:
    session = await open_one(mine)
    for step in range(40):
        sending = asyncio.create_task(
            mine.answer(session.id, "一", position=1, key="a")
            if step % 2
            else mine.load(session.id)
        )
        await asyncio.sleep(step * 0.0002)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        # no lock was left behind, or this would wait for it in vain
        await mine.remark(session.id, "嗯", speaker=Speaker.CANDIDATE, key=str(step))
    answer = await mine.answer(session.id, "一", position=1, key="a")
    found = await mine.load(session.id)
    assert found.turns[0].attempt.main.answer == answer
    assert len(found.remarks) == 40


async def test_many_at_once_on_one_store(mine: SqlRepository) -> None:
    sessions = [await open_one(mine) for _ in range(3)]
    sends = [
        mine.remark(session.id, f"{n}", speaker=Speaker.CANDIDATE, key=f"{n % 20}")
        for session in sessions
        for n in range(40)
    ]
    await asyncio.gather(*sends)
    for session in sessions:
        found = await mine.load(session.id)
        assert len(found.remarks) == 20
        assert found.seq == session.seq + 20


async def test_postgresql_that_is_not_there() -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        await open_store("postgresql://nobody:hunter2@127.0.0.1:1/mockint")
    assert "Start it" in caught.value.remedy
    assert "hunter2" not in str(caught.value)


async def test_a_postgresql_database_that_does_not_exist(postgresql: str) -> None:
    url = make_url(postgresql).set(database="mockint_never_made")
    with pytest.raises(StoreError, match="does not exist"):
        await open_store(url.render_as_string(hide_password=False))


async def test_postgresql_that_went_away_and_came_back(postgresql: str) -> None:
    store = await open_store(postgresql)
    mine = store.of("local")
    session = await open_one(mine)
    await run_sql(
        postgresql,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'mockint'",
    )
    answer = await mine.answer(session.id, "一", position=1, key="a")
    assert (await mine.load(session.id)).turns[0].attempt.main.answer == answer
    await store.forget_all()
    await store.close()


async def test_postgresql_that_goes_away_in_the_middle(postgresql: str) -> None:
    store = await open_store(postgresql)
    mine = store.of("local")
    session = await open_one(mine)

    async def write_and_be_cut_off() -> None:
        async with store.database.write() as connection:
            await connection.execute(text("UPDATE sessions SET language = 'xx'"))
            pid = await connection.scalar(text("SELECT pg_backend_pid()"))
            await run_sql(postgresql, f"SELECT pg_terminate_backend({pid})")

    with pytest.raises(StoreError):
        await write_and_be_cut_off()
    assert await mine.load(session.id) == session
    await store.forget_all()
    await store.close()


@pytest.fixture
def ascii_postgresql(new_postgresql: Callable[[str], str]) -> str:
    """A database that knows no Chinese."""
    return new_postgresql("SQL_ASCII")


async def test_a_postgresql_that_knows_no_chinese_is_refused(ascii_postgresql: str) -> None:
    with pytest.raises(StoreError, match="no Chinese") as caught:
        await open_store(ascii_postgresql)
    assert "UTF8" in caught.value.remedy
