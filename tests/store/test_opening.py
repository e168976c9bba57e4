"""Opening a store: fresh, old, newer, foreign, broken, and by several processes at once."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from app.errors import StoreError
from app.store.migrations.upgrade import known_versions, scripts
from app.store.opening import HEAD, VERSION_TABLE, open_store
from app.store.tables import metadata
from tests.store.made import open_one, run_sql


def test_the_newest_migration_is_the_one_that_opening_asks_for() -> None:
    assert scripts().get_heads() == [HEAD]
    assert HEAD in known_versions()


async def test_migrations_make_the_tables_that_the_program_uses(blank) -> None:
    store = await open_store(blank)
    async with store.database.read() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(
                    sync, opts={"compare_type": True, "version_table": VERSION_TABLE}
                ),
                metadata,
            )
        )
    await store.close()
    assert differences == []


async def test_a_store_opens_again_with_what_was_in_it(blank) -> None:
    store = await open_store(blank)
    session = await open_one(store.of("local"))
    await store.close()
    again = await open_store(blank)
    assert await again.of("local").load(session.id) == session
    await again.close()


async def test_several_processes_may_open_a_new_store_at_once(blank, start_worker) -> None:
    workers = [start_worker("open_only", at=blank) for _ in range(3)]
    said = []
    for worker in workers:
        out, err = await asyncio.to_thread(worker.communicate, timeout=60)
        assert (worker.returncode, err) == (0, "")
        said.append(out.strip())
    store = await open_store(blank)
    assert {row.id for row in await store.of("local").sessions()} == set(said)
    await store.close()


async def test_tables_of_a_newer_mockint_are_left_alone(blank) -> None:
    store = await open_store(blank)
    session = await open_one(store.of("local"))
    await store.close()
    await run_sql(blank, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer mockint") as caught:
        await open_store(blank)
    assert "Upgrade mockint" in caught.value.remedy
    await run_sql(blank, f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")
    again = await open_store(blank)
    assert await again.of("local").load(session.id) == session
    await again.close()


async def test_a_database_that_another_program_uses_is_left_as_it_was(blank) -> None:
    if isinstance(blank, Path):
        blank.parent.mkdir(parents=True)
    await run_sql(
        blank, "CREATE TABLE claims (theirs TEXT)", "INSERT INTO claims VALUES ('untouched')"
    )
    with pytest.raises(StoreError, match="claims"):
        await open_store(blank)
    assert await run_sql(blank, "SELECT * FROM claims") == [("untouched",)]
    with pytest.raises(StoreError, match="claims"):
        await open_store(blank)


async def test_importing_the_store_and_opening_it_again_needs_no_alembic(
    location, store, start_worker
) -> None:
    worker = start_worker("open_and_list_modules")
    out, err = await asyncio.to_thread(worker.communicate, timeout=60)
    assert (worker.returncode, err) == (0, "")
    loaded = set(out.split())
    assert "sqlalchemy" in loaded
    assert "alembic" not in loaded


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mysql://root@localhost/mockint", id="unknown kind"),
        pytest.param("not a url", id="no URL"),
        pytest.param("", id="empty"),
        pytest.param("postgresql://u:p@host:port/x", id="port is no number"),
        pytest.param("sqlite://", id="in memory"),
        pytest.param("sqlite:///:memory:", id="in memory by name"),
        pytest.param("sqlite:///file:x?mode=memory&uri=true", id="in memory by URI"),
    ],
)
async def test_a_url_that_names_no_lasting_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        await open_store(url)
    assert "sqlite:///" in caught.value.remedy


@pytest.mark.parametrize("prefix", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_postgresql_by_any_of_its_names(postgresql: str, prefix: str) -> None:
    store = await open_store(postgresql.replace("postgresql+asyncpg", prefix))
    assert await store.owners() == ()
    await store.close()


async def test_passwords_are_not_in_messages(postgresql: str) -> None:
    url = make_url(postgresql).set(username="nobody-here", password="hunter2")
    with pytest.raises(StoreError) as caught:
        await open_store(url.render_as_string(hide_password=False))
    assert "nobody-here" in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_options_of_the_connection(postgresql: str) -> None:
    store = await open_store(f"{postgresql}?sslmode=prefer")
    await store.close()
    with pytest.raises(StoreError, match="flavour") as caught:
        await open_store(f"{postgresql}?flavour=mint")
    assert "question mark" in caught.value.remedy


async def test_a_sqlite_file_and_its_folder_are_private(tmp_path: Path) -> None:
    path = tmp_path / "资料 #1 %20?" / "mock int.db"
    store = await open_store(path)
    await open_one(store.of("local"))
    assert path.is_file()
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir() if p.stat().st_mode & 0o077] == []
    await store.close()


async def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "x.db")
    async with store.database.read() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    await store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


async def whole_file(path: Path) -> bytes:
    store = await open_store(path)
    await open_one(store.of("local"), asked=5)
    await store.close()
    return path.read_bytes()


async def open_and_look(path: Path) -> None:
    store = await open_store(path)
    try:
        await store.of("local").results()
    finally:
        await store.close()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: b"# my notes\n" * 500, id="not a database"),
        pytest.param(lambda raw: raw[: len(raw) // 2], id="half of it"),
        pytest.param(lambda raw: raw[:100], id="the header alone"),
        pytest.param(lambda raw: raw[:4096] + b"\x00" * (len(raw) - 4096), id="zeros"),
        pytest.param(lambda raw: b"\x00" * 4096 + raw[4096:], id="header gone"),
    ],
)
async def test_a_damaged_file_is_said_to_be_damaged_and_left_as_it_is(
    tmp_path: Path, spoil
) -> None:
    path = tmp_path / "x.db"
    damaged = spoil(await whole_file(path))
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="damaged") as caught:
        await open_and_look(path)
    assert "import" in caught.value.remedy
    assert path.read_bytes()[:4096] == damaged[:4096]
    assert path.stat().st_size == len(damaged)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: (folder / "x").mkdir(), id="a folder"),
        pytest.param(lambda folder: (folder / "x").symlink_to(folder / "no/way"), id="dangling"),
    ],
)
async def test_a_place_where_no_file_can_be(tmp_path: Path, make) -> None:
    make(tmp_path)
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        await open_store(tmp_path / "x")
    assert "may write" in caught.value.remedy


async def test_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_store(tmp_path / "file" / "mockint.db")
