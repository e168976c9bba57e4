"""Values that the tests of the store put in, and short ways to put them in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import create_async_engine

from app.domain.assessment import (
    Assessment,
    Band,
    Evidence,
    Finding,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Usage,
    Verdict,
)
from app.domain.events import Judge, PlannedQuestion, SessionMode, Wishes, new_session_id
from app.domain.question import KeyPoint, Question
from app.domain.session import Session
from app.store.repository import SqlRepository
from app.store.rows import AnswerKey, MemoryCard

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIMILARITY = GraderInfo(Mode.SIMILARITY, "bundled", "default")
RUBRIC = GraderInfo(Mode.RUBRIC, "bundled", "default", model="judge-1", prompt="sha256:ab")


class SteadyClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **change: float) -> None:
        self.now += timedelta(**change)


def question(number: int = 1, **fields: object) -> Question:
    values: dict[str, object] = {
        "id": f"ai-datacenter-{number:02}",
        "text": f"检查点为什么重要？（{number}）",
        "topic": "训练",
        "difficulty": 2,
        "reference": "定期保存，故障后继续。",
        "key_points": (
            KeyPoint("kp1", "定期备份", "保存模型与优化器状态。", 1.0, "断电之后呢？"),
            KeyPoint("kp2", "快速恢复", weight=0.5),
        ),
    }
    return Question(**(values | fields))  # type: ignore[arg-type]


def assessment(
    score: float | None = 6.4,
    *,
    question_id: str = "ai-datacenter-01",
    grader: GraderInfo = SIMILARITY,
    usage: Usage | None = None,
) -> Assessment:
    """A graded assessment, or an ungraded one for None."""
    graded = score is not None
    return Assessment(
        question_id=question_id,
        status=Status.GRADED if graded else Status.UNGRADED,
        score=score,
        band=Band.GOOD if graded else None,
        confidence=0.82 if graded else None,
        grader=grader,
        key_points=(
            KeyPointResult(
                "kp1", "定期备份", 1.0, Verdict.COVERED, 0.93, Evidence("备份", 2, 4), "说到了。"
            ),
            KeyPointResult("kp2", "快速恢复", 0.5, Verdict.MISSING, 0.1),
        ),
        errors=(Finding("从不失败", "会失败"),),
        strengths=("讲清了为什么",),
        improvements=("说说恢复",),
        follow_up="断电之后呢？",
        notices=() if graded else ("模型没有回答",),
        usage=usage,
    )


async def open_one(mine: SqlRepository, *, asked: int = 1, **fields: object) -> Session:
    """A session with `asked` questions put."""
    plan = [PlannedQuestion(question(n).id, "没问过", "懂训练") for n in range(1, asked + 1)]
    values: dict[str, object] = {
        "mode": SessionMode.PRACTICE,
        "language": "zh",
        "plan": plan,
        "unmet": ("懂水冷",),
        "wishes": Wishes(count=asked, minutes=30, topics=("训练",), requirements=("懂训练",)),
    }
    session = await mine.open_session(new_session_id(), **(values | fields))  # type: ignore[arg-type]
    for number, planned in enumerate(plan, start=1):
        await mine.ask(session.id, question(number), position=number, planned=planned)
    return await mine.load(session.id)


async def grade(
    mine: SqlRepository, session_id: str, number: int, score: float | None = 6.4, **fields: object
) -> int:
    """Grade an answer or appeal as one who is alone would; the assessment's number."""
    claim = await mine.claim(session_id, number, holder="test", seconds=60, again=True)
    assert claim is not None
    values: dict[str, object] = {"judged_by": Judge.SIMILARITY}
    record = await mine.assess(claim, assessment(score), **(values | fields))  # type: ignore[arg-type]
    assert record is not None
    return record.seq


async def remember(
    mine: SqlRepository, session_id: str, number: int, cards: Sequence[MemoryCard]
) -> bool:
    """Store the cards that one answer changed, as one who has just looked would."""
    key = AnswerKey(session_id, number)
    return await mine.save_cards([key], cards, known=await mine.cards())


async def run_sql(location: str | Path, *statements: str) -> list[Any]:
    """Rows of the last statement, run past the store as another program would."""
    url = f"sqlite+aiosqlite:///{location}" if isinstance(location, Path) else location
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()
