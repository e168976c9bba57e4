import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Rating

from app.domain.assessment import Band, Mode, Status, Verdict
from app.domain.events import Judge, SessionMode
from app.domain.question import KeyPoint, Question
from app.interview.host import Host
from app.interview.plan import Plan
from app.interview.review import (
    due_questions,
    next_due,
    rating_of,
    record_reviews,
)
from app.store.repository import SqlRepository
from app.store.rows import KeyPointMark, MemoryCard, ResultRow
from tests.store.made import NOON, SteadyClock, grade, open_one, question


def row(**fields: object) -> ResultRow:
    values: dict[str, object] = {
        "session_id": "s", "mode": SessionMode.PRACTICE, "session_at": NOON, "position": 1,
        "question_id": "q", "topic": "t", "difficulty": 1, "language": "zh", "attempt": 1,
        "answer": 3, "sent_at": NOON, "seconds": 30.0, "hints": 0, "read_reference": False,
        "assessed": 4, "status": Status.GRADED, "score": 6.0, "band": Band.GOOD,
        "confidence": 0.8, "judged_by": Judge.SIMILARITY, "grader": Mode.SIMILARITY,
    }  # fmt: skip
    return ResultRow(**(values | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "coverage", "fields", "rating"),
    [
        pytest.param(Verdict.MISSING, 0.1, {}, Rating.Again, id="missing"),
        pytest.param(Verdict.CONTRADICTED, 0.9, {}, Rating.Again, id="contradicted"),
        pytest.param(Verdict.PARTIAL, 0.5, {}, Rating.Hard, id="partial"),
        pytest.param(Verdict.COVERED, 0.95, {}, Rating.Good, id="covered"),
        pytest.param(Verdict.COVERED, 0.95, {"hints": 1}, Rating.Hard, id="after a hint"),
        pytest.param(
            Verdict.COVERED, 0.95, {"band": Band.EXCELLENT}, Rating.Easy, id="all excellent"
        ),
        pytest.param(
            Verdict.COVERED, 0.8, {"band": Band.EXCELLENT}, Rating.Good, id="covered just so"
        ),
    ],
)
def test_a_grade_becomes_a_rating(
    verdict: Verdict, coverage: float, fields: dict[str, object], rating: Rating
) -> None:
    mark = KeyPointMark("kp1", verdict, coverage, 1.0)
    assert rating_of(row(**fields), mark) is rating


async def answer_once(archive: SqlRepository, score: float | None, **fields: object) -> str:
    session = await open_one(archive)
    sent = await archive.answer(session.id, "text", position=1, key="k", **fields)  # type: ignore[arg-type]
    await grade(archive, session.id, sent.seq, score)
    return session.id


async def cards_of(archive: SqlRepository) -> dict[str, MemoryCard]:
    return {card.key_point_id: card for card in await archive.cards()}


async def test_each_key_point_gets_a_card_and_what_was_missing_is_due_first(
    archive: SqlRepository,
) -> None:
    await answer_once(archive, 6.0)
    assert await record_reviews(archive) == 1
    cards = await cards_of(archive)
    assert set(cards) == {"kp1", "kp2"}
    assert cards["kp2"].due_at == NOON + timedelta(days=1)
    assert cards["kp1"].due_at > cards["kp2"].due_at


async def test_each_answer_counts_once(archive: SqlRepository) -> None:
    await answer_once(archive, 6.0)
    await record_reviews(archive)
    before = await archive.cards()
    assert await record_reviews(archive) == 0
    assert await archive.cards() == before


async def test_two_that_look_at_once_count_each_answer_once(archive: SqlRepository) -> None:
    for _ in range(3):
        await answer_once(archive, 6.0)
    done = await asyncio.gather(*(record_reviews(archive) for _ in range(4)))
    assert sorted(done) == [0, 0, 0, 3]
    alone = await archive.cards()
    await archive.reset_cards()
    await record_reviews(archive)
    assert await archive.cards() == alone


async def test_a_session_that_ends_says_what_to_review(archive: SqlRepository) -> None:
    host = await Host.begin(archive, Plan.of([question(1)]))
    sent = await host.send("text", key="k")
    await grade(archive, host.session.id, sent.seq, 6.0)
    await host.end()
    assert set(await cards_of(archive)) == {"kp1", "kp2"}
    assert await archive.unreviewed() == ()


async def test_an_ungraded_answer_touches_no_card(archive: SqlRepository) -> None:
    await answer_once(archive, None)
    assert await record_reviews(archive) == 0
    assert await archive.cards() == ()


async def test_an_answer_given_with_the_reference_on_screen_touches_no_card(
    archive: SqlRepository,
) -> None:
    session = await open_one(archive)
    await archive.show_reference(session.id, position=1)
    await archive.open_attempt(session.id, position=1, attempt=2)
    sent = await archive.answer(session.id, "text", position=1, key="k", attempt=2)
    assert sent.read_reference
    await grade(archive, session.id, sent.seq, 9.0)
    assert await record_reviews(archive) == 1
    assert await archive.cards() == ()


async def test_what_is_known_comes_back_later_each_time(
    archive: SqlRepository, clock: SteadyClock
) -> None:
    waits = []
    for _ in range(4):
        await answer_once(archive, 6.0)
        await record_reviews(archive)
        card = (await cards_of(archive))["kp1"]
        waits.append(card.due_at - clock.now)
        clock.now = card.due_at
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


async def test_a_clock_set_back_leaves_cards_that_come_due(
    archive: SqlRepository, clock: SteadyClock
) -> None:
    clock.move(days=3650)
    await answer_once(archive, 6.0)
    await record_reviews(archive)
    clock.move(days=-3650)
    due = due_questions([question()], await archive.cards(), clock.now)
    assert [point.key_point_id for point in due[0].points] == ["kp1", "kp2"]
    await answer_once(archive, 6.0)
    await record_reviews(archive)
    cards = await archive.cards()
    assert all(NOON < card.due_at < NOON + timedelta(days=90) for card in cards)
    assert due_questions([question()], cards, clock.now) == ()


def card(
    question_id: str, key_point_id: str, *, stability: float, days: float, due_in: float
) -> MemoryCard:
    """A card reviewed `days` before noon and due `due_in` days after it."""
    state = {
        "card_id": 0, "state": 2, "step": None, "stability": stability, "difficulty": 5.0,
        "due": (NOON + timedelta(days=due_in)).isoformat(),
        "last_review": (NOON - timedelta(days=days)).isoformat(),
    }  # fmt: skip
    return MemoryCard(question_id, key_point_id, NOON + timedelta(days=due_in), json.dumps(state))


def asked(name: str, **fields: object) -> Question:
    points = (KeyPoint("kp1", f"{name} one"), KeyPoint("kp2", f"{name} two"))
    return Question(id=name, text=f"{name}?", key_points=points, **fields)  # type: ignore[arg-type]


def names(cards: Sequence[MemoryCard], *questions: Question) -> list[str]:
    return [due.question.id for due in due_questions(questions, cards, NOON)]


def test_the_most_forgotten_question_comes_first_and_its_weakest_key_point() -> None:
    cards = [
        card("firm", "kp1", stability=20, days=20, due_in=-1),
        card("weak", "kp1", stability=2, days=20, due_in=-1),
        card("weak", "kp2", stability=0.5, days=20, due_in=-1),
    ]
    due = due_questions([asked("firm"), asked("weak")], cards, NOON)
    assert [one.question.id for one in due] == ["weak", "firm"]
    assert [point.title for point in due[0].points] == ["weak two", "weak one"]
    assert 0 < due[0].points[0].memory < due[0].points[1].memory < 1


def test_what_is_not_due_is_not_asked_and_says_when() -> None:
    cards = [card("later", "kp1", stability=20, days=1, due_in=3)]
    assert names(cards, asked("later")) == []
    assert next_due([asked("later")], cards, NOON) == NOON + timedelta(days=3)
    assert next_due([], cards, NOON) is None


def test_cards_of_questions_and_key_points_that_are_gone_are_passed_over() -> None:
    cards = [
        card("gone", "kp1", stability=1, days=9, due_in=-1),
        card("here", "kp9", stability=1, days=9, due_in=-1),
    ]
    assert names(cards, asked("here")) == []


def test_one_of_two_variants_is_asked() -> None:
    cards = [
        card("a", "kp1", stability=1, days=9, due_in=-1),
        card("b", "kp1", stability=5, days=9, due_in=-1),
    ]
    assert names(cards, asked("a", variants="v"), asked("b", variants="v")) == ["a"]


def test_a_damaged_card_is_due_at_once_and_heals() -> None:
    damaged = MemoryCard("q", "kp1", datetime(2020, 1, 1, tzinfo=UTC), "{not json")
    assert names([damaged], asked("q")) == ["q"]
