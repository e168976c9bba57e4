"""What the rubric tests share: a question, a scripted view of similarity, a way to connect.

Similarity is scripted here, so that each rule of the rubric grader is tested at the coverage it
is made for and not at what some calibration gives; `test_rubric_real.py` runs the real one.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.assessment import (
    Assessment,
    Evidence,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.question import KeyPoint, Question
from app.embedding.bundled import BundledEmbedder
from app.errors import AnswerTooLong
from app.grading.grader import OnVerdict
from app.grading.guard import guard_answer
from app.grading.similarity.view import KeyPointView, SimilarityView
from app.llm.backoff import Backoff
from app.llm.openai_compatible import OpenAICompatibleModel
from tests.scripted_llm.server import ScriptedLLM

ANSWER = (
    "我们每天凌晨做增量备份，每周做一次全量。"
    "另外在外省租了一个机房，数据异步复制过去。"
    "恢复演练从来不做，因为备份在就一定能恢复。"
    "顺便说，备份文件都加密，密钥单独保管。"
)
QUESTION = Question(
    "backup-01",
    "怎样保证数据备份和灾难恢复？",
    key_points=(
        KeyPoint("kp1", "定期备份", "按固定周期备份。"),
        KeyPoint("kp2", "异地备份", "在另一个地点保存副本。"),
        KeyPoint("kp3", "恢复演练", "定期演练恢复，确认备份可用。"),
    ),
    language="zh",
)
CUES: Mapping[str, tuple[str, ...]] = {
    "kp1": ("增量", "全量", "定期备份"),
    "kp2": ("外省", "异步复制", "异地备份"),
    "kp3": ("演练", "恢复演练"),
}


class CueSimilarity:
    """Sees a key point where one of its cue words stands; remembers what it was shown.

    `coverage` is what a cue is worth, `blind` names key points that it never sees.
    """

    def __init__(
        self,
        *,
        cues: Mapping[str, tuple[str, ...]] = CUES,
        coverage: float = 0.8,
        blind: tuple[str, ...] = (),
        otherwise: float = 0.02,
    ) -> None:
        self.shown: list[str] = []
        self.cues = cues
        self._coverage = coverage
        self._blind = blind
        self._otherwise = otherwise
        self.info = GraderInfo(Mode.SIMILARITY, "bundled", "test")
        self.terms = BundledEmbedder()

    def view(self, question: Question, answer: str) -> SimilarityView:
        if len(answer) > 1_000:
            raise AnswerTooLong("too long")
        self.shown.append(answer)
        guard = guard_answer(answer)
        points = tuple(self._point(point.id, answer) for point in question.key_points)
        return SimilarityView(points, 0.0, 0.5, guard)

    def _point(self, name: str, answer: str) -> KeyPointView:
        cue = next((cue for cue in self.cues.get(name, ()) if cue in answer), None)
        if cue is None or name in self._blind:
            return KeyPointView(name, self._otherwise, Verdict.MISSING, None)
        start = answer.index(cue)
        window = Evidence(cue, start, start + len(cue))
        return KeyPointView(name, self._coverage, Verdict.COVERED, window)

    def results(self, question: Question, view: SimilarityView) -> tuple[KeyPointResult, ...]:
        return tuple(
            KeyPointResult(p.id, p.title, p.weight, seen.verdict, seen.coverage, seen.window)
            for p, seen in zip(question.key_points, view.key_points, strict=True)
        )

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        view = self.view(question, answer)
        return Assessment(
            question.id,
            Status.GRADED,
            0.0,
            None,
            0.9,
            self.info,
            self.results(question, view),
        )


GOOD_POINTS = (
    ("kp1", "covered", "每天凌晨做增量备份"),
    ("kp2", "covered", "数据异步复制过去"),
    ("kp3", "contradicted", "恢复演练从来不做"),
)


def reply(*points: tuple[str, str, str], **more: Any) -> str:
    """A reply of the first look; `more` replaces findings and feedback."""
    body: dict[str, Any] = {
        "key_points": [
            {"id": name, "reason": f"理由 {name}", "quote": quote, "verdict": verdict}
            for name, verdict, quote in points
        ],
        "errors": [],
        "beyond": [],
        "strengths": ["节奏清楚"],
        "improvements": ["补上演练"],
        "follow_up": "上次恢复用了多久？",
    }
    return json.dumps({**body, **more}, ensure_ascii=False)


def again(*points: tuple[str, str, str]) -> str:
    """A reply of the second look."""
    return json.dumps({"key_points": json.loads(reply(*points))["key_points"]}, ensure_ascii=False)


def connect(server: ScriptedLLM, **options: Any) -> OpenAICompatibleModel:
    """A model at the scripted endpoint, with short waits."""
    settings: dict[str, Any] = {
        "base_url": server.base_url,
        "deadline": 10.0,
        "attempts": 2,
        "stall": 0.2,
        "backoff": Backoff(base=0.01, cap=0.02),
    }
    return OpenAICompatibleModel("scripted", **{**settings, **options})
