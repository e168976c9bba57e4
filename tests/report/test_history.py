import json
from datetime import UTC, timedelta

from app.interview.review import record_reviews
from app.report.gathering import gather_history
from app.store.repository import SqlRepository
from tests.report.made import QUESTIONS, full_session, simple_session
from tests.store.made import NOON, SteadyClock


async def test_sessions_topics_and_means_leave_out_what_was_not_graded(
    mine: SqlRepository, clock: SteadyClock
) -> None:
    await simple_session(mine, (4.0, 6.0, None))
    clock.move(days=1)
    await full_session(mine)
    history = await gather_history(mine, QUESTIONS, now=clock.now, zone=UTC)
    assert [mark.mean for mark in history.sessions] == [5.0, 4.3]
    assert [mark.ungraded for mark in history.sessions] == [1, 1]
    assert (history.mean, history.counted, history.ungraded) == (4.7, 4, 2)
    assert [(one.topic, one.mean, one.means) for one in history.topics] == [
        ("网络", 3.8, (6.0, 1.5)),
        ("存储", 5.6, (4.0, 7.2)),
    ]


async def test_days_in_a_row_end_today_or_yesterday(
    mine: SqlRepository, clock: SteadyClock
) -> None:
    for days in (0, 1, 1, 3, 1):
        clock.move(days=days)
        await simple_session(mine, (5.0,))

    async def streak(**later: float) -> tuple[int, int]:
        now = clock.now + timedelta(**later)
        history = await gather_history(mine, QUESTIONS, now=now, zone=UTC)
        return history.streak, history.longest

    assert await streak() == (2, 3)
    assert await streak(days=1) == (2, 3)
    assert await streak(days=2) == (0, 3)
    assert await streak(days=-6) == (1, 1)


async def test_what_is_due_is_told_now_and_by_day(mine: SqlRepository, clock: SteadyClock) -> None:
    await simple_session(mine, (2.0, 8.0))
    before = await gather_history(mine, QUESTIONS, now=clock.now, zone=UTC)
    assert before.due == ()
    assert next((day.day, day.key_points) for day in before.ahead) == (
        (NOON + timedelta(days=1)).date(),
        3,
    )
    clock.move(days=1)
    history = await gather_history(mine, QUESTIONS, now=clock.now, zone=UTC)
    assert [one.question.id for one in history.due] == ["q1"]
    assert (await mine.cards()) == ()  # looking back changes nothing
    await record_reviews(mine)
    assert (await gather_history(mine, QUESTIONS, now=clock.now, zone=UTC)) == history


async def test_nothing_yet_is_an_empty_history(mine: SqlRepository) -> None:
    history = await gather_history(mine, QUESTIONS, now=NOON, zone=UTC)
    assert (history.sessions, history.mean, history.streak, history.due) == ((), None, 0, ())
    assert json.loads(json.dumps(history.as_json()))["overall"]["mean"] is None
