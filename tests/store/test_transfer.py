"""Everything moves between machines and databases, all of it or nothing."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.assessment import Usage
from app.errors import ExportUnusable, SessionNotFound, StoreError
from app.store.opening import open_store
from app.store.repository import SqlRepository, SqlStore
from app.store.rows import MemoryCard, Transfer
from tests.store.made import NOON, assessment, grade, open_one, remember
from tests.store.test_looking_back import some_history


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """Another machine: a SQLite store of its own."""
    store = await open_store(tmp_path / "elsewhere.db")
    yield store
    await store.close()


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Where exports go."""
    return tmp_path / "mockint.jsonl"


async def everything(mine: SqlRepository) -> list[object]:
    """All that can be seen of an owner."""
    return [
        [await mine.load(row.id) for row in await mine.sessions()],
        await mine.results(),
        await mine.unreviewed(),
        await mine.cards(),
        await mine.usage_since(NOON - timedelta(days=1)),
    ]


async def filled(mine: SqlRepository, sessions: int = 3) -> list[str]:
    names = await some_history(mine, sessions)
    row = (await mine.unreviewed())[0]
    cards = [MemoryCard(row.question_id, "kp1", NOON + timedelta(days=3), '{"到期":"三天"}')]
    await remember(mine, row.session_id, row.answer, cards)
    await mine.add_usage(Usage(1, 2, 3, 4), purpose="summary", model="m", session_id=names[0])
    return names


async def test_there_and_back_again(
    mine: SqlRepository, elsewhere: SqlStore, exported: Path, tmp_path: Path
) -> None:
    names = await filled(mine)
    before = await everything(mine)
    assert await mine.export_to(exported) == 3
    there = elsewhere.of("local")
    assert await there.import_from(exported) == Transfer(added=3, cards=1)
    assert await everything(there) == before
    back = tmp_path / "back.jsonl"
    await there.export_to(back)
    assert back.read_text() == exported.read_text()
    await mine.forget_all()
    assert await mine.import_from(back) == Transfer(added=3, cards=1)
    assert await everything(mine) == before
    assert {row.id for row in await mine.sessions()} == set(names)


async def test_importing_twice_is_importing_once(
    mine: SqlRepository, elsewhere: SqlStore, exported: Path
) -> None:
    await filled(mine)
    await mine.export_to(exported)
    there = elsewhere.of("local")
    await there.import_from(exported)
    before = await everything(there)
    assert await there.import_from(exported) == Transfer(known=3)
    assert await everything(there) == before


async def test_a_session_that_went_on_brings_only_what_is_new(
    mine: SqlRepository, elsewhere: SqlStore, exported: Path
) -> None:
    session = await open_one(mine, asked=2)
    await mine.export_to(exported)
    there = elsewhere.of("local")
    await there.import_from(exported)
    answer = await there.answer(session.id, "在别处答的", position=1, key="a")
    await grade(there, session.id, answer.seq, 7.0)
    await there.export_to(exported)
    assert await mine.import_from(exported) == Transfer(grown=1)
    assert await mine.load(session.id) == await there.load(session.id)
    sent_again = await mine.answer(session.id, "在别处答的", position=1, key="a")
    assert sent_again == answer


async def test_a_session_that_went_on_here_is_known(mine: SqlRepository, exported: Path) -> None:
    session = await open_one(mine)
    await mine.export_to(exported)
    await mine.answer(session.id, "一", position=1, key="a")
    before = await mine.load(session.id)
    assert await mine.import_from(exported) == Transfer(known=1)
    assert await mine.load(session.id) == before


async def test_a_session_that_went_on_differently_is_left_alone(
    mine: SqlRepository, elsewhere: SqlStore, exported: Path
) -> None:
    session = await open_one(mine)
    other = await open_one(mine)
    await mine.export_to(exported)
    there = elsewhere.of("local")
    await there.import_from(exported)
    await mine.answer(session.id, "这里", position=1, key="a")
    await there.answer(session.id, "那里", position=1, key="a")
    await there.answer(other.id, "那里", position=1, key="a")
    before = await mine.load(session.id)
    await there.export_to(exported)
    assert await mine.import_from(exported) == Transfer(grown=1, left_alone=(session.id,))
    assert await mine.load(session.id) == before


async def test_somebody_elses_export_becomes_ones_own_copy(store: SqlStore, exported: Path) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    names = await filled(ann)
    before = await everything(ann)
    await ann.export_to(exported)
    assert (await bob.import_from(exported)).added == 3
    assert await bob.import_from(exported) == Transfer(known=3)
    assert await everything(ann) == before
    assert {row.id for row in await bob.sessions()}.isdisjoint(names)
    assert [row.score for row in await bob.results()] == [row.score for row in before[1]]
    with pytest.raises(SessionNotFound):
        await bob.load(names[0])


async def test_a_whole_server_moves_with_everybody_on_it(
    store: SqlStore, elsewhere: SqlStore, exported: Path
) -> None:
    await filled(store.of("ann"))
    await filled(store.of("bob"))
    assert await store.export_to(exported) == 6
    assert await elsewhere.import_from(exported) == Transfer(added=6, cards=2)
    assert await elsewhere.owners() == ("ann", "bob")
    for owner in ("ann", "bob"):
        assert await everything(elsewhere.of(owner)) == await everything(store.of(owner))


async def test_cards_here_are_kept_and_learn_from_what_came(
    mine: SqlRepository, elsewhere: SqlStore, exported: Path
) -> None:
    there = elsewhere.of("local")
    for repository, state in ((mine, "here"), (there, "there")):
        session = await open_one(repository)
        answer = await repository.answer(session.id, "一", position=1, key="a")
        await grade(repository, session.id, answer.seq)
        card = MemoryCard("ai-datacenter-01", "kp1", NOON, state)
        await remember(repository, session.id, answer.seq, [card])
    await there.export_to(exported)
    assert await mine.import_from(exported) == Transfer(added=1)
    assert [card.state for card in await mine.cards()] == ["here"]
    assert [row.session_id for row in await mine.unreviewed()] == [session.id]


async def test_an_export_is_for_its_owners_eyes(mine: SqlRepository, exported: Path) -> None:
    await filled(mine)
    await mine.export_to(exported)
    assert exported.stat().st_mode & 0o077 == 0
    assert [path.name for path in exported.parent.glob("*.part")] == []


async def test_an_export_that_cannot_be_written_leaves_the_old_one(
    mine: SqlRepository, tmp_path: Path
) -> None:
    await open_one(mine)
    taken = tmp_path / "a-folder"
    taken.mkdir()
    for path in (taken, tmp_path / "missing" / "x.jsonl"):
        with pytest.raises(StoreError, match="cannot be written"):
            await mine.export_to(path)
    assert list(taken.iterdir()) == []
    assert [path for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def signed(lines: list[object], *, count: int | None = None) -> bytes:
    """A file whose end says that its lines are whole."""
    raw = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    end = {"lines": count or len(lines), "sha256": hashlib.sha256(raw).hexdigest()}
    return raw + json.dumps({"end": end}).encode() + b"\n"


def lines_of(exported: Path) -> list[dict]:
    return [json.loads(line) for line in exported.read_text().splitlines()][:-1]


def change_event(kind: str, **fields: object):
    def change(lines: list[dict]) -> None:
        made = lines[1]["session"]["events"]
        next(event for event in made if event["kind"] == kind)["data"].update(fields)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda x: x[0].update(version=2), "version 2", id="newer version"),
        pytest.param(lambda x: x[0].update(version=None), "version None", id="no version"),
        pytest.param(lambda x: x[0].update(format="x"), "not a mockint export", id="not ours"),
        pytest.param(lambda x: x.pop(0), "not a mockint export", id="no head"),
        pytest.param(lambda x: x[1].update(more=1), "line 2", id="unknown line"),
        pytest.param(lambda x: x.append({}), "empty", id="empty line"),
        pytest.param(lambda x: x.append([1]), "damaged", id="not an object"),
        pytest.param(lambda x: x[1]["session"].pop("owner"), "owner", id="field missing"),
        pytest.param(lambda x: x[1]["session"].update(id=""), "id", id="no id"),
        pytest.param(lambda x: x[1]["session"].update(id="x" * 999), "id", id="endless id"),
        pytest.param(lambda x: x[1]["session"].update(mode="exam"), "mode", id="unknown mode"),
        pytest.param(
            lambda x: x[1]["session"].update(created_at="2026-01-01T00:00:00"),
            "created_at",
            id="time without zone",
        ),
        pytest.param(
            change_event("answer", at="2026-01-01T00:00:00"), "hold together", id="event's time"
        ),
        pytest.param(lambda x: x[1]["session"]["events"].pop(1), "hold together", id="event gone"),
        pytest.param(lambda x: x[1]["session"]["reviewed"].append(1), "hold together", id="mark"),
        pytest.param(change_event("answer", position=9), "hold together", id="answer to nothing"),
        pytest.param(change_event("answer", text=7), "hold together", id="number for a text"),
        pytest.param(change_event("assessment", answer=2), "hold together", id="judges nothing"),
        pytest.param(
            change_event("assessment", judged_by="me"), "hold together", id="unknown judge"
        ),
        pytest.param(
            lambda x: x[1]["session"]["events"][0].update(kind="spell"),
            "hold together",
            id="unknown event",
        ),
        pytest.param(
            lambda x: x[1]["session"]["events"][1].update(key="k" * 999),
            "hold together",
            id="endless key",
        ),
        pytest.param(
            lambda x: [event.update(key="same") for event in x[1]["session"]["events"][:2]],
            "hold together",
            id="key twice",
        ),
    ],
)
async def test_a_file_that_cannot_be_used_changes_nothing(
    mine: SqlRepository, exported: Path, change, message: str
) -> None:
    await filled(mine, 1)
    await mine.export_to(exported)
    await mine.forget_all()
    kept = await open_one(mine)
    before = await everything(mine)
    lines = lines_of(exported)
    change(lines)
    exported.write_bytes(signed(lines))
    with pytest.raises(StoreError, match=message) as caught:
        await mine.import_from(exported)
    assert caught.value.remedy
    assert await everything(mine) == before
    assert [row.id for row in await mine.sessions()] == [kept.id]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: raw[: len(raw) // 2], id="cut in the middle"),
        pytest.param(lambda raw: raw[: raw.rindex(b"\n", 0, -1) + 1], id="end missing"),
        pytest.param(lambda raw: raw[:-9], id="end cut"),
        pytest.param(lambda raw: raw + b"{}\n", id="more after the end"),
        pytest.param(lambda raw: raw.replace("答".encode(), "问".encode(), 1), id="text changed"),
        pytest.param(lambda raw: raw.replace(b"6.0", b"NaN", 1), id="NaN"),
        pytest.param(lambda raw: raw.replace(b"6.0", b"[" * 100_000, 1), id="nested too deep"),
        pytest.param(lambda raw: raw.replace("答".encode(), b"\xff", 1), id="not UTF-8"),
        pytest.param(lambda raw: b"", id="nothing at all"),
        pytest.param(lambda raw: b"\x00" * len(raw), id="zeros after a power cut"),
    ],
)
async def test_a_damaged_file_changes_nothing(mine: SqlRepository, exported: Path, spoil) -> None:
    await filled(mine, 1)
    await mine.export_to(exported)
    await mine.forget_all()
    exported.write_bytes(spoil(exported.read_bytes()))
    with pytest.raises(StoreError):
        await mine.import_from(exported)
    assert await mine.sessions() == ()
    assert await mine.cards() == ()


async def test_an_empty_file_is_no_export(mine: SqlRepository, exported: Path) -> None:
    exported.touch()
    with pytest.raises(ExportUnusable, match="not a mockint export"):
        await mine.import_from(exported)


async def test_a_file_that_is_not_there(mine: SqlRepository, exported: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        await mine.import_from(exported)


async def test_fields_of_a_later_release_are_passed_over(
    mine: SqlRepository, exported: Path
) -> None:
    """Within one version of the format, a newer mockint may know more about an assessment."""
    session = await open_one(mine)
    answer = await mine.answer(session.id, "一", position=1, key="a")
    await grade(mine, session.id, answer.seq, 6.0)
    await mine.export_to(exported)
    await mine.forget_all()
    lines = lines_of(exported)
    lines[1]["session"]["events"][-1]["data"]["assessment"]["mood"] = "sunny"
    exported.write_bytes(signed(lines))
    await mine.import_from(exported)
    counting = (await mine.load(session.id)).turns[0].result
    assert counting is not None
    assert counting.assessment == assessment(6.0)
