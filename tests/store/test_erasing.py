"""What is forgotten is gone: the rows, what was derived from them, and the bytes in the file."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.assessment import Usage
from app.domain.events import Speaker
from app.errors import SessionNotFound, StoreError
from app.store import erasing
from app.store.repository import SqlRepository, SqlStore
from app.store.rows import MemoryCard
from app.store.tables import metadata
from tests.store.made import NOON, grade, open_one, remember

SECRET = "我在某公司做过的秘密项目"


PEOPLE = {"accounts", "teams", "members", "invitations", "counters"}


async def row_counts(store: SqlStore) -> dict[str, int]:
    """How many rows there are of interviews, by table."""
    async with store.database.read() as connection:
        return {
            name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
            if name not in PEOPLE
        }


def bytes_on_disk(store: SqlStore) -> bytes:
    """Everything that the database's files hold."""
    path = Path(str(store.database.engine.url.database))
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


async def lived(mine: SqlRepository, text: str = SECRET, number: int = 1) -> str:
    """A session with something in every table."""
    session = await open_one(mine, asked=number)
    answer = await mine.answer(session.id, text, position=number, key="a")
    await mine.remark(session.id, text, speaker=Speaker.CANDIDATE, key="r")
    await grade(mine, session.id, answer.seq, note=text)
    appeal = await mine.appeal(session.id, text, answer=answer.seq, key_point_id="kp1", key="p")
    assert await mine.claim(session.id, appeal.seq, holder="x", seconds=60)
    due = NOON + timedelta(days=number)
    card = MemoryCard(f"ai-datacenter-{number:02}", "kp1", due, "{}")
    await remember(mine, session.id, answer.seq, [card])
    await mine.add_usage(Usage(1, 2, 3, 4), purpose="follow_up", session_id=session.id)
    assert await mine.begin_summary(session.id, "d", model="m", seconds=60)
    await mine.finish_summary(session.id, "d", [text])
    return session.id


async def test_a_forgotten_session_leaves_no_row(mine: SqlRepository, store: SqlStore) -> None:
    name = await lived(mine)
    assert min((await row_counts(store)).values()) > 0
    await mine.forget_session(name)
    left = await row_counts(store)
    assert left.pop("usage") == 1
    assert set(left.values()) == {0}
    assert await mine.usage_since(NOON) == Usage(1, 2, 3, 4)
    with pytest.raises(SessionNotFound):
        await mine.load(name)


async def test_forgetting_one_session_leaves_the_others(mine: SqlRepository) -> None:
    gone, kept = await lived(mine), await lived(mine, "another", 2)
    before = await mine.load(kept)
    await mine.forget_session(gone)
    assert await mine.load(kept) == before
    assert [card.question_id for card in await mine.cards()] == ["ai-datacenter-02"]
    assert await mine.unreviewed() == ()


async def test_cards_that_a_forgotten_session_shaped_are_worked_out_anew(
    mine: SqlRepository,
) -> None:
    gone, kept = await lived(mine), await lived(mine, "the same question")
    await mine.forget_session(gone)
    assert await mine.cards() == ()
    assert [row.session_id for row in await mine.unreviewed()] == [kept]


async def test_an_owner_is_forgotten_alone(store: SqlStore) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    await lived(ann)
    kept = await lived(bob)
    before = await bob.load(kept)
    assert await ann.forget_all() == 1
    assert await ann.sessions() == ()
    assert await ann.cards() == ()
    assert await ann.usage_since(NOON) == Usage()
    assert await bob.load(kept) == before
    assert len(await bob.cards()) == 1


async def test_everybody_can_be_forgotten_at_once(store: SqlStore) -> None:
    await lived(store.of("ann"))
    await lived(store.of("bob"))
    assert await store.forget_all() == 2
    assert set((await row_counts(store)).values()) == {0}
    assert await store.owners() == ()


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
@pytest.mark.parametrize("whole", [False, True], ids=["one session", "all"])
async def test_forgotten_text_is_not_in_the_file_any_more(
    mine: SqlRepository, store: SqlStore, whole: bool
) -> None:
    """PostgreSQL overwrites deleted rows in its own time."""
    gone = await lived(mine, SECRET * 2000)  # over many pages
    await lived(mine, "还在的话", 2)
    assert SECRET.encode() in bytes_on_disk(store)
    if whole:
        await mine.forget_all()
    else:
        await mine.forget_session(gone)
    left = bytes_on_disk(store)
    assert SECRET.encode() not in left
    assert gone.encode() not in left
    assert ("还在的话".encode() in left) is not whole


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
async def test_who_keeps_the_log_in_use_is_told_of(mine: SqlRepository, store: SqlStore) -> None:
    """PostgreSQL has no such log."""
    async with store.database.bare() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    name = await lived(mine)
    other = sqlite3.connect(str(store.database.engine.url.database), isolation_level=None)
    try:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sessions").fetchall()
        with pytest.raises(StoreError, match="It is deleted"):
            await mine.forget_session(name)
    finally:
        other.close()
    assert await mine.sessions() == ()
    await erasing.scrub(store.database)
    assert SECRET.encode() not in bytes_on_disk(store)
