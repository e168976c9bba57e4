"""A list has to be named, a statement may be put in other words."""

import numpy as np
import pytest

from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.grading.similarity.calibration import read_calibration
from app.grading.similarity.listing import list_likeness
from app.grading.similarity.term_match import point_terms
from app.resources import resource_dir

NO_DIRECTIONS = np.zeros((0, 256), dtype=np.float32)


def likeness(question: str, reference: str, embedder: BundledEmbedder) -> float:
    (terms,) = point_terms(question, [[reference]], [""], embedder, NO_DIRECTIONS)
    return list_likeness(reference, terms[0])


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        pytest.param("水果有哪几类？", "仁果、核果、浆果、柑橘和瓜果。", id="zh: one line"),
        pytest.param("乐器分哪几类？", "1. 弦乐\n2. 管乐\n3. 打击乐", id="zh: numbered"),
        pytest.param("Name the primary colours.", "Red, yellow and blue.", id="en: one line"),
        pytest.param("Which gas do plants take in?", "Carbon dioxide", id="en: one item"),
    ],
)
def test_short_items_are_a_list(question: str, reference: str, embedder: BundledEmbedder) -> None:
    assert likeness(question, reference, embedder) > 0.9


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        pytest.param(
            "为什么要做异地备份？",
            "主机房整体停电、进水或者遭遇火灾时本地的副本会一起失去，放在另一座城市的副本仍能把业务"
            "恢复到最近的时间点。",
            id="zh",
        ),
        pytest.param(
            "Why keep a copy off site?",
            "A fire or a flood that destroys the main site takes every local copy with it, whereas "
            "a copy in another city still lets the business come back to a recent point in time.",
            id="en",
        ),
    ],
)
def test_an_explanation_is_none(question: str, reference: str, embedder: BundledEmbedder) -> None:
    assert likeness(question, reference, embedder) < 0.1


def test_the_shipped_references_are_statements(
    questions: dict[str, Question], embedder: BundledEmbedder
) -> None:
    found = [likeness(item.text, item.full_reference, embedder) for item in questions.values()]
    assert float(np.mean(found)) < 0.2


def test_nothing_is_no_list(embedder: BundledEmbedder) -> None:
    assert likeness("为什么？", "……", embedder) == 0.0


def test_half_a_list_is_worth_half_and_half_the_words_of_a_statement_most_of_it() -> None:
    score = read_calibration(resource_dir("evals") / "calibration" / "bundled.json").score
    relevance, recall = np.array([0.8], np.float32), np.array([0.5], np.float32)
    assert score.credit(relevance, recall, 1.0)[0] == pytest.approx(0.5)
    assert score.credit(relevance, recall, 0.0)[0] > 0.75
