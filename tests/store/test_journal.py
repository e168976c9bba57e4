"""What happens in a session is stored event by event, and reading gives all of it back."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.events import (
    Hint,
    Judge,
    PlannedQuestion,
    Reason,
    Remark,
    SessionMode,
    SessionStatus,
    Speaker,
    new_session_id,
)
from app.domain.session import TurnState
from app.errors import SessionChanged, SessionNotFound, StoreError
from app.store.opening import open_store
from app.store.repository import SqlRepository, SqlStore
from tests.store.made import NOON, SteadyClock, assessment, grade, open_one, question


async def test_a_whole_interview_comes_back_as_it_was(mine: SqlRepository, location) -> None:
    session = await open_one(mine, asked=2)
    hint = await mine.hint(session.id, "想想断电", position=1, step=1, key_point_id="kp1")
    talk = await mine.remark(
        session.id, "你指训练吗？", speaker=Speaker.CANDIDATE, key="r1", position=1, topic="explain"
    )
    answer = await mine.answer(session.id, "先备份。", position=1, key="a1", seconds=41.5)
    await grade(mine, session.id, answer.seq, 5.0)
    asked = await mine.follow_up(session.id, "恢复要多久？", position=1, step=1, key_point_id="kp2")
    more = await mine.answer(session.id, "几分钟。", position=1, key="a2", step=1)
    await grade(mine, session.id, more.seq, 8.0)
    appeal = await mine.appeal(session.id, "我说了", answer=answer.seq, key_point_id="kp2", key="p")
    await grade(mine, session.id, appeal.seq, 7.0)
    await mine.open_attempt(session.id, position=1, attempt=2)
    again = await mine.answer(session.id, "Back up first.", position=1, key="a3", attempt=2)
    await mine.show_reference(session.id, position=2)
    await mine.skip(session.id, position=2)
    await mine.change_status(session.id, SessionStatus.ENDED, why="time")

    fresh = await open_store(location)
    try:
        found = await fresh.of("local").load(session.id)
    finally:
        await fresh.close()

    turn = found.turns[0]
    first, second = turn.attempts
    assert found.start == session.start
    assert found.start.wishes.minutes == 30
    assert found.status is SessionStatus.ENDED
    assert found.plan[1] == PlannedQuestion("ai-datacenter-02", "没问过", "懂训练")
    assert found.unmet == ("懂水冷",)
    assert turn.question == question(1)
    assert turn.hints == (hint,)
    assert found.remarks == (talk,)
    assert first.main.answer == answer
    assert first.main.answer.hints == 1
    assert [record.reason for record in first.main.assessments] == [Reason.NEW, Reason.APPEAL]
    assert first.main.counting is not None
    assert first.main.counting.assessment == assessment(7.0)
    assert first.main.appeals == (appeal,)
    assert first.follow_ups[0].follow_up == asked
    assert first.follow_ups[0].answer == more
    assert more.key_point_id == "kp2"
    assert second.main.answer == again
    assert turn.state is TurnState.GRADING
    assert found.turns[1].state is TurnState.SKIPPED


async def test_sending_twice_stores_once(mine: SqlRepository) -> None:
    session = await open_one(mine)
    name = session.id

    async def send() -> list[object]:
        return [
            await mine.ask(name, question(1), position=1),
            await mine.hint(name, "想想", position=1, step=1),
            await mine.answer(name, "先备份。", position=1, key="a1"),
            await mine.follow_up(name, "然后？", position=1, step=1, key_point_id="kp2"),
            await mine.skip(name, position=1, step=1),
            await mine.show_reference(name, position=1),
            await mine.open_attempt(name, position=1, attempt=2),
            await mine.remark(name, "好", speaker=Speaker.INTERVIEWER, key="r1"),
            await mine.appeal(name, "不对", answer=4, key_point_id="kp1", key="p1"),
            await mine.reassess(
                name,
                assessment(9.0),
                answer=4,
                judged_by=Judge.CANDIDATE,
                reason=Reason.SELF_CHECK,
                key="s1",
            ),
        ]

    first = await send()
    after_first = await mine.load(name)
    assert await send() == first
    assert await mine.load(name) == after_first
    opened = await mine.open_session(name, mode=SessionMode.REVIEW, language="en", plan=())
    assert opened == after_first


async def test_a_key_belongs_to_the_first_text_sent_under_it(mine: SqlRepository) -> None:
    session = await open_one(mine)
    await mine.answer(session.id, "先备份。", position=1, key="a1")
    again = await mine.answer(session.id, "another text", position=1, key="a1")
    assert again.text == "先备份。"


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda m, s: m.ask(s, question(7), position=1), id="position taken"),
        pytest.param(lambda m, s: m.ask(s, question(3), position=5), id="position left out"),
        pytest.param(lambda m, s: m.answer(s, "二", position=1, key="b"), id="answered elsewhere"),
        pytest.param(lambda m, s: m.answer(s, "二", position=9, key="b"), id="no such question"),
        pytest.param(
            lambda m, s: m.answer(s, "二", position=1, key="b", attempt=2), id="no such attempt"
        ),
        pytest.param(
            lambda m, s: m.answer(s, "二", position=1, key="b", step=1), id="no such follow-up"
        ),
        pytest.param(lambda m, s: m.answer(s, "二", position=2, key="b"), id="skipped elsewhere"),
        pytest.param(
            lambda m, s: m.answer(s, "二", position=3, key="k" * 201), id="key of 201 characters"
        ),
        pytest.param(lambda m, s: m.skip(s, position=1), id="skip what is answered"),
        pytest.param(
            lambda m, s: m.follow_up(s, "？", position=3, step=1, key_point_id="kp1"),
            id="follow-up before the answer",
        ),
        pytest.param(
            lambda m, s: m.follow_up(s, "？", position=1, step=2, key_point_id="kp1"),
            id="second follow-up before the first",
        ),
        pytest.param(
            lambda m, s: m.follow_up(s, "？", position=1, step=0, key_point_id="kp1"),
            id="follow-up number 0",
        ),
        pytest.param(lambda m, s: m.hint(s, "…", position=1, step=4), id="fourth hint"),
        pytest.param(lambda m, s: m.open_attempt(s, position=1, attempt=3), id="attempt left out"),
        pytest.param(lambda m, s: m.show_reference(s, position=8), id="reference to nothing"),
        pytest.param(
            lambda m, s: m.appeal(s, "…", answer=2, key_point_id="kp1", key="p"),
            id="appeal against a question",
        ),
        pytest.param(lambda m, s: m.claim(s, 1, holder="h", seconds=9), id="grade the plan"),
        pytest.param(lambda m, s: m.replan(s, (), replaces=99), id="plan changed elsewhere"),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(mine: SqlRepository, act) -> None:
    session = await open_one(mine, asked=3)
    await mine.answer(session.id, "一", position=1, key="a")
    await mine.skip(session.id, position=2)
    before = await mine.load(session.id)
    with pytest.raises(SessionChanged):
        await act(mine, session.id)
    assert await mine.load(session.id) == before


async def test_at_most_two_follow_ups_an_attempt(mine: SqlRepository) -> None:
    session = await open_one(mine)
    await mine.answer(session.id, "一", position=1, key="a")
    for step in (1, 2):
        await mine.follow_up(session.id, "？", position=1, step=step, key_point_id="kp1")
    with pytest.raises(SessionChanged, match="follow-up number 3"):
        await mine.follow_up(session.id, "？", position=1, step=3, key_point_id="kp1")


async def test_an_ended_session_takes_no_answers_but_can_still_be_judged(
    mine: SqlRepository,
) -> None:
    session = await open_one(mine, asked=2)
    answer = await mine.answer(session.id, "一", position=1, key="a")
    await mine.change_status(session.id, SessionStatus.ENDED)
    for act in (
        mine.answer(session.id, "二", position=2, key="b"),
        mine.ask(session.id, question(3), position=3),
        mine.open_attempt(session.id, position=1, attempt=2),
        mine.change_status(session.id, SessionStatus.OPEN),
    ):
        with pytest.raises(SessionChanged, match="ended"):
            await act
    assert await mine.answer(session.id, "一", position=1, key="a") == answer
    await grade(mine, session.id, answer.seq, 5.0)
    await mine.appeal(session.id, "我说了", answer=answer.seq, key_point_id="kp2", key="p")
    assert (await mine.load(session.id)).turns[0].result is not None


async def test_pausing_twice_is_pausing_once(mine: SqlRepository) -> None:
    session = await open_one(mine)
    paused = await mine.change_status(session.id, SessionStatus.PAUSED, why="asked")
    assert paused is not None
    assert paused.why == "asked"
    assert await mine.change_status(session.id, SessionStatus.PAUSED) is None
    assert (await mine.load(session.id)).status is SessionStatus.PAUSED


async def test_a_plan_changes_only_from_the_plan_that_was_seen(mine: SqlRepository) -> None:
    session = await open_one(mine)
    first = session.plans[-1].seq
    made = await mine.replan(
        session.id, [PlannedQuestion("ai-datacenter-09", "更难")], replaces=first, why="strong"
    )
    with pytest.raises(SessionChanged, match="plan"):
        await mine.replan(session.id, (), replaces=first)
    found = await mine.load(session.id)
    assert found.plan == made.plan
    assert [plan.why for plan in found.plans] == ["", "strong"]


async def test_answers_note_what_was_seen_before_they_were_sent(mine: SqlRepository) -> None:
    session = await open_one(mine, asked=2)
    plain = await mine.answer(session.id, "一", position=1, key="a")
    await mine.hint(session.id, "…", position=1, step=1)
    await mine.hint(session.id, "…", position=1, step=2)
    await mine.show_reference(session.id, position=1)
    await mine.open_attempt(session.id, position=1, attempt=2)
    helped = await mine.answer(session.id, "二", position=1, key="b", attempt=2)
    other = await mine.answer(session.id, "三", position=2, key="c")
    assert [(a.hints, a.read_reference) for a in (plain, helped, other)] == [
        (0, False),
        (2, True),
        (0, False),
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("备份\x00完", "备份\ufffd完", id="NUL"),
        pytest.param("a\ud83db", "a\ufffdb", id="lone surrogate"),
        pytest.param("😀𝄞 ‏نص", "😀𝄞 ‏نص", id="beyond the basic plane, right to left"),
        pytest.param("'; DROP TABLE sessions; --", "'; DROP TABLE sessions; --", id="SQL"),
        pytest.param("", "", id="empty"),
        pytest.param("很长" * 50_000, "很长" * 50_000, id="100,000 characters"),
    ],
)
async def test_any_text_is_kept_offset_by_offset(mine: SqlRepository, sent: str, kept: str) -> None:
    session = await open_one(mine)
    answer = await mine.answer(session.id, sent, position=1, key=sent[:50])
    talk = await mine.remark(session.id, sent, speaker=Speaker.CANDIDATE, key="r")
    found = await mine.load(session.id)
    stored = found.turns[0].attempt.main.answer
    assert answer.text == kept
    assert stored == answer
    assert found.remarks == (talk,)
    assert talk.text == kept


async def test_time_taken_that_is_no_number_is_unknown(mine: SqlRepository) -> None:
    session = await open_one(mine)
    answer = await mine.answer(session.id, "一", position=1, key="a", seconds=float("nan"))
    assert answer.seconds is None


async def test_events_can_be_taken_up_where_a_reader_left_off(mine: SqlRepository) -> None:
    session = await open_one(mine)
    seen = await mine.last_seq(session.id)
    hint = await mine.hint(session.id, "想想", position=1, step=1)
    talk = await mine.remark(session.id, "嗯", speaker=Speaker.CANDIDATE, key="r")
    assert seen == session.seq
    assert await mine.events_after(session.id, seen) == (hint, talk)
    assert await mine.events_after(session.id, talk.seq) == ()
    kinds = [type(event) for event in await mine.events_after(session.id, 0)]
    assert kinds[-2:] == [Hint, Remark]
    assert len(kinds) == await mine.last_seq(session.id)


async def test_a_changed_bank_does_not_change_what_was_asked(mine: SqlRepository) -> None:
    session = await open_one(mine)
    edited = replace(question(1), text="改过的题", key_points=())
    assert (await mine.ask(session.id, edited, position=1)).question == question(1)
    assert (await mine.load(session.id)).turns[0].question == question(1)


async def test_order_is_by_number_when_the_clock_is_set_back(mine: SqlRepository, clock) -> None:
    session = await open_one(mine, asked=2)
    first = await mine.answer(session.id, "一", position=1, key="a")
    clock.move(days=-2)
    second = await mine.answer(session.id, "二", position=2, key="b")
    later = await open_one(mine)
    assert second.at < first.at == NOON
    events = await mine.events_after(session.id, 0)
    assert events.index(first) < events.index(second)
    assert [row.id for row in await mine.sessions()] == [later.id, session.id]
    assert (await mine.load(session.id)).turns[1].attempt.main.answer == second


async def test_a_session_is_found_by_the_beginning_of_its_name(mine: SqlRepository) -> None:
    for name in ("aa11", "aa22", "bb33", "%_"):
        await mine.open_session(name, mode=SessionMode.PRACTICE, language="zh", plan=())
    assert await mine.resolve("bb") == "bb33"
    assert await mine.resolve("aa11") == "aa11"
    assert await mine.resolve("last") == "%_"
    with pytest.raises(SessionNotFound, match="More than one"):
        await mine.resolve("aa")
    for unknown in ("c", "b%", "_", "' OR 1=1"):
        with pytest.raises(SessionNotFound, match="No session"):
            await mine.resolve(unknown)


async def test_nothing_is_the_last_session_of_nobody(mine: SqlRepository) -> None:
    with pytest.raises(StoreError):
        await mine.resolve("last")
    with pytest.raises(SessionNotFound):
        await mine.load(new_session_id())


async def test_the_newest_numbers_of_many_sessions_come_with_one_question(
    store: SqlStore, mine: SqlRepository
) -> None:
    one, other = await open_one(mine), await open_one(store.of("somebody-else"), asked=3)
    many = [f"gone-{number}" for number in range(1200)]
    found = await store.last_seqs([one.id, *many, other.id])
    assert found == {one.id: one.seq, other.id: other.seq}
    assert await store.last_seqs([]) == {}


async def test_a_session_read_again_has_what_others_added_since(
    store: SqlStore, mine: SqlRepository, location: str | Path, clock: SteadyClock
) -> None:
    session = await open_one(mine)
    elsewhere = await open_store(location, clock=clock)
    try:
        await elsewhere.of("local").hint(session.id, "想想", position=1, step=1)
        await elsewhere.of("local").answer(session.id, "一", position=1, key="a")
        again = await mine.load(session.id)
        assert again == await elsewhere.of("local").load(session.id)
        assert again.seq == session.seq + 2
    finally:
        await elsewhere.close()


async def test_a_session_opened_anew_under_a_forgotten_name_is_another_one(
    mine: SqlRepository,
) -> None:
    first = await mine.open_session("same", mode=SessionMode.PRACTICE, language="zh", plan=())
    await mine.remark(first.id, "嗯", speaker=Speaker.CANDIDATE, key="r")
    assert (await mine.load("same")).remarks
    await mine.forget_session("same")
    second = await mine.open_session("same", mode=SessionMode.PRACTICE, language="en", plan=())
    assert (second.start.language, second.remarks) == ("en", ())
