import itertools
import math
import random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Mode, Status
from app.domain.question import Question
from app.interview.ability import (
    Ability,
    Response,
    credit_of,
    estimate_ability,
    expected_credit,
    next_question,
    responses_of,
)
from app.store.repository import SqlRepository
from tests.store.made import RUBRIC, SIMILARITY, assessment, grade, open_one

PLAN = [
    Question(id=f"q{number}", text=f"{number}?", topic=f"t{number % 4}", difficulty=level)
    for number, level in enumerate((1, 1, 2, 2, 2, 3, 3, 3))
]
SPARE = [
    Question(id=f"s{number}", text=f"s{number}?", topic=f"t{number % 4}", difficulty=level)
    for number, level in enumerate((1, 2, 3) * 5)
]


def interview(ability: float, seed: int, length: int = 8) -> tuple[list[int], Ability]:
    """Difficulties asked and the estimate at the end, for a candidate of known ability.

    Each answer earns what the ability promises, give or take what happens on a day.
    """
    chance = random.Random(seed)
    remaining, spare = list(PLAN), list(SPARE)
    responses: list[Response] = []
    for _ in range(length):
        question = next_question(remaining, estimate_ability(responses), spare)
        (remaining if question in remaining else spare).remove(question)
        credit = expected_credit(ability, question.difficulty) + chance.gauss(0, 0.12)
        responses.append(Response(question.difficulty, min(max(credit, 0.0), 1.0)))
    return [response.difficulty for response in responses], estimate_ability(responses)


ABILITIES = (-3.0, -1.5, 0.0, 1.5, 3.0)


def test_the_estimate_puts_simulated_candidates_in_order() -> None:
    estimates = {
        ability: [interview(ability, seed)[1].mean for seed in range(40)] for ability in ABILITIES
    }
    means = [mean(estimates[ability]) for ability in ABILITIES]
    assert means == sorted(means)
    assert all(higher - lower > 0.4 for lower, higher in itertools.pairwise(means))
    pairs = [
        (low, high)
        for weaker, stronger in itertools.pairwise(ABILITIES)
        for low in estimates[weaker]
        for high in estimates[stronger]
    ]
    assert mean(low < high for low, high in pairs) > 0.95


def test_a_strong_candidate_meets_a_hard_question_by_the_third() -> None:
    for seed in range(40):
        assert 3 in interview(2.5, seed)[0][:3]


def test_a_weak_candidate_is_not_crushed() -> None:
    for seed in range(40):
        asked = interview(-2.5, seed)[0]
        assert asked[0] == 1
        assert 3 not in asked[:6]
        assert asked.count(1) >= 5


def test_every_interview_begins_easy_and_never_leaps() -> None:
    for ability in ABILITIES:
        for seed in range(20):
            asked = interview(ability, seed)[0]
            assert asked[0] == 1
            assert asked[1] <= 2


def test_without_spare_questions_the_plan_is_asked_to_its_end() -> None:
    left = list(PLAN)
    while left:
        left.remove(next_question(left, Ability(mean=3.0, responses=5, latest=3)))
    with pytest.raises(ValueError, match="nothing is left"):
        next_question(left, Ability())


def test_the_plan_goes_before_spare_questions() -> None:
    hard = Ability(mean=2.0, responses=4, latest=3)
    assert next_question(PLAN, hard, SPARE) is PLAN[5]
    assert next_question(PLAN[:2], hard, SPARE).id == "s5"


def test_nothing_known_is_the_prior() -> None:
    nothing = estimate_ability([])
    assert abs(nothing.mean) < 1e-9
    assert 1.8 < nothing.deviation <= 2.0


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 1)), max_size=30))
def test_more_credit_never_lowers_the_estimate(given_: list[tuple[int, float]]) -> None:
    responses = [Response(*pair) for pair in given_]
    before = estimate_ability(responses)
    assert math.isfinite(before.mean)
    assert 0 < before.deviation <= 2.01
    for place, response in enumerate(responses):
        better = [*responses]
        better[place] = Response(response.difficulty, min(response.credit + 0.2, 1.0))
        assert estimate_ability(better).mean >= before.mean - 1e-9


def test_credit_is_measured_by_the_best_that_a_grader_gives() -> None:
    assert credit_of(assessment(7.9, grader=SIMILARITY)) == 1.0
    assert credit_of(assessment(7.9, grader=RUBRIC)) == pytest.approx(0.79)
    with pytest.raises(ValueError, match="ungraded"):
        credit_of(assessment(None))


async def test_ungraded_answers_and_those_after_reading_show_nothing(
    archive: SqlRepository,
) -> None:
    session = await open_one(archive, asked=3)
    scores = {1: 6.0, 2: None, 3: 9.0}
    await archive.show_reference(session.id, position=3)
    for position, score in scores.items():
        attempt = 1
        if position == 3:
            attempt = 2
            await archive.open_attempt(session.id, position=3, attempt=2)
        sent = await archive.answer(
            session.id, "text", position=position, key=str(position), attempt=attempt
        )
        await grade(archive, session.id, sent.seq, score)
    shown = responses_of(await archive.load(session.id))
    assert shown[0] == Response(2, pytest.approx(6.0 / 7.9))
    assert (
        assessment().status,
        assessment().grader.mode,
    ) == (Status.GRADED, Mode.SIMILARITY)
    assert len(shown) == 1
