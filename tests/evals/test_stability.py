"""A grade that should stay is seen to stay, and one that should fall is seen to fall."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Evidence
from app.domain.question import KeyPoint, Question
from app.errors import EvalError
from app.evals.cases import Case
from app.evals.edits import Editor, Harmless, negated, read_synonyms, without_sentence
from app.evals.stability import Stability, measure_stability
from app.resources import resource_dir

QUESTION = Question(
    "q1",
    "Which fruit?",
    language="en",
    key_points=(KeyPoint("kp1", "apple"), KeyPoint("kp2", "pear")),
)
EDITOR = Editor({"en": {"red": "crimson"}, "zh": {"提高": "提升"}})


def evidence(answer: str, quote: str) -> Evidence:
    start = answer.index(quote)
    return Evidence(quote, start, start + len(quote))


async def measured(grader: Any, *answers: str, question: Question = QUESTION) -> Stability:
    cases = [
        (Case(f"c{number}", question.id, answer, f"x:{number}"), question)
        for number, answer in enumerate(answers)
    ]
    return await measure_stability(cases, grader, EDITOR, draws=20)


async def test_a_grader_that_reads_words_is_stable_where_the_words_stay(word_grader: Any) -> None:
    found = await measured(word_grader(), "I like a red apple. A pear, too.")
    for edit in ("again", "permuted", "line_breaks", "fillers", "synonyms", "spaces"):
        assert found.figures[edit]["kept"].value == 1.0, edit
        assert found.figures[edit]["same_verdicts"].value == 1.0, edit


async def test_an_edit_that_loses_a_key_point_counts_as_moved(word_grader: Any) -> None:
    found = await measured(word_grader(), "I like a red apple. A pear, too.")
    assert found.figures["full_width"]["kept"].value == 0.0
    assert found.figures["full_width"]["spread"].value == 10.0
    assert found.figures["full_width"]["same_verdicts"].value == 0.0
    assert (found.unstable[0].edit, found.unstable[0].after) == ("full_width", 0.0)


async def test_taking_the_sentence_away_lowers_the_score_and_denying_it_may_not(
    word_grader: Any,
) -> None:
    found = await measured(word_grader(), "I like a red apple. A pear, too.")
    assert found.figures["removed"]["lowered"].value == 1.0
    assert found.figures["removed"]["drop"].value == 5.0
    assert found.figures["negated"]["lowered"].value == 0.0
    assert "negated" in {item.edit for item in found.unstable}


async def test_a_point_said_twice_is_not_lost_with_one_sentence(word_grader: Any) -> None:
    found = await measured(word_grader(), "An apple. Yes, an apple, no pear.")
    assert found.figures["removed"]["lowered"].value == 0.0


async def test_a_grader_that_changes_its_mind_is_caught(word_grader: Any) -> None:
    class Moody:
        def __init__(self) -> None:
            self.words, self.turns = word_grader(), 0
            self.info = self.words.info

        async def assess(self, question: Question, answer: str, on_verdict: Any = None) -> Any:
            self.turns += 1
            return await self.words.assess(question, answer if self.turns % 2 else "pear")

    found = await measured(Moody(), "apple and pear")
    assert found.figures["again"]["kept"].value < 1.0


async def test_answers_without_a_grade_or_a_point_tell_nothing(word_grader: Any) -> None:
    found = await measured(word_grader(), "no model apple", "too long", "neither of them")
    assert (found.cases, found.figures) == (0, {})


@pytest.mark.parametrize(
    ("answer", "quote", "rest"),
    [
        pytest.param(
            "我先算账。再封通道！最后下线。", "封通道", "我先算账。最后下线。", id="Chinese"
        ),
        pytest.param(
            "First 1.5 kW. Then cool it. Done.", "cool it", "First 1.5 kW. Done.", id="dot"
        ),
        pytest.param("one line\ntwo lines\nthree", "two", "one line\nthree", id="lines"),
        pytest.param("a; b; c", "a", "b; c", id="first"),
        pytest.param("a. b", "b", "a.", id="last without an end"),
        pytest.param("没有标点的一整句", "标点", None, id="nothing left"),
    ],
)
def test_a_sentence_is_taken_out_whole(answer: str, quote: str, rest: str | None) -> None:
    assert without_sentence(answer, evidence(answer, quote)) == rest


@pytest.mark.parametrize(
    ("answer", "quote", "language", "denied"),
    [
        pytest.param(
            "先算账。再封通道。",
            "封通道",
            "zh",
            "先算账。这种说法是错的，并不是再封通道。",
            id="zh",
        ),
        pytest.param(
            "Count. Seal the aisle.",
            "Seal",
            "en",
            "Count. It is not true that seal the aisle.",
            id="en",
        ),
        pytest.param(
            "DCIM shows it.", "DCIM", "en", "It is not true that DCIM shows it.", id="name"
        ),
    ],
)
def test_a_sentence_is_denied_in_its_place(
    answer: str, quote: str, language: str, denied: str
) -> None:
    assert negated(answer, evidence(answer, quote), language) == denied


@pytest.mark.parametrize(
    ("edit", "answer", "language", "edited"),
    [
        pytest.param(
            Harmless.FULL_WIDTH, "PUE 1.2，好", "zh", "ＰＵＥ １．２，好", id="full width"
        ),
        pytest.param(Harmless.LINE_BREAKS, "一，二。三", "zh", "一，\n二。\n三", id="line breaks"),
        pytest.param(Harmless.FILLERS, "一，二。三", "zh", "嗯，一，二。那个，三", id="fillers"),
        pytest.param(Harmless.SYNONYMS, "提高效率", "zh", "提升效率", id="synonym"),
        pytest.param(Harmless.SYNONYMS, "red, reddish", "en", "crimson, reddish", id="whole words"),
        pytest.param(Harmless.SYNONYMS, "rouge", "fr", "rouge", id="language without a list"),
    ],
)
def test_harmless_edits_change_the_form_only(
    edit: Harmless, answer: str, language: str, edited: str
) -> None:
    assert EDITOR.harmless(edit, answer, language) == edited


@given(st.text(max_size=80), st.sampled_from(list(Harmless)), st.sampled_from(["zh", "en"]))
def test_edits_take_any_text(answer: str, edit: Harmless, language: str) -> None:
    assert isinstance(EDITOR.harmless(edit, answer, language), str)


def test_the_shipped_synonyms_are_pairs_of_different_words() -> None:
    synonyms = read_synonyms(resource_dir("evals") / "synonyms.yaml")
    assert synonyms.keys() == {"zh", "en"}
    assert all(word != other for words in synonyms.values() for word, other in words.items())


@pytest.mark.parametrize("text", ["- a\n- b\n", "zh: [1]\n", "zh: {a", ""])
def test_a_broken_list_of_synonyms_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "synonyms.yaml"
    path.write_text(text)
    with pytest.raises(EvalError, match="cannot be read"):
        read_synonyms(path)
