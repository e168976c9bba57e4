"""The banks that ship: complete, parallel in both languages, and in the form that is written."""

from pathlib import Path

import pytest

from app.bank.reading import read_bank
from app.bank.writing import write_bank
from app.domain.question import Bank
from app.resources import resource_dir

CHINESE = resource_dir("corpus") / "ai-datacenter.zh.md"
ENGLISH = resource_dir("corpus") / "ai-datacenter.en.md"


@pytest.fixture(scope="module", params=[CHINESE, ENGLISH], ids=["chinese", "english"])
def bank(request: pytest.FixtureRequest) -> Bank:
    return read_bank(request.param)


def test_fifty_questions_with_158_key_points_in_two_parts(bank: Bank) -> None:
    assert len(bank.questions) == 50
    assert sum(len(question.key_points) for question in bank.questions) == 158
    topics = [question.topic for question in bank.questions]
    assert topics == [topics[0]] * 30 + [topics[30]] * 20


def test_every_question_is_complete(bank: Bank) -> None:
    for question in bank.questions:
        assert question.has_own_reference
        assert question.tags
        assert question.language == bank.language
        assert all(point.detail and point.follow_up for point in question.key_points)
        assert max(point.weight for point in question.key_points) >= 1


def test_every_key_point_says_how_candidates_may_put_it_in_everyday_words(bank: Bank) -> None:
    points = [point for question in bank.questions for point in question.key_points]
    assert all(2 <= len(point.wordings) <= 4 for point in points)
    said = [wording for point in points for wording in point.wordings]
    assert len(set(said)) == len(said)


def test_ids_count_up_in_order(bank: Bank) -> None:
    suffix = "" if bank.language == "zh" else "-en"
    assert bank.id == f"ai-datacenter{suffix}"
    expected = [f"ai-datacenter-{number:02d}{suffix}" for number in range(1, 51)]
    assert [question.id for question in bank.questions] == expected


def test_both_languages_agree_in_all_but_words() -> None:
    chinese, english = read_bank(CHINESE), read_bank(ENGLISH)
    for one, other in zip(chinese.questions, english.questions, strict=True):
        assert one.difficulty == other.difficulty
        assert one.variants == other.variants
        assert len(one.tags) == len(other.tags)
        weights = [[point.weight for point in question.key_points] for question in (one, other)]
        assert weights[0] == weights[1]


def test_the_files_are_in_the_form_that_is_written(bank: Bank) -> None:
    assert Path(bank.source).read_bytes().decode() == write_bank(bank)
