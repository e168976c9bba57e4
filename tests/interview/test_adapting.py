"""The next question follows from what the answers so far have shown."""

import pytest

from app.domain.events import PlannedQuestion, SessionMode
from app.domain.question import Question
from app.errors import QuestionNotFound
from app.interview.host import Host
from app.interview.plan import Plan
from app.store.repository import SqlRepository
from tests.store.made import grade, question

BANK = {one.id: one for one in (question(n, difficulty=(n - 1) % 3 + 1) for n in range(1, 10))}
EASY, MEDIUM, HARD = (
    [one for one in BANK.values() if one.difficulty == level] for level in (1, 2, 3)
)
STRONG, WEAK = 7.9, 0.0


def find(name: str) -> Question:
    if name not in BANK:
        raise QuestionNotFound(name)
    return BANK[name]


def plan(*questions: Question, spare: tuple[Question, ...] = (), serving: str = "") -> Plan:
    planned = tuple(PlannedQuestion(one.id, "picked", serving) for one in questions)
    return Plan(questions, planned, unmet=("懂水冷",), left_over=("懂法语",), spare=spare)


async def answered(host: Host, score: float | None) -> None:
    sent = await host.send("答案", key=host.turn.question.id)
    await grade(host.repository, host.session.id, sent.seq, score)
    await host.reload()


async def levels(host: Host, score: float | None) -> list[int]:
    """Difficulties asked where every answer earns this score."""
    asked = [host.turn.question.difficulty]
    await answered(host, score)
    while (await host.ask_next(find))[0] is not None:
        asked.append(host.turn.question.difficulty)
        await answered(host, score)
    return asked


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        pytest.param(STRONG, [1, 2, 3, 3, 3], id="a strong candidate meets hard questions"),
        pytest.param(WEAK, [1, 1, 1, 2, 2], id="a weak one is not crushed"),
        pytest.param(None, [1, 1, 2, 2, 3], id="what could not be graded changes nothing"),
    ],
)
async def test_difficulty_follows_what_was_shown(
    archive: SqlRepository, score: float | None, expected: list[int]
) -> None:
    questions = (*EASY[:2], *MEDIUM[:2], HARD[0])
    host = await Host.begin(archive, plan(*questions, spare=(EASY[2], MEDIUM[2], *HARD[1:])))
    assert await levels(host, score) == expected


async def test_a_changed_plan_is_stored_with_its_reason_and_the_old_one_is_kept(
    archive: SqlRepository,
) -> None:
    host = await Host.begin(archive, plan(EASY[0], EASY[1], MEDIUM[0]))
    await answered(host, STRONG)
    await host.ask_next(find)
    first, second = host.session.plans
    assert [one.question_id for one in first.plan] == [EASY[0].id, EASY[1].id, MEDIUM[0].id]
    assert [one.question_id for one in second.plan] == [EASY[0].id, MEDIUM[0].id, EASY[1].id]
    assert second.why == "adapted"
    assert (second.unmet, second.left_over) == (("懂水冷",), ("懂法语",))
    assert host.turn.asked.planned == second.plan[1]
    assert second.plan[1].reason == "picked；难度 2 适合目前展现的水平"


async def test_a_plan_that_suits_stays_as_it_is(archive: SqlRepository) -> None:
    host = await Host.begin(archive, plan(EASY[0], MEDIUM[0], HARD[0]))
    assert await levels(host, STRONG) == [1, 2, 3]
    assert len(host.session.plans) == 1


async def test_what_serves_a_requirement_is_not_replaced(archive: SqlRepository) -> None:
    serving = plan(*EASY, spare=(*MEDIUM, *HARD), serving="懂训练")
    host = await Host.begin(archive, serving)
    assert await levels(host, STRONG) == [1, 1, 1]


async def test_a_review_asks_what_is_due_in_its_order(archive: SqlRepository) -> None:
    due = plan(HARD[0], EASY[0], MEDIUM[0], spare=(EASY[1],))
    host = await Host.begin(archive, due, mode=SessionMode.REVIEW)
    assert await levels(host, WEAK) == [3, 1, 2]


async def test_a_spare_question_that_left_the_bank_is_passed_over(archive: SqlRepository) -> None:
    lost = question(99, difficulty=3)
    host = await Host.begin(archive, plan(*EASY, spare=(lost,)))
    assert await levels(host, STRONG) == [1, 1, 1]


async def test_a_session_begun_twice_under_one_id_is_one_session(archive: SqlRepository) -> None:
    first = await Host.begin(archive, plan(*EASY), session_id="twice")
    again = await Host.begin(archive, plan(*HARD), session_id="twice")
    assert again.session == first.session
    assert len(await archive.sessions()) == 1
