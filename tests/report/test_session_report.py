from app.domain.assessment import Verdict
from app.interview.summary import Outcome
from app.report.as_json import json_report
from app.report.gathering import gather_report
from app.report.next_steps import StepKind, next_steps
from app.store.repository import SqlRepository
from tests.report.made import (
    COVERED,
    MISSING,
    PARTIAL,
    QUESTIONS,
    WRONG,
    full_session,
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
