"""The mode `interview` asks on of its own accord, in words that let on no verdict."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.domain.assessment import Evidence, Verdict
from app.domain.events import SessionMode, Wishes
from app.domain.question import KeyPoint, Question
from app.interview.follow_up import even_words_for, usable
from app.interview.host import Host
from app.interview.panel import Spoken, Voice
from app.interview.plan import Plan
from app.store.base import Repository
from app.store.opening import open_store
from tests.cli.material import CHINESE, ENGLISH, grade
from tests.interview.test_host import Grader

INTERVIEW = SessionMode.INTERVIEW


@pytest.fixture
async def mine(tmp_path: Path) -> AsyncIterator[Repository]:
    """A store of one person."""
    store = await open_store(tmp_path / "mockint.db")
    yield store.of("local")
    await store.close()


async def said(mine: Repository, text: str, **more: object) -> Host:
    """An interview whose first question was answered, and that was graded."""
    fields = {"mode": INTERVIEW} | {k: v for k, v in more.items() if k != "seconds"}
    host = await Host.begin(mine, Plan.of(CHINESE), **fields)
    seconds = more.get("seconds")
    await host.send(text, key="one", seconds=seconds if isinstance(seconds, float) else None)
    await host.grade(Grader(), host.turn.attempt.main)
    return host


async def follow(host: Host, text: str) -> None:
    """Answer the follow-up that is open, and have that graded."""
    await host.send(text, key=text)
    await host.grade(Grader(), host.turn.attempt.exchanges[-1])


async def test_it_asks_on_about_what_is_worth_most_and_twice_at_most(mine: Repository) -> None:
    host = await said(mine, "定期备份")
    assert await host.ask_on()
    await follow(host, "异地备份")
    assert await host.ask_on()
    await follow(host, "想不起来别的做法了吧")
    assert await host.ask_on() == ""
    aims = [one.follow_up.key_point_id for one in host.turn.attempt.follow_ups if one.follow_up]
    assert aims == ["kp2", "kp3"]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        pytest.param("定期备份，异地备份，恢复预案，演练", {}, id="nothing is open"),
        pytest.param("不知道", {}, id="the candidate does not know"),
        pytest.param(
            "定期备份", {"wishes": Wishes(minutes=2), "seconds": 60.0}, id="the time is used up"
        ),
        pytest.param("定期备份", {"mode": SessionMode.PRACTICE}, id="in practice on request only"),
    ],
)
async def test_it_goes_on_to_the_next_question_where(
    mine: Repository, text: str, more: dict[str, object]
) -> None:
    host = await said(mine, text, **more)
    assert await host.ask_on() == ""
    assert host.turn.attempt.follow_ups == ()


async def test_a_follow_up_that_was_passed_over_is_the_last(mine: Repository) -> None:
    host = await said(mine, "定期备份")
    await host.ask_on()
    await host.skip()
    assert await host.ask_on() == ""


async def test_a_grade_is_waited_for_only_so_long(mine: Repository) -> None:
    host = await Host.begin(mine, Plan.of(CHINESE), mode=INTERVIEW)
    await host.send("定期备份", key="one")
    assert not await host.is_graded_within(0.0)
    assert await host.ask_on() == ""
    grading = asyncio.create_task(host.grade(Grader(delay=0.1), host.turn.attempt.main))
    assert await host.is_graded_within(60.0)
    await grading


async def test_nothing_is_asked_about_a_question_that_was_left_meanwhile(mine: Repository) -> None:
    host = await said(mine, "定期备份")
    other = await Host.take_up(mine, host.session.id)
    await other.ask(CHINESE[1])
    assert await host.ask_on() == ""
    assert host.session.turns[0].attempt.follow_ups == ()


@pytest.mark.parametrize("question", [CHINESE[0], ENGLISH[0]], ids=["zh", "en"])
@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("quote", ["", "a copy somewhere"], ids=["no words", "the words"])
def test_the_words_are_the_same_whatever_the_verdict(
    question: Question, step: int, quote: str
) -> None:
    point = question.key_points[0]
    evidence = Evidence(quote, 0, len(quote)) if quote else None
    result = replace(grade(question, "").key_points[0], evidence=evidence)
    words = {
        even_words_for(question, point, replace(result, verdict=verdict), step)
        for verdict in Verdict
    }
    assert len(words) == 1
    text = words.pop()
    assert point.title not in text
    assert usable(text, point, even=True) == text


@dataclass
class Speaking:
    """An interviewer with words of its own; remembers the verdicts that it was told."""

    delay: float = 0.0
    told: list[Verdict | None] = field(default_factory=list)

    async def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict | None, answer: str
    ) -> Spoken:
        self.told.append(verdict)
        await asyncio.sleep(self.delay)
        return Spoken("停电那天你先做什么？")


async def test_a_model_that_words_it_is_told_no_verdict(mine: Repository) -> None:
    voice: Voice = Speaking()
    host = await said(mine, "定期备份")
    assert await host.ask_on(voice) == "停电那天你先做什么？"
    assert voice.told == [None]


@pytest.mark.parametrize(
    ("text", "is_even"),
    [
        pytest.param("那你们多久恢复一次，具体怎么做？", True, id="zh"),
        pytest.param("你刚才没有提到演练的事，说说看？", False, id="zh, left out"),
        pytest.param("你确定没说反吗？再想一想。", False, id="zh, wrong way round"),
        pytest.param("很好，那接下来呢？", False, id="zh, praise"),
        pytest.param("Suppose the site burns down tonight. Then what?", True, id="en"),
        pytest.param("You did not mention the site. What about it?", False, id="en, left out"),
        pytest.param("Not quite; what happens if the site burns?", False, id="en, wrong"),
        pytest.param("Great. And if the site burns?", False, id="en, praise"),
        pytest.param("What is the right number of copies for you?", True, id="en, no verdict"),
    ],
)
def test_a_models_words_that_let_on_a_verdict_are_not_used(text: str, is_even: bool) -> None:
    assert bool(usable(text, CHINESE[0].key_points[0], even=True)) is is_even


async def test_a_model_that_looks_for_words_too_long_is_not_waited_for(mine: Repository) -> None:
    host = await said(mine, "定期备份")
    assert "停电" not in await host.ask_on(Speaking(delay=60), within=0.01)
