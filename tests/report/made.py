"""Sessions with everything in them, put into a real store."""

from app.domain.assessment import (
    Assessment,
    Evidence,
    Finding,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.events import Judge, PlannedQuestion, Reason, SessionMode, Wishes, new_session_id
from app.domain.question import KeyPoint, Question
from app.domain.score import band_of
from app.store.repository import SqlRepository

RUBRIC = GraderInfo(Mode.RUBRIC, "bundled", "default", model="judge-1", prompt="sha256:ab")
COVERED, PARTIAL, MISSING, WRONG = (
    Verdict.COVERED,
    Verdict.PARTIAL,
    Verdict.MISSING,
    Verdict.CONTRADICTED,
)
HOSTILE = "</p><script>alert(1)</script> ![x](http://evil.example/a.png) **bold** {{ 7*7 }}"


def question(number: int, topic: str, text: str, *titles: str) -> Question:
    points = tuple(
        KeyPoint(f"kp{place}", title, weight=1.0 if place > 1 else 1.5)
        for place, title in enumerate(titles, start=1)
    )
    return Question(
        id=f"q{number}", text=text, topic=topic, difficulty=(number - 1) % 3 + 1,
        language="zh", reference="参考。", key_points=points,
    )  # fmt: skip


QUESTIONS = (
    question(1, "存储", "检查点为什么重要？", "定期保存", "故障恢复", "异地副本"),
    question(2, "网络", "怎样降低网络延迟？", "RDMA", "拓扑优化", "流量调度"),
    question(3, "能耗", "如何降低机房能耗？", "冷热通道隔离", "智能监控", "能效比"),
    question(4, "安全", "怎样保护用户隐私？", "加密", "访问控制", "差分隐私"),
    question(5, "训练", "过拟合怎么办？", "正则化", "数据增强", "早停"),
)


def judged(
    asked: Question,
    answer: str,
    score: float | None,
    *verdicts: tuple[Verdict, str],
    errors: tuple[Finding, ...] = (),
    beyond: tuple[Finding, ...] = (),
) -> Assessment:
    """An assessment with a verdict and a quote for each key point."""
    results = []
    for point, (verdict, quote) in zip(asked.key_points, verdicts, strict=True):
        start = answer.find(quote) if quote else -1
        evidence = Evidence(quote, start, start + len(quote)) if start >= 0 else None
        coverage = {COVERED: 0.95, PARTIAL: 0.5, MISSING: 0.05, WRONG: 0.1}[verdict]
        results.append(
            KeyPointResult(
                point.id, point.title, point.weight, verdict, coverage, evidence, "理由在这里。"
            )
        )
    graded = score is not None
    return Assessment(
        question_id=asked.id,
        status=Status.GRADED if graded else Status.UNGRADED,
        score=score,
        band=None if score is None else band_of(score),
        confidence=0.8 if graded else None,
        grader=RUBRIC,
        key_points=tuple(results),
        errors=errors,
        beyond=beyond,
        notices=() if graded else ("模型没有回答",),
    )


async def grade(mine: SqlRepository, session_id: str, number: int, assessment: Assessment) -> None:
    claim = await mine.claim(session_id, number, holder="test", seconds=60, again=True)
    assert claim is not None
    assert await mine.assess(claim, assessment, judged_by=Judge.MODEL)


async def simple_session(
    mine: SqlRepository,
    scores: tuple[float | None, ...],
    language: str = "zh",
    mode: SessionMode = SessionMode.PRACTICE,
) -> str:
    """A session in which the first questions were answered with these scores."""
    plan = [PlannedQuestion(one.id) for one in QUESTIONS[: len(scores)]]
    session = await mine.open_session(new_session_id(), mode=mode, language=language, plan=plan)
    for position, score in enumerate(scores, start=1):
        asked = QUESTIONS[position - 1]
        await mine.ask(session.id, asked, position=position)
        sent = await mine.answer(
            session.id, "一段回答", position=position, key=f"k{position}", seconds=60
        )
        verdict = (COVERED if (score or 0) >= 5 else MISSING, "")
        await grade(mine, session.id, sent.seq, judged(asked, "一段回答", score, *[verdict] * 3))
    return session.id


async def full_session(mine: SqlRepository, language: str = "zh") -> str:
    """Graded with a follow-up and a hint; wrong and hostile; ungraded; skipped; read before."""
    plan = [PlannedQuestion(one.id, "以前没问过", "懂存储") for one in QUESTIONS]
    session = await mine.open_session(
        new_session_id(),
        mode=SessionMode.PRACTICE,
        language=language,
        plan=plan,
        unmet=("会弹钢琴",),
        wishes=Wishes(count=5, requirements=("懂存储", "会弹钢琴")),
    )
    name = session.id
    await _with_follow_up(mine, name, plan[0])
    await _hostile(mine, name)
    await mine.ask(name, QUESTIONS[2], position=3)
    sent = await mine.answer(name, "隔离冷热通道", position=3, key="k3", seconds=20)
    verdicts = (COVERED, "隔离冷热通道"), (MISSING, ""), (MISSING, "")
    await grade(mine, name, sent.seq, judged(QUESTIONS[2], "隔离冷热通道", None, *verdicts))
    await mine.ask(name, QUESTIONS[3], position=4)
    await mine.skip(name, position=4)
    await mine.ask(name, QUESTIONS[4], position=5)
    await mine.show_reference(name, position=5)
    await mine.open_attempt(name, position=5, attempt=2)
    sent = await mine.answer(name, "正则化和早停", position=5, key="k5", attempt=2)
    verdicts = (COVERED, "正则化"), (MISSING, ""), (COVERED, "早停")
    await grade(mine, name, sent.seq, judged(QUESTIONS[4], "正则化和早停", 9.0, *verdicts))
    return name


async def _with_follow_up(mine: SqlRepository, name: str, planned: PlannedQuestion) -> None:
    asked = QUESTIONS[0]
    await mine.ask(name, asked, position=1, planned=planned)
    await mine.hint(name, "想想断电", position=1, step=1)
    text = "要定期保存模型和优化器状态。\n断电以后从最近的检查点继续，\n还可以用增量检查点。"
    sent = await mine.answer(name, text, position=1, key="k1", seconds=95)
    verdicts = (COVERED, "定期保存模型"), (PARTIAL, "从最近的检查点继续"), (MISSING, "")
    beyond = (Finding("增量检查点", "要点之外，说得对。"),)
    await grade(mine, name, sent.seq, judged(asked, text, 5.4, *verdicts, beyond=beyond))
    await mine.follow_up(name, "机房失火呢？", position=1, step=1, key_point_id="kp3")
    second = await mine.answer(name, "另一个城市有副本", position=1, key="k1b", step=1, seconds=30)
    only = judged(asked, "另一个城市有副本", 6.0, (MISSING, ""), (MISSING, ""),
                  (COVERED, "另一个城市有副本"))  # fmt: skip
    await grade(mine, name, second.seq, only)
    better = (*verdicts[:2], (COVERED, ""))
    await mine.reassess(
        name,
        judged(asked, text, 7.2, *better, beyond=beyond),
        answer=sent.seq,
        judged_by=Judge.MODEL,
        reason=Reason.FOLLOW_UP,
        key="lift",
    )


async def _hostile(mine: SqlRepository, name: str) -> None:
    asked = QUESTIONS[1]
    await mine.ask(name, asked, position=2)
    text = f"RDMA 会让延迟变高。{HOSTILE}"
    sent = await mine.answer(name, text, position=2, key="k2", seconds=40)
    wrong = (Finding("RDMA 会让延迟变高", f"正好相反。{HOSTILE}"),)
    verdicts = (WRONG, "RDMA 会让延迟变高"), (MISSING, ""), (PARTIAL, "alert(1)")
    await grade(mine, name, sent.seq, judged(asked, text, 1.5, *verdicts, errors=wrong))
