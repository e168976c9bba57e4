"""Measurements describe how answer and key point match, and nothing else about the answer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.question import Question
from app.grading.similarity.features import MATCH_FEATURES, Features, claim_of
from app.grading.similarity.grader import SimilarityGrader
from app.grading.similarity.polarity import POLARITY_FEATURES

BACKUP = "ai-datacenter-07"
PARTS = {
    "定期备份": "每天做增量备份，每周做一次全量备份",
    "异地备份": "在另一个城市建立备份中心，主机房失效时数据仍在",
    "灾难恢复计划": "事先写好恢复计划，灾难发生时按步骤快速恢复服务",
}
STORY = "我上个月刚换了一台相机，周末常去湖边拍鸟"

real_grader = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text(st.characters(), max_size=200)


def measured(similarity: SimilarityGrader, question: Question, answer: str) -> Features:
    found = similarity.measure(question, answer)
    assert found is not None
    return found


def column(features: Features, name: str) -> list[float]:
    return features.match[:, MATCH_FEATURES.index(name)].tolist()


def test_each_key_point_finds_the_words_that_say_it(
    similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    answer = "。".join(PARTS.values())
    found = measured(similarity, questions[BACKUP], answer)
    shown = [window.of(answer) for window in found.shown]
    for window, (title, said) in zip(shown, PARTS.items(), strict=True):
        assert window in said or said in window, title


@pytest.mark.parametrize("name", ["window_terms", "answer_vector", "rival_margin"])
def test_what_is_said_is_nearer_than_what_is_not(
    name: str, similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    for place, said in enumerate(PARTS.values()):
        row = column(measured(similarity, questions[BACKUP], said), name)
        assert int(np.argmax(row)) == place


def test_the_claim_of_a_key_point_is_its_title_and_first_sentence(
    questions: dict[str, Question],
) -> None:
    point = replace(questions[BACKUP].key_points[0], title="头", detail="第一句。第二句。")
    assert claim_of(point) == "头：第一句。"
    assert claim_of(replace(point, detail="")) == "头"


@pytest.mark.parametrize("where", ["before", "behind"])
def test_a_story_around_it_changes_no_match(
    where: str, similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    said = "。".join(PARTS.values())
    padded = f"{STORY}。{said}" if where == "before" else f"{said}。{STORY}。"
    plain = measured(similarity, questions[BACKUP], said)
    told = measured(similarity, questions[BACKUP], padded)
    assert column(told, "window_terms") == pytest.approx(column(plain, "window_terms"), abs=0.02)
    shown = [window.of(padded) for window in told.shown]
    assert [window for window in shown if window not in said] == []


@real_grader
@given(more=texts)
@example(more="\ud800")
@example(more="，。")
def test_saying_more_never_unsays_a_word(
    more: str, similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    said = "。".join(PARTS.values())
    before = measured(similarity, questions[BACKUP], said)
    after = measured(similarity, questions[BACKUP], f"{said}。\n{more}")
    for one, other in zip(
        column(before, "answer_terms"), column(after, "answer_terms"), strict=True
    ):
        assert other >= one - 1e-5


@real_grader
@given(answer=texts)
@example(answer="并不是\ud800备份")
@example(answer="嗯，那个，嗯")
@example(answer="a" * 200)
def test_whatever_is_said_is_measured_within_bounds(
    answer: str, similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    question = questions[BACKUP]
    found = similarity.measure(question, answer)
    if found is None:
        assert not any(map(str.isalnum, answer))
        return
    assert found.match.shape == (len(question.key_points), len(MATCH_FEATURES))
    assert found.polarity.shape == (len(question.key_points), len(POLARITY_FEATURES))
    assert np.isfinite(found.match).all()
    assert np.isfinite(found.reference).all()
    assert ((found.polarity >= 0) & (found.polarity <= 1.0001)).all()
    assert 0.0 <= found.listing <= 1.0
    for span in (*found.windows, *found.clauses):
        assert 0 <= span.start < span.end <= len(answer)


def test_an_answer_to_another_question_is_nearer_elsewhere(
    similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    reader = similarity._reader  # no public door leads to it
    own, other = questions[BACKUP], questions["ai-datacenter-38"]
    for question, sign in ((own, 1), (other, -1)):
        found = measured(similarity, question, other.full_reference)
        assert sign * reader.elsewhere(question, found) > 0
