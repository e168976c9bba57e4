import io
from dataclasses import replace

import pytest
from rich.console import Console

from app.cli.retrospect import speaker
from app.cli.screen.palette import look_of
from app.cli.screen.report import report_lines
from app.domain.assessment import Verdict
from app.domain.events import Judge
from app.interview.summary import Outcome
from app.report.as_json import json_report
from app.report.gathering import gather_report
from app.report.markdown import markdown_report
from app.report.next_steps import StepKind, next_steps
from app.report.page import html_report
from app.report.session_report import SessionReport
from app.store.repository import SqlRepository
from tests.report.made import (
    COVERED,
    MISSING,
    PARTIAL,
    QUESTIONS,
    WRONG,
    full_session,
    grade,
    judged,
    simple_session,
)
from tests.store.made import SteadyClock


async def test_the_mean_counts_what_was_graded_without_the_reference(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    assert (report.mean, report.counted) == (4.3, 2)
    left_out = report.ungraded, report.skipped, report.after_reading, report.waiting
    assert left_out == (1, 1, 1, 0)
    assert [one.outcome for one in report.questions] == [
        Outcome.GRADED,
        Outcome.GRADED,
        Outcome.UNGRADED,
        Outcome.SKIPPED,
        Outcome.GRADED,
    ]


async def test_an_answer_that_waits_is_no_ungraded_one(mine: SqlRepository) -> None:
    name = await simple_session(mine, (5.0,))
    await mine.ask(name, QUESTIONS[1], position=2)
    await mine.answer(name, "刚发出", position=2, key="late")
    report = await gather_report(mine, name)
    assert (report.mean, report.waiting, report.ungraded) == (5.0, 1, 0)


async def test_a_question_tells_its_follow_up_its_hint_and_how_it_was_lifted(
    mine: SqlRepository,
) -> None:
    question = (await gather_report(mine, await full_session(mine))).questions[0]
    assert (question.score, question.hints, question.seconds) == (7.2, 1, 125)
    assert (question.requirement, question.reason) == ("懂存储", "以前没问过")
    assert question.shown is not None
    assert question.shown.first is not None
    assert question.shown.first.score == 5.4
    follow_up = question.shown.follow_ups[0]
    assert (follow_up.aimed_at, follow_up.answer) == ("异地副本", "另一个城市有副本")
    assert follow_up.result is not None
    assert follow_up.result.verdict is Verdict.COVERED


async def test_it_is_compared_with_the_sessions_before_and_not_after(
    mine: SqlRepository, clock: SteadyClock
) -> None:
    first = await simple_session(mine, (4.0, 6.0))
    clock.move(days=1)
    second = await simple_session(mine, (7.0, 9.0))
    report = await gather_report(mine, second)
    assert [mark.id for mark in report.earlier] == [first]
    assert (report.mean, report.change) == (8.0, 3.0)
    assert [(one.topic, one.mean, one.before) for one in report.topics] == [
        ("存储", 7.0, 4.0),
        ("网络", 9.0, 6.0),
    ]
    assert (await gather_report(mine, first)).earlier == ()
    assert (await gather_report(mine, "last")).id == second


async def test_a_session_without_an_answer_has_no_mean(mine: SqlRepository) -> None:
    name = await simple_session(mine, ())
    report = await gather_report(mine, name)
    assert (report.mean, report.band, report.change, report.steps) == (None, None, None, ())


def test_the_next_steps_begin_with_what_was_said_wrong() -> None:
    judgements = [
        (1, "q1", "存储", judged(QUESTIONS[0], "", 4, (MISSING, ""), (MISSING, ""), (COVERED, ""))),
        (2, "q2", "网络", judged(QUESTIONS[1], "", 4, (COVERED, ""), (WRONG, ""), (MISSING, ""))),
        (3, "q3", "能耗", judged(QUESTIONS[2], "", 4, (COVERED, ""), (PARTIAL, ""), (COVERED, ""))),
        (4, "q4", "安全", judged(QUESTIONS[3], "", 9, *[(COVERED, "")] * 3)),
    ]
    steps = next_steps(judgements)
    assert [(step.kind, step.number) for step in steps] == [
        (StepKind.CORRECT, 2),
        (StepKind.LEARN, 1),
        (StepKind.SHARPEN, 3),
    ]
    assert [point.id for point in steps[1].key_points] == ["kp1", "kp2"]
    assert steps[0].words(str) == (
        "Set right what you said about “拓扑优化”, then answer question 2 again."
    )


def test_one_question_alone_gives_all_it_has() -> None:
    one = judged(QUESTIONS[0], "", 3, (WRONG, ""), (MISSING, ""), (PARTIAL, ""))
    kinds = [step.kind for step in next_steps([(1, "q1", "存储", one)])]
    assert kinds == list(StepKind)


async def test_json_holds_all_of_it(mine: SqlRepository) -> None:
    data = json_report(await gather_report(mine, await full_session(mine)))
    assert data["overall"] == {
        "mean": 4.3,
        "band": "fair",
        "counted": 2,
        "ungraded": 1,
        "skipped": 1,
        "waiting": 0,
        "after_reading": 1,
        "change": None,
    }
    assert data["unmet"] == ["会弹钢琴"]
    assert len(data["next_steps"]) == 3
    attempt = data["questions"][0]["attempts"][0]
    assert attempt["assessment"]["key_points"][0]["evidence"]["quote"] == "定期保存模型"
    assert (attempt["first_score"], attempt["follow_ups"][0]["verdict"]) == (5.4, "covered")


async def disputed(mine: SqlRepository, note: str | None, after: Verdict) -> str:
    """A session in which the first key point was disputed, and a follow-up asked after that."""
    name = await simple_session(mine, ())
    asked = QUESTIONS[0]
    await mine.ask(name, asked, position=1)
    sent = await mine.answer(name, "定期保存", position=1, key="k")
    first = judged(asked, "定期保存", 4.0, (PARTIAL, ""), (MISSING, ""), (MISSING, ""))
    await grade(mine, name, sent.seq, replace(first, follow_up="还有呢？"))
    appeal = await mine.appeal(name, "我说了定期", answer=sent.seq, key_point_id="kp1", key="a")
    if note is not None:
        claim = await mine.claim(name, appeal.seq, holder="test", seconds=60)
        assert claim is not None
        now = judged(asked, "定期保存", 6.0, (after, ""), (MISSING, ""), (MISSING, ""))
        await mine.assess(claim, now, judged_by=Judge.MODEL, note=note)
    return name


@pytest.mark.parametrize(
    ("note", "after", "told"),
    [
        pytest.param("changed", COVERED, "改判：部分覆盖 → 已覆盖。", id="changed"),
        pytest.param("upheld", PARTIAL, "复核后维持原判定：部分覆盖。", id="upheld"),
        pytest.param("unheard", PARTIAL, "当时无法复核，判定未变：部分覆盖。", id="unheard"),
        pytest.param(None, PARTIAL, "还没有复核，目前的判定：部分覆盖。", id="waiting"),
    ],
)
async def test_a_disputed_verdict_is_told_with_what_came_of_it(
    mine: SqlRepository, note: str | None, after: Verdict, told: str
) -> None:
    report = await gather_report(mine, await disputed(mine, note, after))
    (appeal,) = json_report(report)["questions"][0]["attempts"][0]["appeals"]
    assert appeal == {
        "key_point_id": "kp1",
        "title": QUESTIONS[0].key_points[0].title,
        "argument": "我说了定期",
        "outcome": note or "waiting",
        "before": "partial",
        "after": after.value,
    }
    for text in (markdown_report(report), html_report(report), on_a_terminal(report)):
        assert f"你提出异议：{QUESTIONS[0].key_points[0].title}" in text
        assert told in text


async def test_what_was_asked_is_told_and_not_what_would_be_asked(mine: SqlRepository) -> None:
    name = await disputed(mine, None, PARTIAL)
    before = await gather_report(mine, name)
    assert "还有呢？" in on_a_terminal(before)
    await mine.follow_up(name, "断电呢？", position=1, step=1, key_point_id="kp2")
    await mine.answer(name, "从检查点恢复", position=1, step=1, key="f")
    report = await gather_report(mine, name)
    text = on_a_terminal(report)
    assert "还有呢？" not in text
    assert text.index("断电呢？") < text.index("从检查点恢复")
    attempt = json_report(report)["questions"][0]["attempts"][0]
    assert attempt["assessment"]["follow_up"] is None
    assert attempt["follow_ups"][0]["answer"] == "从检查点恢复"


def on_a_terminal(report: SessionReport) -> str:
    look = look_of(Console(width=100, file=io.StringIO()), speaker("zh"))
    return "\n".join(line.plain for line in report_lines(report, look))
