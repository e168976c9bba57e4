"""The host over a real store: what is stored when, by whom, and once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.assessment import (
    Assessment,
    GraderInfo,
    KeyPointResult,
    Mode,
    Usage,
    Verdict,
)
from app.domain.events import Judge, Reason, SessionStatus
from app.domain.question import KeyPoint, Question
from app.errors import ChatModelRefused, QuestionNotFound, SessionChanged, StoreError
from app.grading.grader import OnVerdict
from app.grading.rubric.appeal import Heard
from app.interview.conversation import Choice, Step, choices, next_step
from app.interview.host import Host
from app.interview.panel import Spoken
from app.interview.plan import Plan
from app.interview.regrading import Regraded, Tally, regrade_session
from app.store.base import Repository
from app.store.opening import open_store
from tests.cli.material import CHINESE, INFO, grade

RUBRIC = GraderInfo(Mode.RUBRIC, "scripted", "none", model="judge")


class Grader:
    """Grades by the rules of `material`, as a model where `mode` says so; counts its work."""

    def __init__(self, info: GraderInfo = INFO, delay: float = 0.0) -> None:
        self.info = info
        self.graded: list[str] = []
        self._delay = delay

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        self.graded.append(answer)
        await asyncio.sleep(self._delay)
        return replace(grade(question, answer), grader=self.info)


class Judging:
    """Hears appeals with one verdict for all, or fails."""

    def __init__(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        self.heard: list[str] = []

    async def hear(self, question: Question, point: KeyPoint, answer: str, argument: str) -> Heard:
        self.heard.append(argument)
        if self._verdict is None:
            raise ChatModelRefused("The model refused.")
        result = KeyPointResult(point.id, point.title, point.weight, self._verdict, 0.9)
        return Heard(result, RUBRIC, Usage(1, 10, 5))


@pytest.fixture
async def mine(tmp_path: Path) -> AsyncIterator[Repository]:
    store = await open_store(tmp_path / "mockint.db")
    yield store.of("local")
    await store.close()


async def answered(mine: Repository, text: str, grader: Grader) -> Host:
    host = await Host.begin(mine, Plan.of(CHINESE))
    await host.send(text, key="one")
    await host.grade(grader, host.turn.attempt.main)
    return host


async def test_an_answer_is_stored_before_anybody_looks_at_it(mine: Repository) -> None:
    host = await Host.begin(mine, Plan.of(CHINESE))
    await host.send("定期备份", key="one", seconds=3.0)
    assert next_step(await mine.load(host.session.id)) is Step.GRADING


async def test_sending_twice_under_one_key_stores_one_answer(mine: Repository) -> None:
    host = await Host.begin(mine, Plan.of(CHINESE))
    first = await host.send("定期备份", key="one")
    assert await host.send("定期备份", key="one") == first


async def test_two_hosts_on_one_session_grade_an_answer_once(mine: Repository) -> None:
    host = await Host.begin(mine, Plan.of(CHINESE))
    await host.send("定期备份", key="one")
    other = await Host.take_up(mine, host.session.id)
    grader = Grader(delay=0.1)
    records = await asyncio.gather(
        host.grade(grader, host.turn.attempt.main), other.grade(grader, other.turn.attempt.main)
    )
    assert records[0] == records[1]
    assert grader.graded == ["定期备份"]


async def test_grading_that_is_broken_off_can_be_taken_up_at_once(mine: Repository) -> None:
    host = await Host.begin(mine, Plan.of(CHINESE))
    await host.send("定期备份", key="one")
    work = asyncio.create_task(host.grade(Grader(delay=60), host.turn.attempt.main))
    await asyncio.sleep(0.2)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    record = await host.grade(Grader(), host.turn.attempt.main)
    assert record.assessment.score == 3.8


class Speaking:
    """An interviewer with words of its own, which cost something."""

    async def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict, answer: str
    ) -> Spoken:
        return Spoken(f"{verdict.value}: {answer}?", Usage(1, 10, 5), "voice")


async def test_what_the_interviewers_own_words_cost_is_noted(mine: Repository) -> None:
    host = await answered(mine, "定期备份", Grader())
    assert await host.follow_up(Speaking()) == "missing: 定期备份?"
    assert await mine.usage_since(host.session.start.created_at) == Usage(1, 10, 5)


async def test_a_question_that_left_the_bank_is_left_out_and_named(mine: Repository) -> None:
    def find(name: str) -> Question:
        raise QuestionNotFound(name)

    host = await answered(mine, "定期备份", Grader())
    assert await host.ask_next(find) == (None, ("scheduling",))
    assert [one.question_id for one in host.session.plan] == ["backup"]


async def test_a_lift_that_a_dead_process_left_undone_is_done_when_taken_up(
    mine: Repository,
) -> None:
    host = await answered(mine, "定期备份", Grader())
    await host.follow_up()
    answer = await host.send("异地备份", key="two")
    claim = await mine.claim(host.session.id, answer.seq, holder="dead", seconds=5)
    assert claim is not None
    await mine.assess(claim, grade(CHINESE[0], "异地备份"), judged_by=Judge.SIMILARITY)
    later = await Host.take_up(mine, host.session.id)
    await later.lift_again(later.turn)
    await later.lift_again(later.turn)
    assert [one.reason for one in later.turn.attempt.main.assessments] == [
        Reason.NEW,
        Reason.FOLLOW_UP,
    ]
    assert later.turn.attempt.main.counting.assessment.score == 6.3


async def test_an_ended_session_cannot_be_taken_up_and_an_empty_one_is_dropped(
    mine: Repository,
) -> None:
    host = await answered(mine, "定期备份", Grader())
    await host.end()
    assert host.session.status is SessionStatus.ENDED
    with pytest.raises(SessionChanged, match="has ended"):
        await Host.take_up(mine, host.session.id)
    empty = await Host.begin(mine, Plan.of(CHINESE))
    await empty.pause()
    with pytest.raises(StoreError):
        await Host.take_up(mine)


@pytest.mark.parametrize(
    ("verdict", "after", "note"),
    [
        pytest.param(Verdict.COVERED, 6.3, "changed", id="better"),
        pytest.param(Verdict.MISSING, 3.8, "upheld", id="the same"),
        pytest.param(Verdict.CONTRADICTED, 3.8, "upheld", id="worse costs nothing"),
        pytest.param(None, 3.8, "unheard", id="the model failed"),
    ],
)
async def test_an_appeal_keeps_both_verdicts(
    mine: Repository, verdict: Verdict | None, after: float, note: str
) -> None:
    host = await answered(mine, "定期备份", Grader(RUBRIC))
    assert Choice.APPEAL in choices(host.turn)
    await host.appeal("kp2", "我说的就是异地备份", key="a")
    assert next_step(host.session) is Step.GRADING
    record = await host.hear(Judging(verdict), host.turn.attempt.main)
    assert next_step(host.session) is Step.CHOICE
    assert (record.reason, record.note) == (Reason.APPEAL, note)
    scores = [one.assessment.score for one in host.turn.attempt.main.assessments]
    assert scores == [3.8, after]


async def test_without_a_judge_an_appeal_waits_for_nobody(mine: Repository) -> None:
    host = await answered(mine, "定期备份", Grader(RUBRIC))
    await host.appeal("kp2", "再看看", key="a")
    record = await host.hear(None, host.turn.attempt.main)
    assert record.note == "unheard"


async def test_similarity_offers_a_self_check_and_no_appeal(mine: Repository) -> None:
    host = await answered(mine, "定期备份", Grader())
    assert Choice.CHECK in choices(host.turn)
    assert Choice.APPEAL not in choices(host.turn)
    record = await host.settle({"kp2": Verdict.COVERED})
    assert record.judged_by is Judge.CANDIDATE
    assert record.assessment.score == 6.2
    assert Choice.FOLLOW_UP not in choices(host.turn)


async def test_regrading_keeps_the_old_grade_and_lifts_by_the_follow_up_again(
    mine: Repository,
) -> None:
    host = await answered(mine, "定期备份", Grader())
    await host.follow_up()
    await host.send("异地备份", key="two")
    await host.grade(Grader(), host.turn.attempt.follow_ups[0])
    done: list[Regraded] = []
    await regrade_session(mine, host.session.id, Grader(RUBRIC), Tally(), done.append)
    await host.reload()
    reasons = [one.reason for one in host.turn.attempt.main.assessments]
    assert reasons == [Reason.NEW, Reason.FOLLOW_UP, Reason.REGRADE, Reason.FOLLOW_UP]
    assert host.turn.attempt.main.counting.assessment.score == 6.3
    assert [one.step for one in done] == [0, 1]
    assert not any(one.is_other for one in done)  # each answer is held against its own grade


async def test_what_the_candidate_settled_gives_way_to_a_model_only(mine: Repository) -> None:
    host = await answered(mine, "定期备份", Grader())
    await host.settle({"kp2": Verdict.COVERED})
    tally, done = Tally(), list[Regraded]()
    await regrade_session(mine, host.session.id, Grader(), tally, done.append)
    assert (tally.kept, done) == (1, [])
    await regrade_session(mine, host.session.id, Grader(RUBRIC), tally, done.append)
    assert done[0].is_other
