"""Lists over many sessions agree with the sessions themselves, at the price of a few queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.domain.assessment import Status, Verdict
from app.domain.events import SessionMode, SessionStatus
from app.store.repository import SqlRepository
from app.store.rows import AskedRow, KeyPointMark, ResultRow
from tests.store.made import NOON, grade, open_one


@contextmanager
def statements(mine: SqlRepository) -> Iterator[list[str]]:
    """The SELECTs that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    engine = mine.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def some_history(mine: SqlRepository, sessions: int = 3) -> list[str]:
    """Sessions with graded, regraded, ungraded, waiting, skipped and repeated answers."""
    names = []
    for _ in range(sessions):
        session = await open_one(mine, asked=4)
        sent = [
            await mine.answer(session.id, f"答 {n}", position=n, key=f"k{n}", seconds=10.0 * n)
            for n in (1, 2, 3)
        ]
        await grade(mine, session.id, sent[0].seq, 3.0)
        await grade(mine, session.id, sent[0].seq, 8.0)
        await grade(mine, session.id, sent[0].seq, None)
        await grade(mine, session.id, sent[1].seq, None)
        await mine.follow_up(session.id, "？", position=1, step=1, key_point_id="kp2")
        more = await mine.answer(session.id, "补充", position=1, step=1, key="f1")
        await grade(mine, session.id, more.seq, 9.0)
        await mine.hint(session.id, "想想", position=2, step=1)
        await mine.open_attempt(session.id, position=2, attempt=2)
        again = await mine.answer(session.id, "再答", position=2, key="k2b", attempt=2)
        await grade(mine, session.id, again.seq, 6.0)
        await mine.skip(session.id, position=4)
        names.append(session.id)
    return names


async def test_results_are_what_the_sessions_say(mine: SqlRepository) -> None:
    names = await some_history(mine)
    rows = await mine.results()
    told = []
    for name in names:
        session = await mine.load(name)
        mains = [
            (turn, attempt.main)
            for turn in session.turns
            for attempt in turn.attempts
            if attempt.main.answer is not None
        ]
        for turn, main in sorted(mains, key=lambda pair: pair[1].answer.seq):
            counting = main.counting
            made = counting.assessment if counting else None
            told.append(
                ResultRow(
                    session_id=name,
                    mode=SessionMode.PRACTICE,
                    session_at=session.start.created_at,
                    position=turn.position,
                    question_id=turn.question.id,
                    topic="训练",
                    difficulty=2,
                    language="zh",
                    attempt=main.answer.attempt,
                    answer=main.answer.seq,
                    sent_at=main.answer.at,
                    seconds=main.answer.seconds,
                    hints=main.answer.hints,
                    read_reference=main.answer.read_reference,
                    assessed=counting.seq if counting else None,
                    status=made.status if made else None,
                    score=made.score if made else None,
                    band=made.band if made else None,
                    confidence=made.confidence if made else None,
                    judged_by=counting.judged_by if counting else None,
                    grader=made.grader.mode if made else None,
                    marks=(
                        KeyPointMark("kp1", Verdict.COVERED, 0.93, 1.0),
                        KeyPointMark("kp2", Verdict.MISSING, 0.1, 0.5),
                    )
                    if made
                    else (),
                )
            )
    assert list(rows) == told
    assert [row.score for row in rows[:4]] == [8.0, None, None, 6.0]
    assert [row.status for row in rows[:4]] == [
        Status.GRADED,
        Status.UNGRADED,
        None,
        Status.GRADED,
    ]


async def test_results_of_one_session_or_since_a_day(mine: SqlRepository, clock) -> None:
    first, second = await some_history(mine, 2)
    clock.move(days=3)
    (third,) = await some_history(mine, 1)
    assert {row.session_id for row in await mine.results(session_id=second)} == {second}
    assert {row.session_id for row in await mine.results(since=NOON)} == {first, second, third}
    recent = await mine.results(since=NOON + timedelta(days=1))
    assert {row.session_id for row in recent} == {third}
    assert await mine.results(session_id="unknown") == ()


@pytest.mark.parametrize("status", [SessionStatus.OPEN, SessionStatus.PAUSED])
async def test_nothing_of_an_interview_is_told_before_its_end(
    mine: SqlRepository, status: SessionStatus
) -> None:
    session = await open_one(mine, mode=SessionMode.INTERVIEW)
    sent = await mine.answer(session.id, "一", position=1, key="a")
    await grade(mine, session.id, sent.seq)
    await mine.change_status(session.id, status)
    assert await mine.results() == ()
    assert await mine.results(session_id=session.id) == ()
    assert await mine.unreviewed() == ()
    await mine.change_status(session.id, SessionStatus.ENDED)
    assert [row.answer for row in await mine.results()] == [sent.seq]
    assert [row.answer for row in await mine.unreviewed()] == [sent.seq]


async def test_the_list_of_sessions_is_newest_first_with_counts(mine: SqlRepository, clock) -> None:
    (older,) = await some_history(mine, 1)
    clock.move(hours=1)
    newer = await open_one(mine, asked=2, mode=SessionMode.INTERVIEW, language="en")
    await mine.change_status(older, SessionStatus.ENDED)
    rows = await mine.sessions()
    assert [row.id for row in rows] == [newer.id, older]
    top, bottom = rows
    assert (top.mode, top.language, top.status) == (
        SessionMode.INTERVIEW,
        "en",
        SessionStatus.OPEN,
    )
    assert (top.planned, top.asked, top.answered, top.graded, top.waiting) == (2, 2, 0, 0, 0)
    assert (bottom.planned, bottom.asked, bottom.answered, bottom.graded, bottom.waiting) == (
        4,
        4,
        5,
        3,
        1,
    )
    assert (bottom.created_at, bottom.changed_at) == (NOON, NOON + timedelta(hours=1))
    assert [row.id for row in await mine.sessions(limit=1)] == [newer.id]
    ended = await mine.sessions(statuses=[SessionStatus.ENDED])
    assert [row.id for row in ended] == [older]
    unended = await mine.sessions(statuses=[SessionStatus.OPEN, SessionStatus.PAUSED])
    assert [row.id for row in unended] == [newer.id]


async def test_questions_know_how_long_ago_they_were_asked(mine: SqlRepository, clock) -> None:
    await open_one(mine, asked=3)
    clock.move(days=1)
    await open_one(mine, asked=2)
    await open_one(mine, asked=1)
    assert await mine.asked() == (
        AskedRow("ai-datacenter-01", 3, 0, NOON + timedelta(days=1)),
        AskedRow("ai-datacenter-02", 2, 1, NOON + timedelta(days=1)),
        AskedRow("ai-datacenter-03", 1, 2, NOON),
    )


@pytest.mark.parametrize("look", ["sessions", "results", "asked", "unreviewed", "cards", "waiting"])
async def test_a_longer_history_takes_no_more_queries(mine: SqlRepository, look: str) -> None:
    await some_history(mine, 1)
    with statements(mine) as few:
        await getattr(mine, look)()
    await some_history(mine, 2)
    with statements(mine) as many:
        await getattr(mine, look)()
    assert len(many) == len(few) <= 4


async def test_reading_one_session_takes_five_queries_at_most(mine: SqlRepository) -> None:
    (name,) = await some_history(mine, 1)
    with statements(mine) as sent:
        await mine.load(name)
    assert len(sent) <= 5
