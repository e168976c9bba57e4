"""Streams of one session: nothing lost, nothing twice, and in an interview a poker face."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.domain.events import SessionMode
from app.errors import LimitReached, SessionNotFound
from app.interview.host import Host
from app.web.live.board import MOST_WATCHES
from app.web.live.lookout import Lookout
from app.web.live.poker_face import Cursor, read_cursor
from app.web.live.stream import SessionStream
from tests.web.live.conftest import PATIENCE, House, MakeHouse, running, until

Sent = tuple[str | None, str, Any]


class Reader:
    """Reads a stream as a browser does: `sent` are (id, kind, data) so far."""

    def __init__(self, stream: SessionStream) -> None:
        self.sent: list[Sent] = []
        self.is_over = False
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read(stream))

    @classmethod
    async def open(cls, house: House, session_id: str, cursor: str = "0") -> "Reader":
        return cls(
            await SessionStream.open(
                house.mine, session_id, read_cursor(cursor), house.board, house.desk
            )
        )

    async def _read(self, stream: SessionStream) -> None:
        async for event in stream.events():
            if event.data is not None:
                self.sent.append((event.id, event.event or "", json.loads(event.data)))
            self._news.set()
        self.is_over = True
        self._news.set()

    async def until(self, kind: str, times: int = 1) -> list[Sent]:
        """All that came, once `kind` has come so many times."""
        async with asyncio.timeout(PATIENCE):
            while sum(sent[1] == kind for sent in self.sent) < times:
                self._news.clear()
                await self._news.wait()
        return self.sent

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind, _ in self.sent]

    @property
    def ids(self) -> list[str]:
        return [name for name, _, _ in self.sent if name is not None]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def readers() -> AsyncIterator[list[Reader]]:
    made: list[Reader] = []
    yield made
    for reader in made:
        await reader.close()


async def test_a_reader_gets_what_is_stored_and_then_what_follows(
    house: House, readers: list[Reader]
) -> None:
    session = await house.begin()
    reader = await Reader.open(house, session.id)
    readers.append(reader)
    await reader.until("question")
    host = Host(house.mine, session)
    answer = await host.send("定期备份", key="one")
    house.board.wake(session.id)
    sent = await reader.until("assessment")
    assert reader.ids == ["1", "2", "3", "4"]
    assert [kind for kind in reader.kinds if kind != "verdict"] == [
        "plan",
        "question",
        "answer",
        "assessment",
    ]
    assert sent[-1][2]["assessment"]["score"] == 3.8
    assert sent[-1][2]["answer"] == answer.seq


async def test_a_question_goes_out_without_what_is_to_be_found(
    house: House, readers: list[Reader]
) -> None:
    reader = await Reader.open(house, (await house.begin()).id)
    readers.append(reader)
    text = json.dumps(await reader.until("question"), ensure_ascii=False)
    assert "数据中心如何保证数据备份" in text
    assert "异地备份" not in text
    assert "按季度演练" not in text


async def test_verdicts_arrive_one_by_one_before_the_assessment_and_have_no_id(
    house: House, readers: list[Reader]
) -> None:
    house.grader.gate.clear()
    session = await house.begin()
    reader = await Reader.open(house, session.id)
    readers.append(reader)
    await Host(house.mine, session).send("定期备份", key="one")
    house.board.wake(session.id)
    sent = await reader.until("verdict", 2)
    chips = [(name, data["key_point"]["id"]) for name, kind, data in sent if kind == "verdict"]
    assert chips == [(None, "kp1"), (None, "kp2")]
    assert "assessment" not in reader.kinds
    house.grader.gate.set()
    await reader.until("assessment")
    assert reader.kinds[-1] == "assessment"


async def test_a_window_that_opens_late_gets_the_verdicts_that_came_before(
    house: House, readers: list[Reader]
) -> None:
    house.grader.gate.clear()
    session = await house.begin()
    first = await Reader.open(house, session.id)
    readers.append(first)
    await Host(house.mine, session).send("定期备份", key="one")
    house.board.wake(session.id)
    await first.until("verdict", 2)
    late = await Reader.open(house, session.id, first.ids[-1])
    readers.append(late)
    assert [kind for _, kind, _ in await late.until("verdict", 2)] == ["verdict", "verdict"]


async def test_a_reader_that_comes_back_gets_what_it_missed_once(
    house: House, readers: list[Reader]
) -> None:
    session = await house.begin()
    reader = await Reader.open(house, session.id)
    await reader.until("question")
    await reader.close()
    host = Host(house.mine, session)
    await host.hint()
    await host.hint()
    again = await Reader.open(house, session.id, reader.ids[-1])
    readers.append(again)
    await again.until("hint", 2)
    assert again.ids == ["3", "4"]


async def test_what_another_process_stores_arrives_too(
    make_house: MakeHouse, readers: list[Reader]
) -> None:
    here, terminal = make_house(), make_house()
    session = await here.begin()
    reader = await Reader.open(here, session.id, "2")
    readers.append(reader)
    async with running(Lookout(here.store, here.board, seconds=0.05).run()):
        await Host(terminal.mine, session).hint()
        await reader.until("hint")


async def test_one_query_looks_after_all_watched_sessions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    class Counting:
        async def last_seqs(self, session_ids: Any) -> dict[str, int]:
            asked.append(tuple(session_ids))
            return dict.fromkeys(session_ids, 5)

    with house.board.watch("a", 1) as one, house.board.watch("b", 5) as other:
        await Lookout(Counting(), house.board).look()  # type: ignore[arg-type]
        await asyncio.wait_for(one.wait(), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.wait(), 0.05)
    assert asked == [("a", "b")]


async def test_a_stream_ends_once_the_session_has_ended_and_nothing_is_open(
    house: House, readers: list[Reader]
) -> None:
    house.grader.gate.clear()
    session = await house.begin()
    reader = await Reader.open(house, session.id)
    readers.append(reader)
    host = Host(house.mine, session)
    await host.send("定期备份", key="one")
    await host.end()
    house.board.wake(session.id)
    await reader.until("status")
    await asyncio.sleep(0.1)
    assert not reader.is_over
    house.grader.gate.set()
    await reader.until("over")
    assert reader.kinds[-2:] == ["assessment", "over"]
    assert (
        await SessionStream.open(
            house.mine, session.id, read_cursor(reader.ids[-1]), house.board, house.desk
        )
    ).is_over


async def test_an_interview_shows_no_verdict_before_its_end(
    house: House, readers: list[Reader]
) -> None:
    session = await house.begin(SessionMode.INTERVIEW)
    reader = await Reader.open(house, session.id)
    readers.append(reader)
    host = Host(house.mine, session)
    await host.send("定期备份", key="one")
    house.board.wake(session.id)

    async def graded() -> bool:
        return bool(house.grader.finished)

    await until(graded)
    await host.hint()
    house.board.wake(session.id)
    await reader.until("hint")
    assert set(reader.kinds) == {"plan", "question", "answer", "hint"}
    await host.end()
    house.board.wake(session.id)
    await reader.until("over")
    assert reader.kinds[-3:] == ["status", "assessment", "over"]
    end, late = reader.ids[-2:]
    assert late.startswith(f"{end}.")


async def test_what_an_interview_withheld_is_not_lost_where_the_stream_broke_at_its_end(
    house: House,
) -> None:
    session = await house.begin(SessionMode.INTERVIEW)
    host = Host(house.mine, session)
    await host.send("定期备份", key="one")
    await host.grade(house.grader, host.turn.attempt.main)
    await host.end()
    everything = await Reader.open(house, session.id)
    await everything.until("over")
    for place, cursor in enumerate(everything.ids, start=1):
        rest = await Reader.open(house, session.id, cursor)
        await rest.until("over")
        assert rest.ids == everything.ids[place:], cursor


async def test_a_session_that_is_forgotten_ends_its_streams(
    house: House, readers: list[Reader]
) -> None:
    session = await house.begin()
    reader = await Reader.open(house, session.id)
    readers.append(reader)
    await reader.until("question")
    await house.mine.forget_session(session.id)
    await Lookout(house.store, house.board).look()
    await reader.until("over")


async def test_there_is_an_end_to_how_many_windows_watch_one_session(house: House) -> None:
    session = await house.begin()
    with contextlib.ExitStack() as windows:
        for _ in range(MOST_WATCHES):
            windows.enter_context(house.board.watch(session.id, 0))
        with pytest.raises(LimitReached):
            await SessionStream.open(house.mine, session.id, Cursor(), house.board, house.desk)
    await SessionStream.open(house.mine, session.id, Cursor(), house.board, house.desk)


async def test_nobody_reads_another_owners_session(house: House) -> None:
    session = await house.begin()
    with pytest.raises(SessionNotFound):
        await SessionStream.open(
            house.store.of("stranger"), session.id, Cursor(), house.board, house.desk
        )


@pytest.mark.parametrize("text", ["", "x", "-1", "1.x", "１２", "9" * 40, "1.2.3", " "])
def test_a_cursor_that_is_none_means_the_beginning(text: str) -> None:
    assert read_cursor(text) == Cursor()


@pytest.mark.parametrize("cursor", [Cursor(), Cursor(7), Cursor(12, 9)])
def test_a_cursor_is_read_as_it_is_written(cursor: Cursor) -> None:
    assert read_cursor(str(cursor)) == cursor
