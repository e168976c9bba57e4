"""What a candidate can do, from one window or several."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.assessment import Verdict
from app.domain.events import Answer, Reason, SessionMode, SessionStatus
from app.domain.poker_face import shown
from app.domain.session import Session, TurnState
from app.errors import AnswerTooLong, SessionChanged, SessionNotFound
from app.interview.conversation import Step, next_step
from app.interview.talk import Talk
from app.web.live.bearings import Place
from app.web.live.moves import Interview
from app.web.live.poker_face import Outgoing
from app.web.live.wire import event_json, session_json
from tests.web.live.conftest import RUBRIC, House, MakeHouse, until

FIRST = Place(1)
EVERYTHING = "定期备份，异地备份，恢复预案，演练"


async def enter(house: House, session: Session) -> Interview:
    """What every request begins with."""
    return await Interview.enter(house.room, house.mine, session.id)


async def graded(house: House, text: str = "定期备份", **fields: SessionMode) -> Session:
    """A session whose first question was answered and graded."""
    session = await house.begin(**fields)
    interview = await enter(house, session)
    await interview.send(text, key="one", at=FIRST, certain=True)

    async def done() -> bool:
        return not (await house.mine.load(session.id)).waiting

    await until(done)
    return await house.mine.load(session.id)


async def test_an_answer_is_stored_and_graded_behind_the_reply(house: House) -> None:
    house.grader.gate.clear()
    session = await house.begin()
    interview = await enter(house, session)
    answer = await interview.send("定期备份\r\n两次", key="one", at=FIRST)
    assert isinstance(answer, Answer)
    assert answer.text == "定期备份\n两次"
    assert next_step(interview.session) is Step.GRADING


async def test_a_double_send_is_one_answer(house: House) -> None:
    session = await house.begin()
    windows = [await enter(house, session) for _ in range(2)]
    answers = await asyncio.gather(
        *(window.send("定期备份", key="one", at=FIRST) for window in windows)
    )
    assert answers[0] == answers[1]


async def test_another_text_from_a_second_window_is_refused_and_nothing_is_lost(
    house: House,
) -> None:
    session = await house.begin()
    windows = [await enter(house, session) for _ in range(2)]
    await windows[0].send("定期备份", key="one", at=FIRST)
    with pytest.raises(SessionChanged):
        await windows[1].send("异地备份", key="two", at=FIRST)


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        pytest.param("能再解释一下题目吗？", Talk.ASKS_BACK, id="a question back"),
        pytest.param("谢谢", Talk.SMALL_TALK, id="small talk"),
    ],
)
async def test_what_may_be_no_answer_is_asked_about_and_not_stored(
    house: House, text: str, talk: Talk
) -> None:
    session = await house.begin()
    interview = await enter(house, session)
    assert await interview.send(text, key="one", at=FIRST) is talk
    assert next_step(await house.mine.load(session.id)) is Step.ANSWER
    assert isinstance(await interview.send(text, key="one", at=FIRST, certain=True), Answer)


async def test_a_question_back_gets_a_reply_and_no_grade(house: House) -> None:
    session = await house.begin()
    interview = await enter(house, session)
    await interview.say("能再解释一下题目吗？", key="one", at=FIRST)
    await interview.say("能再解释一下题目吗？", key="one", at=FIRST)
    remarks = (await house.mine.load(session.id)).remarks
    assert [one.speaker for one in remarks] == ["candidate", "interviewer"]
    assert house.grader.graded == []


async def test_an_answer_over_the_limit_is_refused_and_not_stored(make_house: MakeHouse) -> None:
    house = make_house(limit=10)
    session = await house.begin()
    with pytest.raises(AnswerTooLong):
        await (await enter(house, session)).send("字" * 11, key="one", at=FIRST)
    assert (await house.mine.load(session.id)).seq == session.seq


async def test_clicking_hint_twice_gives_one_hint(house: House) -> None:
    session = await house.begin()
    one, other = await enter(house, session), await enter(house, session)
    first = await one.hint(1, 1)
    assert await other.hint(1, 1) == first
    assert await (await enter(house, session)).hint(1, 1) == first
    with pytest.raises(SessionChanged):
        await (await enter(house, session)).hint(1, 3)


async def test_skipping_puts_the_next_question_and_then_ends(house: House) -> None:
    session = await house.begin()
    for at in (FIRST, FIRST, Place(2)):
        await (await enter(house, session)).skip(at)
    now = await house.mine.load(session.id)
    assert [turn.state for turn in now.turns] == [TurnState.SKIPPED] * 2
    assert now.status is SessionStatus.ENDED


async def test_clicking_next_twice_goes_on_by_one_question(house: House) -> None:
    session = await graded(house)
    windows = [await enter(house, session) for _ in range(2)]
    await asyncio.gather(*(window.go_to_next(1) for window in windows))
    await (await enter(house, session)).go_to_next(1)
    assert len((await house.mine.load(session.id)).turns) == 2


async def test_asking_for_the_first_question_once_it_was_put_changes_nothing(
    house: House,
) -> None:
    session = await house.begin()
    await (await enter(house, session)).go_to_next(0)
    assert (await house.mine.load(session.id)).seq == session.seq


async def test_next_waits_for_an_answer_or_a_skip(house: House) -> None:
    session = await house.begin()
    with pytest.raises(SessionChanged):
        await (await enter(house, session)).go_to_next(1)


async def test_a_follow_up_is_asked_once_and_lifts_the_grade(house: House) -> None:
    session = await graded(house)
    await (await enter(house, session)).follow_up(FIRST)
    turn = await (await enter(house, session)).follow_up(FIRST)
    assert len(turn.attempt.follow_ups) == 1
    interview = await enter(house, session)
    await interview.send("异地备份", key="two", at=Place(1, 1, 1))

    async def lifted() -> bool:
        main = (await house.mine.load(session.id)).turns[0].attempt.main
        return [one.reason for one in main.assessments] == [Reason.NEW, Reason.FOLLOW_UP]

    await until(lifted)


async def test_another_attempt_is_opened_once(house: House) -> None:
    session = await graded(house)
    await (await enter(house, session)).try_again(FIRST)
    turn = await (await enter(house, session)).try_again(FIRST)
    assert [attempt.number for attempt in turn.attempts] == [1, 2]
    await (await enter(house, session)).send("异地备份", key="two", at=Place(1, 2))


async def test_the_candidates_own_verdicts_are_kept_once_beside_the_suggested(
    house: House,
) -> None:
    session = await graded(house)
    record = await (await enter(house, session)).settle(1, {"kp2": Verdict.COVERED})
    again = await (await enter(house, session)).settle(1, {"kp2": Verdict.MISSING})
    assert record == again
    assert record.assessment.key_points[1].verdict is Verdict.COVERED
    with pytest.raises(SessionChanged):
        await (await enter(house, await graded(house))).settle(1, {"kp99": Verdict.COVERED})


async def test_a_verdict_can_be_disputed_later_too(make_house: MakeHouse) -> None:
    house = make_house(RUBRIC)
    session = await graded(house)
    await (await enter(house, session)).go_to_next(1)
    appeal = await (await enter(house, session)).appeal(1, "kp2", "我说了。", key="why")
    assert appeal == await (await enter(house, session)).appeal(1, "kp2", "我说了。", key="why")

    async def heard() -> bool:
        return not (await house.mine.load(session.id)).waiting

    await until(heard)
    counting = (await house.mine.load(session.id)).turns[0].attempt.main.counting
    assert counting is not None
    assert counting.reason is Reason.APPEAL


async def test_a_covered_key_point_cannot_be_disputed(make_house: MakeHouse) -> None:
    house = make_house(RUBRIC)
    session = await graded(house)
    with pytest.raises(SessionChanged):
        await (await enter(house, session)).appeal(1, "kp1", "我说了。", key="why")


async def test_an_ungraded_answer_is_graded_anew_on_demand(house: House) -> None:
    session = await graded(house)
    (await enter(house, session)).regrade(session.turns[0].attempt.main.answer.seq)

    async def regraded() -> bool:
        main = (await house.mine.load(session.id)).turns[0].attempt.main
        return [one.reason for one in main.assessments] == [Reason.NEW, Reason.REGRADE]

    await until(regraded)


async def test_verdicts_of_the_candidates_own_do_not_give_way_to_similarity(house: House) -> None:
    session = await graded(house)
    await (await enter(house, session)).settle(1, {"kp2": Verdict.COVERED})
    with pytest.raises(SessionChanged):
        (await enter(house, session)).regrade(session.turns[0].attempt.main.answer.seq)


async def test_a_paused_session_goes_on_with_the_next_move(house: House) -> None:
    session = await graded(house)
    assert await (await enter(house, session)).pause()
    await (await enter(house, session)).go_to_next(1)
    assert (await house.mine.load(session.id)).status is SessionStatus.OPEN


async def test_a_session_without_anything_sent_is_dropped_when_it_is_left(house: House) -> None:
    session = await house.begin()
    assert not await (await enter(house, session)).end()
    with pytest.raises(SessionNotFound):
        await house.mine.load(session.id)


async def test_after_the_end_nothing_more_is_answered(house: House) -> None:
    session = await graded(house)
    await (await enter(house, session)).end()
    for move in (
        lambda one: one.send("更多", key="two", at=FIRST),
        lambda one: one.follow_up(FIRST),
        lambda one: one.try_again(FIRST),
        lambda one: one.skip(Place(1)),
    ):
        with pytest.raises(SessionChanged):
            await move(await enter(house, session))


class TestInterviewMode:
    """In the mode `interview` nothing is discussed on the way."""

    async def test_the_interviewer_asks_on_of_his_own_accord_twice_at_most(
        self, house: House
    ) -> None:
        session = await house.begin(SessionMode.INTERVIEW)
        for step, text in enumerate(("定期备份", "异地备份", "再说吧")):
            at = Place(1, 1, step)
            await (await enter(house, session)).send(text, key=f"a{step}", at=at)
        now = await house.mine.load(session.id)
        assert [len(turn.attempt.follow_ups) for turn in now.turns] == [2, 0]
        aims = [one.follow_up.key_point_id for one in now.turns[0].attempt.follow_ups]
        assert aims == ["kp2", "kp3"]

    async def test_what_leaves_the_server_does_not_say_what_a_follow_up_aims_at(
        self, house: House
    ) -> None:
        session = await house.begin(SessionMode.INTERVIEW)
        await (await enter(house, session)).send("定期备份", key="a", at=FIRST)
        await (await enter(house, session)).send("异地备份", key="b", at=Place(1, 1, 1))
        now = await house.mine.load(session.id)
        asked = session_json(now)["turns"][0]["attempts"][0]["exchanges"]
        assert [one["follow_up"] and one["follow_up"]["key_point_id"] for one in asked] == [
            None,
            "",
            "",
        ]
        assert {one["answer"]["key_point_id"] for one in asked if one["answer"]} == {""}
        sent = Outgoing(SessionMode.INTERVIEW).of(await house.mine.events_after(session.id, 0))
        assert "kp2" not in str([event_json(one.event) for one in sent])
        assert now.turns[0].attempt.follow_ups[0].follow_up.key_point_id == "kp2"

    async def test_an_answer_that_leaves_nothing_open_leads_to_the_next_question_and_the_end(
        self, house: House
    ) -> None:
        session = await house.begin(SessionMode.INTERVIEW)
        await (await enter(house, session)).send(EVERYTHING, key="one", at=FIRST)
        assert len((await house.mine.load(session.id)).turns) == 2
        await (await enter(house, session)).send("不知道", key="two", at=Place(2))
        assert (await house.mine.load(session.id)).status is SessionStatus.ENDED

    async def test_a_grade_that_takes_its_time_holds_nobody_up(self, make_house: MakeHouse) -> None:
        house = make_house(patience=0.0)
        house.grader.gate.clear()
        session = await house.begin(SessionMode.INTERVIEW)
        await (await enter(house, session)).send("定期备份", key="one", at=FIRST)
        assert len((await house.mine.load(session.id)).turns) == 2
        await (await enter(house, session)).send("容器化", key="two", at=Place(2))
        assert (await house.mine.load(session.id)).status is SessionStatus.ENDED

    async def test_while_the_interviewer_thinks_another_window_sees_that_and_can_go_on(
        self, house: House
    ) -> None:
        house.grader.gate.clear()
        session = await house.begin(SessionMode.INTERVIEW)
        sending = asyncio.create_task(
            (await enter(house, session)).send("定期备份", key="one", at=FIRST)
        )

        async def thinks() -> bool:
            return house.room.ponders(session.id)

        await until(thinks)
        await (await enter(house, session)).go_to_next(1)
        house.grader.gate.set()
        await sending
        now = await house.mine.load(session.id)
        assert [len(turn.attempt.follow_ups) for turn in now.turns] == [0, 0]
        assert not house.room.ponders(session.id)

    async def test_no_verdict_is_in_what_leaves_the_server(self, house: House) -> None:
        session = await graded(house, EVERYTHING, mode=SessionMode.INTERVIEW)
        assert session.turns[0].attempt.main.assessments
        exchange = session_json(session)["turns"][0]["attempts"][0]["exchanges"][0]
        assert (exchange["assessments"], exchange["counting"]) == ([], None)
        assert session_json(session)["turns"][0]["result"] is None
        ended = replace(session, status=SessionStatus.ENDED)
        assert shown(ended) == ended
        exchange = session_json(ended)["turns"][0]["attempts"][0]["exchanges"][0]
        assert exchange["assessments"][0]["assessment"]["score"] == 10.0

    async def test_nothing_that_would_give_a_verdict_away_is_done(self, house: House) -> None:
        session = await graded(house, EVERYTHING, mode=SessionMode.INTERVIEW)
        number = session.turns[0].attempt.main.answer.seq
        for move in (
            lambda one: one.follow_up(FIRST),
            lambda one: one.try_again(FIRST),
            lambda one: one.settle(1, {}),
            lambda one: one.appeal(1, "kp2", "…", key="x"),
            lambda one: one.show_reference(1),
        ):
            with pytest.raises(SessionChanged):
                await move(await enter(house, session))
        with pytest.raises(SessionChanged):
            (await enter(house, session)).regrade(number)

    async def test_the_reference_and_ones_own_check_are_there_after_the_end(
        self, house: House
    ) -> None:
        session = await graded(house, mode=SessionMode.INTERVIEW)
        await (await enter(house, session)).end()
        turn = await (await enter(house, session)).show_reference(1)
        assert turn.references
        record = await (await enter(house, session)).settle(1, {"kp2": Verdict.COVERED})
        assert record.reason is Reason.SELF_CHECK
