"""A session is what its events make of it, and nothing else."""

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Assessment, Band, GraderInfo, Mode, Status
from app.domain.events import (
    EVENT_KINDS,
    Answer,
    AnswerKind,
    Appeal,
    AssessmentRecord,
    AttemptOpened,
    Event,
    FollowUp,
    Hint,
    Judge,
    PlanMade,
    PlannedQuestion,
    QuestionAsked,
    Reason,
    ReferenceShown,
    Remark,
    SessionMode,
    SessionStart,
    SessionStatus,
    Skip,
    Speaker,
    StatusChange,
    kind_of,
    new_session_id,
)
from app.domain.fold import fold
from app.domain.question import Question
from app.domain.session import Session, TurnState, counting_of

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
START = SessionStart("s1", "local", SessionMode.PRACTICE, "zh", NOON)
INFO = GraderInfo(Mode.SIMILARITY, "bundled", "default")


class Script:
    """Events in order, numbered as they are written."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: type[Event], **values: object) -> int:
        self.events.append(kind(seq=len(self.events) + 1, at=NOON, **values))
        return len(self.events)

    def ask(self, position: int = 1) -> int:
        question = Question(f"q{position}", f"question {position}")
        return self.add(QuestionAsked, position=position, question=question)

    def answer(self, position: int = 1, attempt: int = 1, step: int = 0, **more: object) -> int:
        values = {"position": position, "attempt": attempt, "step": step, "text": "an answer"}
        key = f"{position}.{attempt}.{step}"
        return self.add(Answer, **(values | {"key": key} | more))

    def follow_up(self, step: int = 1, attempt: int = 1) -> int:
        values = {"position": 1, "attempt": attempt, "step": step}
        return self.add(FollowUp, **values, text="and then?", key_point_id="kp2")

    def assess(self, answer: int, score: float | None = 6.0, **more: object) -> int:
        graded = score is not None
        assessment = Assessment(
            "q1",
            Status.GRADED if graded else Status.UNGRADED,
            score,
            Band.GOOD if graded else None,
            0.8 if graded else None,
            INFO,
        )
        values = {"answer": answer, "assessment": assessment, "judged_by": Judge.SIMILARITY}
        return self.add(AssessmentRecord, **(values | more))

    def appeal(self, answer: int) -> int:
        return self.add(Appeal, answer=answer, key_point_id="kp1", text="I did", key="p")

    @property
    def newest_answer(self) -> int:
        return max(event.seq for event in self.events if isinstance(event, Answer))

    def fold(self) -> Session:
        return fold(START, self.events)


def test_a_session_without_events_is_open_and_empty() -> None:
    session = fold(START, ())
    assert session.status is SessionStatus.OPEN
    assert session.current is None
    assert session.waiting == ()
    assert session.id == "s1"


STEPS: dict[str, Callable[[Script], object]] = {
    "answer": lambda s: s.answer(),
    "graded": lambda s: s.assess(s.newest_answer),
    "ungraded": lambda s: s.assess(s.newest_answer, None),
    "follow up": lambda s: s.follow_up(),
    "answer follow up": lambda s: s.answer(step=1),
    "skip": lambda s: s.add(Skip, position=1, attempt=1),
    "skip follow up": lambda s: s.add(Skip, position=1, attempt=1, step=1),
    "reference": lambda s: s.add(ReferenceShown, position=1),
    "hint": lambda s: s.add(Hint, position=1, step=1, text="think of power"),
    "appeal": lambda s: s.appeal(s.newest_answer),
    "again": lambda s: s.add(AttemptOpened, position=1, attempt=2),
    "answer again": lambda s: s.answer(attempt=2),
}


def scripted(*steps: str) -> Script:
    """A script of one question that was asked, and then the steps."""
    script = Script()
    script.ask()
    for step in steps:
        STEPS[step](script)
    return script


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        pytest.param("", TurnState.ANSWERING, id="asked"),
        pytest.param("hint", TurnState.ANSWERING, id="hinted"),
        pytest.param("skip", TurnState.SKIPPED, id="skipped"),
        pytest.param("reference", TurnState.SHOWN, id="reference instead of an answer"),
        pytest.param("reference, answer", TurnState.GRADING, id="answered after reading"),
        pytest.param("answer", TurnState.GRADING, id="sent"),
        pytest.param("answer, graded", TurnState.GRADED, id="graded"),
        pytest.param("answer, ungraded", TurnState.UNGRADED, id="ungraded"),
        pytest.param("answer, ungraded, graded", TurnState.GRADED, id="graded at last"),
        pytest.param("answer, graded, ungraded", TurnState.GRADED, id="failed regrade"),
        pytest.param("answer, graded, reference", TurnState.GRADED, id="read after grading"),
        pytest.param("answer, graded, follow up", TurnState.FOLLOWING_UP, id="followed up"),
        pytest.param(
            "answer, graded, follow up, reference", TurnState.GRADED, id="read, no more to say"
        ),
        pytest.param(
            "answer, graded, follow up, skip follow up", TurnState.GRADED, id="follow-up skipped"
        ),
        pytest.param(
            "answer, graded, follow up, answer follow up", TurnState.GRADING, id="more to grade"
        ),
        pytest.param(
            "answer, graded, follow up, answer follow up, graded",
            TurnState.GRADED,
            id="both graded",
        ),
        pytest.param("answer, graded, appeal", TurnState.GRADING, id="appeal to be heard"),
        pytest.param("answer, graded, again", TurnState.ANSWERING, id="another attempt"),
        pytest.param(
            "answer, graded, reference, again", TurnState.ANSWERING, id="another after reading"
        ),
        pytest.param(
            "answer, graded, again, reference", TurnState.SHOWN, id="read instead of trying again"
        ),
        pytest.param("answer, graded, again, answer again", TurnState.GRADING, id="sent again"),
    ],
)
def test_a_turn_knows_what_it_waits_for(steps: str, state: TurnState) -> None:
    script = scripted(*filter(None, steps.split(", ")))
    turn = script.fold().current
    assert turn is not None
    assert turn.state is state


def test_every_attempt_and_assessment_is_kept() -> None:
    script = Script()
    script.ask()
    first = script.answer()
    script.assess(first, 3.0)
    script.follow_up()
    more = script.answer(step=1, key_point_id="kp2")
    script.assess(more, 9.0)
    script.assess(first, 5.0, reason=Reason.FOLLOW_UP)
    script.add(AttemptOpened, position=1, attempt=2)
    second = script.answer(attempt=2)
    script.assess(second, 8.0)
    turn = script.fold().turns[0]
    one, two = turn.attempts
    assert [record.assessment.score for record in one.main.assessments] == [3.0, 5.0]
    assert one.follow_ups[0].answer is not None
    assert one.follow_ups[0].answer.kind is AnswerKind.FOLLOW_UP
    assert two.main.answer is not None
    assert two.main.answer.kind is AnswerKind.MAIN
    assert turn.attempt is two
    assert [exchange.answer.seq for exchange in turn.exchanges if exchange.answer] == [
        first,
        more,
        second,
    ]


@pytest.mark.parametrize(
    ("scores", "counts"),
    [
        pytest.param([], None, id="none"),
        pytest.param([4.0], 0, id="one"),
        pytest.param([4.0, 7.0], 1, id="the newest"),
        pytest.param([7.0, 4.0], 1, id="the newest, though lower"),
        pytest.param([7.0, None], 0, id="a failed regrade takes nothing away"),
        pytest.param([None, None], 1, id="the newest failure"),
        pytest.param([None, 2.0, None], 1, id="graded between failures"),
    ],
)
def test_the_newest_graded_assessment_counts(
    scores: list[float | None], counts: int | None
) -> None:
    script = Script()
    script.ask()
    answer = script.answer()
    for score in scores:
        script.assess(answer, score)
    records = script.fold().turns[0].attempt.main.assessments
    assert counting_of(records) == (None if counts is None else records[counts])


@pytest.mark.parametrize(
    ("attempts", "counts"),
    [
        pytest.param([(4.0, False), (8.0, False)], 8.0, id="the newest attempt"),
        pytest.param([(4.0, False), (None, False)], 4.0, id="one that could not be graded"),
        pytest.param([(4.0, False), (9.0, True)], 4.0, id="one after reading the reference"),
        pytest.param([(9.0, True)], None, id="only after reading the reference"),
    ],
)
def test_what_counts_for_a_turn(
    attempts: list[tuple[float | None, bool]], counts: float | None
) -> None:
    script = Script()
    script.ask()
    for number, (score, read) in enumerate(attempts, start=1):
        if number > 1:
            script.add(AttemptOpened, position=1, attempt=number)
        script.assess(script.answer(attempt=number, read_reference=read), score)
    result = script.fold().turns[0].result
    assert (result.assessment.score if result else None) == counts


def test_an_appeal_is_open_until_it_is_heard() -> None:
    script = Script()
    script.ask()
    answer = script.answer()
    script.assess(answer, 4.0)
    appeal = script.appeal(answer)
    session = script.fold()
    assert [exchange.appeals[0].seq for exchange in session.waiting] == [appeal]
    script.assess(answer, 6.0, appeal=appeal, reason=Reason.APPEAL)
    main = script.fold().turns[0].attempt.main
    assert main.open_appeals == ()
    assert main.appeals[0].text == "I did"
    assert script.fold().waiting == ()


def test_plan_status_and_remarks() -> None:
    script = Script()
    script.add(PlanMade, plan=(PlannedQuestion("q1", "new"),), unmet=("cooling",))
    script.add(StatusChange, status=SessionStatus.PAUSED, why="asked")
    script.add(Remark, speaker=Speaker.CANDIDATE, text="hello")
    script.add(PlanMade, plan=(PlannedQuestion("q2", "harder"),), why="strong")
    script.add(StatusChange, status=SessionStatus.OPEN)
    session = script.fold()
    assert [planned.question_id for planned in session.plan] == ["q2"]
    assert session.unmet == ()
    assert [made.why for made in session.plans] == ["", "strong"]
    assert session.status is SessionStatus.OPEN
    assert session.remarks[0].text == "hello"
    assert session.seq == 5


def renumbered(script: Script) -> None:
    script.events = [replace(event, seq=event.seq + 1) for event in script.events]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda s: s.events.pop(1), id="gap"),
        pytest.param(lambda s: s.events.append(s.events[-1]), id="event twice"),
        pytest.param(renumbered, id="numbers from two"),
        pytest.param(lambda s: s.ask(3), id="question left out"),
        pytest.param(lambda s: s.ask(1), id="question twice"),
        pytest.param(lambda s: s.add(Hint, position=2, step=1, text="?"), id="hint too early"),
        pytest.param(lambda s: s.add(Hint, position=0, step=1, text="?"), id="question 0"),
        pytest.param(lambda s: s.answer(), id="answer twice"),
        pytest.param(lambda s: s.answer(step=2), id="answer to no follow-up"),
        pytest.param(lambda s: s.answer(attempt=2), id="answer to no attempt"),
        pytest.param(lambda s: s.add(AttemptOpened, position=1, attempt=3), id="attempt left out"),
        pytest.param(lambda s: s.follow_up(step=3), id="follow-up left out"),
        pytest.param(lambda s: s.assess(1), id="assessment of a question"),
        pytest.param(lambda s: s.appeal(99), id="appeal against nothing"),
    ],
)
def test_events_that_do_not_fit_together_are_refused(spoil: Callable[[Script], object]) -> None:
    script = scripted("answer", "graded", "follow up")
    script.fold()
    spoil(script)
    with pytest.raises(ValueError, match="event"):
        script.fold()


WHOLE = scripted(
    "hint",
    "answer",
    "graded",
    "follow up",
    "answer follow up",
    "graded",
    "appeal",
    "reference",
    "again",
    "answer again",
    "ungraded",
).events


@given(st.integers(0, len(WHOLE)), st.randoms(use_true_random=False))
def test_events_fold_in_any_order_and_bit_by_bit(cut: int, chance: random.Random) -> None:
    mixed = list(WHOLE)
    chance.shuffle(mixed)
    assert fold(START, mixed) == fold(START, WHOLE)
    assert fold(START, WHOLE[:cut]).seq == cut


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_clock_that_was_set_back_changes_nothing(moment: datetime) -> None:
    moved = [*WHOLE[:5], *(replace(event, at=moment) for event in WHOLE[5:])]
    states = [turn.state for turn in fold(START, moved).turns]
    assert states == [turn.state for turn in fold(START, WHOLE).turns]


def test_every_kind_of_event_has_a_name_of_its_own() -> None:
    assert {kind_of(event) for event in WHOLE} <= EVENT_KINDS.keys()
    named = {kind.__name__ for kind in EVENT_KINDS.values()}
    assert named == {kind.__name__ for kind in Event.__subclasses__()}
    assert len(EVENT_KINDS) == len(named)
    assert all({"seq", "at"} <= {f.name for f in fields(kind)} for kind in EVENT_KINDS.values())


def test_session_ids_are_short_and_never_alike() -> None:
    made = {new_session_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(name) for name in made} == {12}
