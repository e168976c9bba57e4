import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.question import Question
from app.errors import QuestionNotFound
from app.interview.coverage import Nearness
from app.interview.plan import Selection, plan_interview

TOPICS = ("network", "storage", "training")


def bank(size: int = 18) -> list[Question]:
    return [
        Question(
            id=f"q{number}",
            text=f"Question {number}?",
            topic=TOPICS[number % 3],
            difficulty=number // 3 % 3 + 1,
            language="en",
            tags=(f"tag{number % 5}",),
        )
        for number in range(size)
    ]


def ids(plan_of: list[Question] | tuple[Question, ...]) -> list[str]:
    return [question.id for question in plan_of]


def test_topics_and_difficulties_are_spread_evenly() -> None:
    plan = plan_interview(bank(), Selection(), count=9, seed="a")
    topics = [question.topic for question in plan.questions]
    difficulties = [question.difficulty for question in plan.questions]
    assert {topic: topics.count(topic) for topic in TOPICS} == dict.fromkeys(TOPICS, 3)
    assert {level: difficulties.count(level) for level in (1, 2, 3)} == {1: 3, 2: 3, 3: 3}


def test_easy_questions_come_first() -> None:
    plan = plan_interview(bank(), Selection(), count=9, seed="a")
    difficulties = [question.difficulty for question in plan.questions]
    assert difficulties == sorted(difficulties)


@pytest.mark.parametrize(
    ("serving", "begins", "says_why"),
    [
        pytest.param("q1", "q1", False, id="an easy one"),
        pytest.param("q4", "q4", True, id="a harder one, where the easy ones serve nothing"),
    ],
)
def test_the_first_question_serves_a_requirement_where_the_bank_can(
    serving: str, begins: str, says_why: bool
) -> None:
    near = Nearness(("storage",), ({serving: 0.9},), 0.4)
    plan = plan_interview(bank(9), Selection(), count=6, seed="a", nearness=near)
    first, *rest = plan.planned
    assert (first.question_id, first.requirement) == (begins, "storage")
    assert ("begins, since the easier ones serve no requirement" in first.reason) is says_why
    difficulties = [question.difficulty for question in plan.questions[1:]]
    assert difficulties == sorted(difficulties)
    assert not any("begins" in one.reason for one in rest)


def test_what_was_left_unsent_still_comes_before_what_serves_a_requirement() -> None:
    near = Nearness(("storage",), ({"q4": 0.9},), 0.4)
    plan = plan_interview(bank(9), Selection(), count=6, seed="a", nearness=near, first=bank(9)[8:])
    assert ids(plan.questions)[0] == "q8"


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_the_bank() -> None:
    forwards = plan_interview(bank(), Selection(), count=5, seed="a")
    backwards = plan_interview(bank()[::-1], Selection(), count=5, seed="a")
    assert forwards == backwards
    others = {
        tuple(ids(plan_interview(bank(), Selection(), count=5, seed=str(seed)).questions))
        for seed in range(8)
    }
    assert len(others) > 1


def test_no_two_variants_of_one_question_are_asked() -> None:
    questions = [
        Question(id="a", text="How do you save energy?", variants="energy"),
        Question(id="b", text="How do you lower the power bill?", variants="energy"),
        Question(id="c", text="How do you cool?"),
    ]
    for seed in range(6):
        plan = plan_interview(questions, Selection(), count=3, seed=str(seed))
        assert len(plan.questions) == 2
        assert "c" in ids(plan.questions)


def test_the_same_text_in_two_banks_is_asked_once() -> None:
    questions = [Question(id="a", text="How?"), Question(id="b", text="How?")]
    assert len(plan_interview(questions, Selection(), count=2, seed="").questions) == 1


def test_a_small_bank_gives_what_it_has() -> None:
    assert len(plan_interview(bank(3), Selection(), count=50, seed="a").questions) == 3


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(Selection(topics=("STOR",)), {"q1", "q4", "q7"}, id="part of a topic"),
        pytest.param(
            Selection(topics=("stor", "net"), difficulties=frozenset({1})),
            {"q0", "q1"},
            id="either topic, one difficulty",
        ),
        pytest.param(Selection(tags=("Tag4",)), {"q4"}, id="a tag in any case"),
        pytest.param(Selection(tags=("tag",)), set(), id="half a tag is no tag"),
        pytest.param(Selection(difficulties=frozenset({3})), {"q6", "q7", "q8"}, id="difficulty"),
        pytest.param(Selection(language="zh"), set(), id="another language"),
    ],
)
def test_only_what_was_wished_for_is_asked(selection: Selection, expected: set[str]) -> None:
    questions = bank(9)
    assert {question.id for question in questions if selection.allows(question)} == expected
    if expected:
        plan = plan_interview(questions, selection, count=50, seed="a")
        assert set(ids(plan.questions)) == expected
    else:
        with pytest.raises(QuestionNotFound):
            plan_interview(questions, selection, count=50, seed="a")


def test_a_regional_language_counts_as_its_language() -> None:
    assert Selection(language="zh").allows(Question(id="a", text="?", language="zh-Hant"))


def test_what_was_left_unfinished_is_asked_first_and_counts() -> None:
    questions = bank()
    plan = plan_interview(questions, Selection(), count=3, seed="a", first=[questions[8]])
    assert plan.questions[0].id == "q8"
    assert len(plan.questions) == 3


def test_what_was_left_unfinished_gives_way_to_the_wish() -> None:
    questions = bank()
    selection = Selection(topics=("storage",))
    plan = plan_interview(questions, selection, count=3, seed="a", first=[questions[0]])
    assert "q0" not in ids(plan.questions)


def test_an_impossible_wish_names_what_there_is() -> None:
    with pytest.raises(QuestionNotFound) as caught:
        plan_interview(bank(), Selection(topics=("cooking",)), count=3, seed="a")
    assert "network" in caught.value.remedy
    assert "tag0" in caught.value.remedy


def test_a_language_that_no_bank_speaks_names_those_they_do() -> None:
    with pytest.raises(QuestionNotFound, match="'zh'") as caught:
        plan_interview(bank(), Selection(language="zh"), count=3, seed="a")
    assert caught.value.remedy == "The banks hold: en."


@given(
    st.lists(
        st.builds(
            Question,
            id=st.text("ab", min_size=1, max_size=3),
            text=st.text("xy", max_size=2),
            topic=st.sampled_from(TOPICS),
            difficulty=st.integers(1, 3),
            variants=st.sampled_from(("", "v", "w")),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 8),
    st.text(max_size=4),
)
def test_a_plan_never_repeats_itself(questions: list[Question], count: int, seed: str) -> None:
    chosen = plan_interview(questions, Selection(), count=count, seed=seed).questions
    assert 1 <= len(chosen) <= count
    assert len({question.id for question in chosen}) == len(chosen)
    assert len({question.text for question in chosen}) == len(chosen)
    kinds = [question.variants for question in chosen if question.variants]
    assert len(set(kinds)) == len(kinds)
