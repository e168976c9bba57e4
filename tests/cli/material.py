"""Two questions in each language, and a grader's judgement that follows from plain rules.

A key point is covered if its title stands in the answer; "half TITLE" or "一点TITLE" is partial,
"no TITLE" or "不TITLE" a contradiction. "FALSE…" is an error, "PLUS…" goes beyond.
"""

import re

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
from app.domain.question import KeyPoint, Question
from app.domain.score import band_of, score_verdicts

CHINESE = (
    Question(
        id="backup",
        text="数据中心如何保证数据备份和灾难恢复能力？",
        topic="存储与备份",
        difficulty=2,
        language="zh",
        reference="先定期备份并把副本放到另一座城市，再写好恢复预案，按季度演练，确认真的恢复得出来。",
        key_points=(
            KeyPoint("kp1", "定期备份", "全量与增量结合，按恢复点目标定周期。", 1.5),
            KeyPoint("kp2", "异地备份", "副本放在不会同时出事的地方。"),
            KeyPoint("kp3", "恢复预案", "写明谁在多长时间内做什么。"),
            KeyPoint("kp4", "演练", "不演练的备份等于没有备份。", 0.5),
        ),
        tags=("备份容灾",),
    ),
    Question(
        id="scheduling",
        text="如何实现高效的计算资源调度？",
        topic="算力",
        difficulty=3,
        language="zh",
        key_points=(
            KeyPoint("kp1", "容器化", "用 Kubernetes 统一编排。"),
            KeyPoint("kp2", "负载均衡", "把任务分到空闲的节点。"),
        ),
    ),
)
ENGLISH = (
    Question(
        id="backup-en",
        text="How does a data centre make sure that it can restore its data after a disaster?",
        topic="Storage and backup",
        difficulty=2,
        language="en",
        reference="Back up on a schedule, keep a copy in another city, write the recovery plan "
        "down and rehearse it every quarter, so that you know the restore works.",
        key_points=(
            KeyPoint("kp1", "scheduled backups", "Full and incremental, by recovery point.", 1.5),
            KeyPoint("kp2", "off-site copies", "A copy where the same event cannot reach it."),
            KeyPoint("kp3", "recovery plan", "Who does what, and within which time."),
            KeyPoint("kp4", "rehearsals", "A backup that was never restored is none.", 0.5),
        ),
        tags=("backup",),
    ),
    Question(
        id="scheduling-en",
        text="How do you schedule compute well?",
        topic="Compute",
        difficulty=3,
        language="en",
        key_points=(
            KeyPoint("kp1", "containers", "Orchestrate with Kubernetes."),
            KeyPoint("kp2", "load balancing", "Send work to idle nodes."),
        ),
    ),
)
QUESTIONS = {"zh": CHINESE, "en": ENGLISH}
INFO = GraderInfo(Mode.SIMILARITY, embedder="scripted", calibration="none")
COVERAGE = {
    Verdict.COVERED: 0.93,
    Verdict.PARTIAL: 0.48,
    Verdict.MISSING: 0.04,
    Verdict.CONTRADICTED: 0.12,
}
REASONS = {
    "zh": {
        Verdict.PARTIAL: "只提到了名字，没有说怎么做，也没有说做到什么程度才算够。",
        Verdict.CONTRADICTED: "回答的说法与要点相反。",
    },
    "en": {
        Verdict.PARTIAL: "It is named, but not how it is done nor how far it has to go.",
        Verdict.CONTRADICTED: "The answer says the opposite.",
    },
}


def grade(question: Question, answer: str, *, failed: bool = False) -> Assessment:
    """The assessment that the rules above give; ungraded where `failed`."""
    results = tuple(_judge(point, answer, question.language) for point in question.key_points)
    errors = _findings(
        "FALSE", answer, "This is not so." if _english(question) else "事实并非如此。"
    )
    beyond = _findings("PLUS", answer, "A good addition." if _english(question) else "补充得好。")
    score = score_verdicts(results, errors=len(errors), beyond=len(beyond))
    missed = [result.title for result in results if result.verdict is Verdict.MISSING]
    return Assessment(
        question_id=question.id,
        status=Status.UNGRADED if failed else Status.GRADED,
        score=None if failed else score,
        band=None if failed else band_of(score),
        confidence=None if failed else 0.62,
        grader=INFO,
        key_points=results,
        errors=errors,
        beyond=beyond,
        strengths=tuple(result.title for result in results if result.verdict is Verdict.COVERED),
        improvements=tuple(f"{title}: ?" for title in missed),
        follow_up=f"{missed[0]}?" if missed else None,
        notices=("模型没有应答。" if not _english(question) else "The model did not reply.",)
        if failed
        else (),
    )


def _english(question: Question) -> bool:
    return question.language == "en"


def _judge(point: KeyPoint, answer: str, language: str) -> KeyPointResult:
    title = re.escape(point.title)
    patterns = (
        (Verdict.CONTRADICTED, rf"(no |不){title}"),
        (Verdict.PARTIAL, rf"(half |一点){title}"),
        (Verdict.COVERED, title),
    )
    for verdict, pattern in patterns:
        found = re.search(pattern, answer)
        if found:
            evidence = Evidence(found.group(), found.start(), found.end())
            reason = REASONS[language].get(verdict, "")
            return KeyPointResult(
                point.id, point.title, point.weight, verdict, COVERAGE[verdict], evidence, reason
            )
    missing = Verdict.MISSING
    return KeyPointResult(point.id, point.title, point.weight, missing, COVERAGE[missing])


def _findings(word: str, answer: str, why: str) -> tuple[Finding, ...]:
    return tuple(Finding(found, why) for found in re.findall(rf"{word}[^，。,.]*", answer))
