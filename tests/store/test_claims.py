"""One answer is graded once, whoever wants to grade it and whatever becomes of them."""

import asyncio

import pytest

from app.domain.assessment import Status, Usage
from app.domain.events import Judge, Reason
from app.domain.session import TurnState
from app.errors import SessionNotFound
from app.store.database import utc_now
from app.store.repository import SqlRepository
from app.store.rows import Waiting
from tests.store.made import NOON, RUBRIC, assessment, grade, open_one


async def answered(mine: SqlRepository, count: int = 1) -> tuple[str, list[int]]:
    """A session with so many answers; its id and their numbers."""
    session = await open_one(mine, asked=count)
    sent = [
        await mine.answer(session.id, f"第 {n} 个答案", position=n, key=f"k{n}")
        for n in range(1, count + 1)
    ]
    return session.id, [answer.seq for answer in sent]


async def test_a_claim_keeps_others_out_until_it_is_used(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    assert await mine.waiting() == (Waiting("local", name, number, False),)
    claim = await mine.claim(name, number, holder="a", seconds=60)
    assert claim is not None
    assert await mine.claim(name, number, holder="b", seconds=60) is None
    assert await mine.waiting() == ()
    record = await mine.assess(claim, assessment(), judged_by=Judge.MODEL)
    assert record is not None
    assert (await mine.load(name)).turns[0].result == record
    assert await mine.claim(name, number, holder="b", seconds=60) is None
    assert await mine.waiting() == ()


async def test_many_at_once_get_one_claim(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    tries = [mine.claim(name, number, holder=str(n), seconds=60) for n in range(12)]
    claims = [claim for claim in await asyncio.gather(*tries) if claim is not None]
    assert len(claims) == 1


async def test_a_claim_that_is_given_back_is_free(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    claim = await mine.claim(name, number, holder="a", seconds=60)
    assert claim is not None
    await mine.release(claim)
    assert await mine.claim(name, number, holder="b", seconds=60) is not None


async def test_who_lost_the_claim_stores_nothing(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    slow = await mine.claim(name, number, holder="slow", seconds=0)
    quick = await mine.claim(name, number, holder="quick", seconds=60)
    assert slow is not None
    assert quick is not None
    assert await mine.renew(slow, 60) is None
    await mine.release(slow)
    assert await mine.assess(slow, assessment(1.0), judged_by=Judge.MODEL) is None
    record = await mine.assess(quick, assessment(9.0), judged_by=Judge.MODEL)
    assert record is not None
    assert await mine.assess(slow, assessment(1.0), judged_by=Judge.MODEL) is None
    exchange = (await mine.load(name)).turns[0].attempt.main
    assert exchange.assessments == (record,)


async def test_who_is_late_but_alone_may_still_store(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    claim = await mine.claim(name, number, holder="a", seconds=0)
    assert claim is not None
    assert await mine.assess(claim, assessment(), judged_by=Judge.MODEL) is not None


async def test_a_renewed_claim_does_not_lapse(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    claim = await mine.claim(name, number, holder="a", seconds=0)
    assert claim is not None
    renewed = await mine.renew(claim, 60)
    assert renewed is not None
    assert renewed.until > claim.until
    assert await mine.claim(name, number, holder="b", seconds=60) is None
    assert await mine.assess(renewed, assessment(), judged_by=Judge.MODEL) is not None


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
async def test_a_claim_from_before_the_clock_was_set_back_holds_nothing_up(
    mine: SqlRepository, clock
) -> None:
    """On PostgreSQL leases go by the server's clock."""
    name, (number,) = await answered(mine)
    assert await mine.claim(name, number, holder="a", seconds=60) is not None
    clock.move(days=-1)
    assert await mine.claim(name, number, holder="b", seconds=60) is not None


async def test_an_ungraded_answer_may_be_tried_again_and_a_graded_one_regraded(
    mine: SqlRepository,
) -> None:
    name, (number,) = await answered(mine)
    for score, again in ((None, False), (6.0, False), (7.0, True), (None, True)):
        claim = await mine.claim(name, number, holder="a", seconds=60, again=again)
        assert claim is not None
        reason = Reason.REGRADE if again else Reason.NEW
        assert await mine.assess(claim, assessment(score), judged_by=Judge.MODEL, reason=reason)
    main = (await mine.load(name)).turns[0].attempt.main
    assert [r.assessment.score for r in main.assessments] == [None, 6.0, 7.0, None]
    assert main.counting is not None
    assert main.counting.assessment.score == 7.0
    assert await mine.waiting() == ()


async def test_an_ungraded_answer_is_not_waiting(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    await grade(mine, name, number, None)
    turn = (await mine.load(name)).turns[0]
    assert turn.state is TurnState.UNGRADED
    assert turn.result is None
    assert await mine.waiting() == ()


async def test_an_appeal_waits_and_is_judged_under_its_own_number(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    await grade(mine, name, number, 4.0)
    appeal = await mine.appeal(name, "我说了", answer=number, key_point_id="kp2", key="p")
    assert await mine.waiting() == (Waiting("local", name, appeal.seq, True),)
    claim = await mine.claim(name, appeal.seq, holder="a", seconds=60)
    assert claim is not None
    assert await mine.claim(name, appeal.seq, holder="b", seconds=60) is None
    record = await mine.assess(claim, assessment(6.0), judged_by=Judge.MODEL, note="heard")
    assert record is not None
    assert (record.answer, record.appeal, record.reason) == (number, appeal.seq, Reason.APPEAL)
    assert await mine.claim(name, appeal.seq, holder="b", seconds=60) is None
    assert await mine.waiting() == ()
    main = (await mine.load(name)).turns[0].attempt.main
    assert main.open_appeals == ()
    assert main.counting == record


async def test_a_self_check_stands_beside_what_it_changes(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    await grade(mine, name, number, 4.0)
    checked = await mine.reassess(
        name,
        assessment(7.0),
        answer=number,
        judged_by=Judge.CANDIDATE,
        reason=Reason.SELF_CHECK,
        key="check-1",
    )
    main = (await mine.load(name)).turns[0].attempt.main
    assert [r.judged_by for r in main.assessments] == [Judge.SIMILARITY, Judge.CANDIDATE]
    assert main.counting == checked


async def test_what_grading_costs_is_counted_once(mine: SqlRepository, clock) -> None:
    name, (number,) = await answered(mine)
    cost = Usage(1, 900, 200, 512)
    claim = await mine.claim(name, number, holder="a", seconds=60)
    assert claim is not None
    made = assessment(5.0, grader=RUBRIC, usage=cost)
    await mine.assess(claim, made, judged_by=Judge.MODEL)
    await mine.assess(claim, made, judged_by=Judge.MODEL)
    await mine.reassess(
        name,
        made,
        answer=number,
        judged_by=Judge.CANDIDATE,
        reason=Reason.SELF_CHECK,
        key="check-1",
    )
    await mine.add_usage(Usage(1, 100, 20, 0), purpose="follow_up", session_id=name)
    clock.move(days=1)
    await mine.add_usage(Usage(1, 1, 1, 1), purpose="summary", model="judge-1")
    assert await mine.usage_since(NOON) == Usage(3, 1001, 221, 513)
    assert await mine.usage_since(clock.now) == Usage(1, 1, 1, 1)
    assert (await mine.load(name)).turns[0].result is not None


async def test_an_assessment_of_a_forgotten_session_goes_nowhere(mine: SqlRepository) -> None:
    name, (number,) = await answered(mine)
    claim = await mine.claim(name, number, holder="a", seconds=60)
    assert claim is not None
    await mine.forget_session(name)
    with pytest.raises(SessionNotFound):
        await mine.assess(claim, assessment(), judged_by=Judge.MODEL)


@pytest.fixture
def beside(mine: SqlRepository) -> SqlRepository:
    """The repository on the machine's own clock, as other processes have it."""
    mine.database.clock = utc_now
    return mine


async def test_two_processes_on_one_session_grade_each_answer_once(
    beside: SqlRepository, start_worker
) -> None:
    name, numbers = await answered(beside, 12)
    workers = [start_worker("grade_all", name) for _ in range(2)]
    said = []
    for worker in workers:
        out, err = await asyncio.to_thread(worker.communicate, timeout=60)
        assert (worker.returncode, err) == (0, "")
        said += [int(line) for line in out.split()]
    assert sorted(said) == numbers
    session = await beside.load(name)
    records = [turn.attempt.main.assessments for turn in session.turns]
    assert [len(of_one) for of_one in records] == [1] * 12
    assert all(r.assessment.status is Status.GRADED for of_one in records for r in of_one)


async def test_what_a_killed_process_held_comes_free(beside: SqlRepository, start_worker) -> None:
    name, (number,) = await answered(beside)
    worker = start_worker("claim_and_hang", name, str(number))
    assert await asyncio.to_thread(worker.stdout.readline) == "claimed\n"
    worker.kill()
    worker.wait()
    claim = None
    while claim is None:
        await asyncio.sleep(0.05)
        claim = await beside.claim(name, number, holder="heir", seconds=60)
    assert await beside.assess(claim, assessment(), judged_by=Judge.SIMILARITY) is not None
