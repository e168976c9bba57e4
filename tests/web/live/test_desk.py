"""The desk: each answer judged once, in the background, whatever happens to a process."""

import asyncio

import pytest

from app.domain.events import SessionMode
from app.errors import VectorIndexError
from app.interview.host import Host
from app.interview.judging import CLAIM_SECONDS
from app.web.live import desk as desk_module
from app.web.live.desk import Job
from tests.web.live.conftest import RUBRIC, House, MakeHouse, running, until


async def answered(house: House, mode: SessionMode = SessionMode.PRACTICE) -> Job:
    """A session with an answer that nobody has judged."""
    session = await house.begin(mode)
    answer = await Host(house.mine, session).send("定期备份", key="one")
    return Job("local", session.id, answer.seq)


async def graded(house: House, job: Job) -> bool:
    session = await house.mine.load(job.session_id)
    return bool(session.find_answer(job.number)[1].assessments)


async def test_an_answer_that_is_offered_is_graded_in_the_background(house: House) -> None:
    job = await answered(house)
    house.desk.offer(job)
    await until(lambda: graded(house, job))


async def test_offering_twice_grades_once(house: House) -> None:
    job = await answered(house)
    house.grader.gate.clear()
    house.desk.offer(job)
    house.desk.offer(job)
    await asyncio.sleep(0.1)
    house.desk.offer(job)
    house.grader.gate.set()
    await until(lambda: graded(house, job))
    await asyncio.sleep(0.1)
    assert house.grader.graded == ["定期备份"]


async def test_two_desks_on_one_store_grade_an_answer_once(make_house: MakeHouse) -> None:
    one, other = make_house(), make_house()
    job = await answered(one)
    one.grader.gate.clear()
    other.grader.gate.clear()
    one.desk.offer(job)
    other.desk.offer(job)
    await asyncio.sleep(0.3)
    one.grader.gate.set()
    other.grader.gate.set()
    await until(lambda: graded(one, job))
    assert len(one.grader.graded + other.grader.graded) == 1


async def test_what_was_left_open_is_taken_up_when_a_desk_begins_to_run(house: House) -> None:
    job = await answered(house)
    async with running(house.desk.run()):
        await until(lambda: graded(house, job))


async def test_the_claim_of_a_dead_process_lapses_and_its_answer_is_taken_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "ROUND_SECONDS", 0.1)
    job = await answered(house)
    assert await house.mine.claim(job.session_id, job.number, holder="dead", seconds=0.5)
    async with running(house.desk.run()):
        await asyncio.sleep(0.3)
        assert not await graded(house, job)
        await until(lambda: graded(house, job))


async def test_no_more_is_under_way_than_there_are_places(make_house: MakeHouse) -> None:
    house = make_house(places=2)
    house.grader.gate.clear()
    for _ in range(4):
        house.desk.offer(await answered(house))
    await asyncio.sleep(0.3)
    assert (len(house.grader.graded), house.desk.busy) == (2, 4)
    house.grader.gate.set()

    async def all_done() -> bool:
        return len(house.grader.finished) == 4

    await until(all_done)


async def test_a_desk_that_closes_gives_its_claims_back(make_house: MakeHouse) -> None:
    closing, next_one = make_house(), make_house()
    job = await answered(closing)
    closing.grader.gate.clear()
    closing.desk.offer(job)
    await asyncio.sleep(0.2)
    await closing.desk.close()
    async with asyncio.timeout(CLAIM_SECONDS / 2):  # sooner than a claim lapses
        async with running(next_one.desk.run()):
            await until(lambda: graded(next_one, job))


async def test_an_answer_that_cannot_be_judged_is_tried_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "ROUND_SECONDS", 0.1)
    house.grader.failing = [VectorIndexError("The index is broken."), RuntimeError("a defect")]
    job = await answered(house)
    async with running(house.desk.run()):
        await until(lambda: graded(house, job))
    assert len(house.grader.graded) == 3


async def test_an_answer_watched_elsewhere_is_left_for_a_moment_to_that_process(
    make_house: MakeHouse,
) -> None:
    here, there = make_house(is_alone=False), make_house(is_alone=False)
    job = await answered(here)
    session = await here.mine.load(job.session_id)
    with there.board.watch(job.session_id, 0):
        here.desk.offer(job)
        there.desk.take_up(session)
        await until(lambda: graded(here, job))
    await asyncio.sleep(desk_module.FIRST_PICK_SECONDS + 0.2)
    assert (here.grader.graded, there.grader.graded) == ([], ["定期备份"])


async def test_an_answer_that_nobody_watches_is_graded_where_it_was_sent(
    make_house: MakeHouse,
) -> None:
    house = make_house(is_alone=False)
    job = await answered(house)
    house.desk.offer(job)
    await until(lambda: graded(house, job))


async def test_an_appeal_is_heard_in_the_background(make_house: MakeHouse) -> None:
    house = make_house(RUBRIC)
    job = await answered(house)
    house.desk.offer(job)
    await until(lambda: graded(house, job))
    host = Host(house.mine, await house.mine.load(job.session_id))
    appeal = await host.appeal("kp2", "说了两地三中心。", key="why")
    house.desk.offer(Job("local", job.session_id, appeal.seq))

    async def heard() -> bool:
        return not (await house.mine.load(job.session_id)).waiting

    await until(heard)
    record = (await house.mine.load(job.session_id)).turns[0].attempt.main.counting
    assert record is not None
    assert (record.appeal, record.note) == (appeal.seq, "changed")


async def test_a_session_that_was_forgotten_leaves_no_work(house: House) -> None:
    job = await answered(house)
    await house.mine.forget_session(job.session_id)
    house.desk.offer(job)
    await asyncio.sleep(0.2)
    assert (house.desk.busy, house.grader.graded) == (0, [])
