"""Naming key points is no answer, saying something of them is."""

import pytest

from app.domain.question import Question
from app.grading.names import find_mentions, says_nothing

BACKUP = "ai-datacenter-07"
SECURITY = "ai-datacenter-03-en"


def mentioned(answer: str, question: Question) -> list[str]:
    return [span.of(answer) for span in find_mentions(answer, question)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("定期备份、异地备份、灾难恢复计划都很重要。", id="a list"),
        pytest.param("参考答案：定期备份、异地备份、灾难恢复计划", id="a cited answer key"),
        pytest.param("说到定期备份，懂的都懂。说到异地备份，懂的都懂。", id="one after another"),
        pytest.param("一方面要抓定期备份，一方面要抓异地备份", id="the same said of each"),
        pytest.param("定期备份 …… 12\n异地备份 …… 13", id="a table of contents"),
    ],
)
def test_names_without_a_word_on_them_are_mentions(
    answer: str, questions: dict[str, Question]
) -> None:
    assert mentioned(answer, questions[BACKUP])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Data encryption, access control and backup and recovery.", id="a list"),
        pytest.param("TODO: Data encryption\nTODO: Access control", id="notes to oneself"),
        pytest.param(
            "Further reading: The Data encryption Handbook. The Access control Handbook.",
            id="the same said of each",
        ),
    ],
)
def test_names_are_mentions_in_english_too(answer: str, questions: dict[str, Question]) -> None:
    assert mentioned(answer, questions[SECURITY])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("定期备份并放到异地", id="terse but said"),
        pytest.param("定期备份", id="one name and no more"),
        pytest.param("定期备份：每天增量，每周全量。\n异地备份：外省机房再放一份。", id="headings"),
        pytest.param(
            "定期备份每天做一次增量，异地备份靠专线复制到外省机房", id="names within claims"
        ),
        pytest.param("每天做增量备份，外省机房再放一份", id="no names"),
    ],
)
def test_who_says_something_is_left_alone(answer: str, questions: dict[str, Question]) -> None:
    assert mentioned(answer, questions[BACKUP]) == []


def test_talk_about_names_says_nothing() -> None:
    assert says_nothing("这几个词我都听过，都很重要。")
    assert says_nothing("These points are all very important.")
    assert not says_nothing("每天做增量备份")
