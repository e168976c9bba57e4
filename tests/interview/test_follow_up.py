"""What a follow-up aims at and brings; what a hint costs; what may be talk."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.assessment import Verdict
from app.domain.events import (
    Answer,
    AssessmentRecord,
    Event,
    FollowUp,
    Hint,
    Judge,
    QuestionAsked,
    ReferenceShown,
    SessionMode,
    SessionStart,
)
from app.domain.fold import fold
from app.domain.question import KeyPoint, Question
from app.domain.session import Turn
from app.interview.follow_up import aim_of, lifted, narrowed, usable, words_for
from app.interview.hints import attainable_score, hint_target, hint_text, with_hints
from app.interview.talk import Talk, explanation, talk_of
from tests.cli.material import CHINESE, ENGLISH, grade

NOW = datetime(2026, 3, 1, tzinfo=UTC)
QUESTION = CHINESE[0]


def turn_after(answer: str = "", *events: Event, question: Question = QUESTION) -> Turn:
    start = SessionStart("s", "local", SessionMode.PRACTICE, "zh", NOW)
    begun: list[Event] = [QuestionAsked(seq=1, at=NOW, position=1, question=question)]
    if answer:
        begun.append(Answer(seq=2, at=NOW, position=1, attempt=1, step=0, text=answer, key="k"))
        begun.append(
            AssessmentRecord(
                seq=3,
                at=NOW,
                answer=2,
                assessment=grade(question, answer),
                judged_by=Judge.SIMILARITY,
            )
        )
    numbered = [replace(event, seq=len(begun) + 1 + n) for n, event in enumerate(events)]
    turn = fold(start, [*begun, *numbered]).current
    assert turn is not None
    return turn


def asked(step: int, key_point_id: str) -> FollowUp:
    return FollowUp(
        seq=0, at=NOW, position=1, attempt=1, step=step, text="?", key_point_id=key_point_id
    )


@pytest.mark.parametrize(
    ("answer", "aim"),
    [
        pytest.param("没有想法", "kp1", id="the heaviest that is missing"),
        pytest.param("定期备份", "kp2", id="the first of equal weight"),
        pytest.param("定期备份，异地备份，不演练，一点恢复预案", "kp4", id="a contradiction"),
        pytest.param("定期备份，异地备份，恢复预案，演练", None, id="nothing is left"),
    ],
)
def test_a_follow_up_aims_at_what_is_worth_most(answer: str, aim: str | None) -> None:
    point = aim_of(turn_after(answer))
    assert (point.id if point else None) == aim


def test_there_are_two_follow_ups_at_most_and_never_two_on_one_key_point() -> None:
    assert aim_of(turn_after("定期备份", asked(1, "kp2"))).id == "kp3"
    assert aim_of(turn_after("定期备份", asked(1, "kp2"), asked(2, "kp3"))) is None


def test_nothing_is_followed_up_once_the_reference_was_shown() -> None:
    shown = ReferenceShown(seq=0, at=NOW, position=1)
    assert aim_of(turn_after("定期备份", shown)) is None


@pytest.mark.parametrize("question", [CHINESE[0], ENGLISH[0]], ids=["zh", "en"])
def test_without_an_authored_follow_up_a_missing_point_is_not_named(question: Question) -> None:
    for point in question.key_points:
        for step in (1, 2):
            assert point.title not in words_for(question, point, Verdict.MISSING, step)


def test_the_authors_follow_up_comes_first() -> None:
    point = KeyPoint("kp1", "定期备份", follow_up="断电之后呢？")
    assert words_for(QUESTION, point, Verdict.PARTIAL, 1) == "断电之后呢？"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(" 出了事怎么\n办？ ", "出了事怎么 办？", id="one line"),
        pytest.param("你们有没有做 定期-备份？", "", id="gives the answer away"),
        pytest.param("", "", id="empty"),
        pytest.param("长" * 401, "", id="too long"),
    ],
)
def test_what_a_model_asks_is_used_only_where_it_is_a_question(text: str, kept: str) -> None:
    assert usable(text, QUESTION.key_points[0]) == kept


def test_an_answer_to_a_follow_up_lifts_a_verdict_and_never_lowers_one() -> None:
    point = QUESTION.key_points[2]
    main = grade(QUESTION, "定期备份")
    good = grade(narrowed(QUESTION, point, "?"), "写好恢复预案")
    bad = grade(narrowed(QUESTION, point, "?"), "不恢复预案")
    better = lifted(QUESTION, main, good, before={}, after={})
    assert better is not None
    assert better.score == 6.3
    assert better.key_points[2].verdict is Verdict.COVERED
    assert better.key_points[2].evidence is None
    assert "恢复预案" in better.key_points[2].reason
    assert lifted(QUESTION, main, bad, before={}, after={}) is None
    assert lifted(QUESTION, main, grade(QUESTION, "", failed=True), before={}, after={}) is None


def hint(step: int, key_point_id: str = "kp1") -> Hint:
    return Hint(seq=0, at=NOW, position=1, step=step, text="…", key_point_id=key_point_id)


def test_hints_lower_what_can_be_earned_and_say_so() -> None:
    scores = [attainable_score(turn_after("", *(hint(n + 1) for n in range(k)))) for k in range(4)]
    assert scores == [10.0, 9.6, 9.1, 8.1]
    whole = grade(QUESTION, "定期备份，异地备份")
    lowered = with_hints(QUESTION, whole, [hint(1), hint(2)])
    assert (whole.score, lowered.score) == (6.2, 5.3)
    assert lowered.notices == ("“定期备份”按 75% 计分：作答前看过提示。",)


def test_a_hint_at_what_was_not_said_costs_nothing() -> None:
    assessment = grade(QUESTION, "异地备份")
    assert with_hints(QUESTION, assessment, [hint(1)]) == assessment


def test_hints_stay_at_one_key_point_and_end_with_its_title() -> None:
    turn = turn_after("", hint(1), hint(2))
    point = hint_target(turn)
    assert point is not None
    assert point.id == "kp1"
    assert point.title not in hint_text(QUESTION, point, 1)
    assert point.title not in hint_text(QUESTION, point, 2)
    assert point.title in hint_text(QUESTION, point, 3)
    assert hint_target(turn_after("", hint(1), hint(2), hint(3))) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("你指的是训练还是推理？", Talk.ASKS_BACK, id="question back"),
        pytest.param("Do you mean training or inference", Talk.ASKS_BACK, id="without a mark"),
        pytest.param("没听清，再说一遍", Talk.ASKS_BACK, id="not heard"),
        pytest.param("你好！", Talk.SMALL_TALK, id="greeting"),
        pytest.param("let me think…", Talk.SMALL_TALK, id="thinking"),
        pytest.param("定期备份", None, id="a short answer"),
        pytest.param("不知道", None, id="nothing known"),
        pytest.param("ok so we run nightly backups", None, id="an answer that begins like talk"),
        pytest.param("我们会" + "定期备份，" * 20 + "对吗？", None, id="a long text"),
    ],
)
def test_only_short_texts_that_sound_like_talk_raise_a_doubt(text: str, kind: Talk | None) -> None:
    assert talk_of(text) is kind


def test_an_explanation_names_no_key_point() -> None:
    for question in (*CHINESE, *ENGLISH):
        text = explanation(question)
        assert not any(point.title in text for point in question.key_points)
