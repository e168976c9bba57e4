"""Memory cards take account of each graded answer once."""

from datetime import timedelta

import pytest

from app.errors import SessionChanged
from app.store.repository import SqlRepository
from app.store.rows import AnswerKey, MemoryCard
from tests.store.made import NOON, grade, open_one, remember
from tests.store.test_looking_back import statements


def card(key_point: str, days: float, state: str = '{"stability":1}', number: int = 1):
    return MemoryCard(f"ai-datacenter-{number:02}", key_point, NOON + timedelta(days=days), state)


async def graded(mine: SqlRepository) -> tuple[str, int]:
    session = await open_one(mine)
    answer = await mine.answer(session.id, "一", position=1, key="a")
    await grade(mine, session.id, answer.seq)
    return session.id, answer.seq


async def test_an_answer_has_its_effect_once(mine: SqlRepository) -> None:
    name, number = await graded(mine)
    assert [(row.session_id, row.answer) for row in await mine.unreviewed()] == [(name, number)]
    assert await remember(mine, name, number, [card("kp1", 3), card("kp2", 1)])
    assert not await remember(mine, name, number, [card("kp1", 30)])
    assert await mine.unreviewed() == ()
    assert await mine.cards() == (card("kp2", 1), card("kp1", 3))


async def test_a_later_answer_changes_the_card(mine: SqlRepository) -> None:
    first, second = await graded(mine), await graded(mine)
    await remember(mine, *first, [card("kp1", 3)])
    await remember(mine, *second, [card("kp1", 9, '{"stability":4,"note":"好"}')])
    assert await mine.cards() == (card("kp1", 9, '{"stability":4,"note":"好"}'),)


async def test_only_what_is_due_is_asked_for(mine: SqlRepository) -> None:
    name, number = await graded(mine)
    await remember(mine, name, number, [card("kp1", 3), card("kp2", 1), card("kp9", -2)])
    assert await mine.cards(due=NOON + timedelta(days=1)) == (card("kp9", -2), card("kp2", 1))
    assert await mine.cards(due=NOON - timedelta(days=9)) == ()


async def test_what_is_ungraded_or_waiting_is_never_reviewed(mine: SqlRepository) -> None:
    session = await open_one(mine, asked=2)
    ungraded = await mine.answer(session.id, "一", position=1, key="a")
    await grade(mine, session.id, ungraded.seq, None)
    await mine.answer(session.id, "二", position=2, key="b")
    assert await mine.unreviewed() == ()


async def test_cards_can_be_worked_out_anew(mine: SqlRepository) -> None:
    name, number = await graded(mine)
    await remember(mine, name, number, [card("kp1", 3)])
    await mine.reset_cards()
    assert await mine.cards() == ()
    assert len(await mine.unreviewed()) == 1


async def test_an_answer_without_effect_is_reviewed_all_the_same(mine: SqlRepository) -> None:
    name, number = await graded(mine)
    assert await remember(mine, name, number, [])
    assert await mine.unreviewed() == ()


async def test_cards_come_from_answers_only(mine: SqlRepository) -> None:
    name, _ = await graded(mine)
    with pytest.raises(SessionChanged):
        await remember(mine, name, 1, [card("kp1", 3)])
    assert await mine.cards() == ()


async def test_cards_that_changed_meanwhile_are_left_as_they_are(mine: SqlRepository) -> None:
    first, second = await graded(mine), await graded(mine)
    seen = await mine.cards()
    assert await remember(mine, *first, [card("kp1", 3)])
    assert not await mine.save_cards([AnswerKey(*second)], [card("kp1", 9)], known=seen)
    assert await mine.cards() == (card("kp1", 3),)
    assert [(row.session_id, row.answer) for row in await mine.unreviewed()] == [second]


async def test_many_answers_take_as_many_statements_as_one(mine: SqlRepository) -> None:
    names = [AnswerKey(*await graded(mine)) for _ in range(5)]
    with statements(mine) as sent:
        assert await mine.save_cards(names, [card("kp1", 3), card("kp2", 1)], known=())
    assert len(sent) <= 6
    assert await mine.unreviewed() == ()
