"""The grader that needs no language model: how near the answer's words come to each key point."""

from dataclasses import dataclass

import numpy as np

from app.domain.assessment import (
    Assessment,
    Evidence,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.question import Question
from app.domain.score import band_of, score_verdicts
from app.embedding.base import Embedder
from app.errors import AnswerTooLong
from app.grading.clauses import split_clauses, windows
from app.grading.feedback import similarity_feedback
from app.grading.grader import OnVerdict
from app.grading.guard import GuardFinding, guard_answer
from app.index.base import BankIndex
from app.language.messages import translator

WIDEST_WINDOW = 3
TOP_SCORE = 7.9


@dataclass(frozen=True, slots=True)
class KeyPointView:
    """How similarity sees one key point.

    `coverage` is the calibrated probability, 0 to 1, that the answer covers it; `verdict` what
    that suggests; `window` the best-matching words of the answer, also where the verdict is
    `missing`, or None where the answer holds no clause.
    """

    id: str
    coverage: float
    verdict: Verdict
    window: Evidence | None = None


@dataclass(frozen=True, slots=True)
class SimilarityView:
    """How similarity sees one answer; `key_points` in the question's order.

    `guard` is set where the answer as a whole is no answer (empty, "I don't know", off topic …).
    `score` is 0 to 10, caps applied.
    """

    key_points: tuple[KeyPointView, ...]
    score: float
    confidence: float
    guard: GuardFinding | None = None


class SimilarityGrader:
    """Grades by similarity alone: content, not truth."""

    def __init__(self, index: BankIndex, embedder: Embedder, *, answer_limit: int = 12_000) -> None:
        self._index = index
        self._embedder = embedder
        self._answer_limit = answer_limit

    @property
    def info(self) -> GraderInfo:
        """Mode, embedder and the calibration in force."""
        return GraderInfo(Mode.SIMILARITY, self._embedder.name, "default")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """Grade one answer; takes milliseconds. Raises AnswerTooLong."""
        view = self.view(question, answer)
        results = self.results(question, view)
        for result in results:
            if on_verdict:
                on_verdict(result)
        feedback = similarity_feedback(question, results, question.language)
        say = translator("grading", question.language)
        return Assessment(
            question_id=question.id,
            status=Status.GRADED,
            score=view.score,
            band=band_of(view.score),
            confidence=view.confidence,
            grader=self.info,
            key_points=results,
            strengths=feedback.strengths,
            improvements=feedback.improvements,
            follow_up=feedback.follow_up,
            notices=(
                say(
                    "Graded by similarity: this shows which key points your words come near to, "
                    "not whether what you said is true."
                ),
            ),
        )

    def view(self, question: Question, answer: str) -> SimilarityView:
        """What similarity sees, without feedback. Raises AnswerTooLong."""
        if len(answer) > self._answer_limit:
            raise AnswerTooLong(
                f"The answer has {len(answer)} characters; the limit is {self._answer_limit}.",
                "Shorten it, or raise MOCKINT_ANSWER_LIMIT.",
            )
        guard = guard_answer(answer)
        clauses = split_clauses(answer)
        if guard or not clauses or not question.key_points:
            missing = tuple(
                KeyPointView(point.id, 0.0, Verdict.MISSING) for point in question.key_points
            )
            return SimilarityView(missing, 0.0, 0.9, guard)
        spans = windows(clauses, WIDEST_WINDOW)
        texts = [answer[clauses[a].start : clauses[b - 1].end] for a, b in spans]
        vectors = self._embedder.embed(texts)
        targets = self._index.key_point_vectors(question)
        topic = self._index.question_vector(question)
        match = vectors @ targets.T - 0.5 * (vectors @ topic)[:, None]
        best = np.argmax(match, axis=0)
        views = []
        for column, point in enumerate(question.key_points):
            row = int(best[column])
            coverage = float(1 / (1 + np.exp(-12 * (match[row, column] - 0.2))))
            first, stop = spans[row]
            start, end = clauses[first].start, clauses[stop - 1].end
            verdict = (
                Verdict.COVERED
                if coverage >= 0.6
                else Verdict.PARTIAL
                if coverage >= 0.4
                else Verdict.MISSING
            )
            window = Evidence(answer[start:end], start, end)
            views.append(KeyPointView(point.id, coverage, verdict, window))
        results = self.results(question, SimilarityView(tuple(views), 0.0, 0.0))
        return SimilarityView(tuple(views), min(score_verdicts(results), TOP_SCORE), 0.5)

    def results(self, question: Question, view: SimilarityView) -> tuple[KeyPointResult, ...]:
        """The view as the key-point results of an assessment."""
        return tuple(
            KeyPointResult(
                point.id,
                point.title,
                point.weight,
                seen.verdict,
                round(seen.coverage, 3),
                None if seen.verdict is Verdict.MISSING else seen.window,
            )
            for point, seen in zip(question.key_points, view.key_points, strict=True)
        )
