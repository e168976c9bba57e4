"""The grader that needs no language model: how near the answer's words come to each key point."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

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
from app.domain.question import KeyPoint, Question
from app.domain.score import band_of
from app.embedding.base import Embedder
from app.embedding.bundled import BundledEmbedder
from app.embedding.terms import TermSource
from app.errors import AnswerTooLong, filled
from app.grading.feedback import similarity_feedback
from app.grading.grader import OnVerdict
from app.grading.guard import Guarded, GuardFinding, guard_answer, guard_notice
from app.grading.similarity.calibration import (
    OFF_TOPIC_SHARE,
    LoadedCalibration,
    calibration_for,
)
from app.grading.similarity.claims import claims_of
from app.grading.similarity.features import FeatureReader, Features
from app.grading.similarity.term_match import Floats
from app.grading.similarity.view import (
    LOWEST_CONFIDENCE,
    KeyPointView,
    SimilarityView,
    distrusted,
    guarded,
    nothing_seen,
)
from app.index.base import BankIndex
from app.language.messages import Translate, translator
from app.resources import resource_dir

_DISTRUSTED = (
    "The answer talks about its grade or hides characters, so only what it says plainly counts."
)

HIGHEST_CONFIDENCE = 0.7
"""Similarity is never surer than this, as it does not judge truth."""

NEAR_MISS = 0.3
"""Coverage from which a missing key point is not said to have nothing near it."""


class SimilarityGrader:
    """Grades by similarity alone: content, not truth.

    `terms` is the bundled model unless given; `calibration` the one that ships for the embedder.
    """

    def __init__(
        self,
        index: BankIndex,
        embedder: Embedder,
        *,
        answer_limit: int = 12_000,
        terms: TermSource | None = None,
        calibration: Callable[[], LoadedCalibration] | None = None,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._answer_limit = answer_limit
        own_terms = embedder if isinstance(embedder, BundledEmbedder) else None
        self.terms: TermSource = terms or own_terms or BundledEmbedder()
        self._load = calibration or self._shipped

    @property
    def info(self) -> GraderInfo:
        """Mode, embedder and the calibration in force."""
        return GraderInfo(Mode.SIMILARITY, self._embedder.name, self._loaded.label)

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """Grade one answer; takes milliseconds. Raises AnswerTooLong.

        What speaks to the grader, only asks or only names key points is no claim and earns
        nothing. Where an answer gives reason for distrust, only what is plainly said counts.
        """
        self._require_length(answer)
        view = self._cautious_view(question, answer)
        results = tuple(_quoted(result, answer) for result in self.results(question, view))
        for result in results:
            if on_verdict:
                on_verdict(result)
        feedback = similarity_feedback(question, results, question.language)
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
            notices=self._notices(view, translator("grading", question.language)),
        )

    def view(self, question: Question, answer: str) -> SimilarityView:
        """What similarity sees, without feedback. Raises AnswerTooLong."""
        self._require_length(answer)
        return self._view(question, answer, guard_answer(answer, question, self.terms))

    def _cautious_view(self, question: Question, answer: str) -> SimilarityView:
        """The view of what the candidate claims, with what distrust takes from it."""
        guard = guard_answer(answer, question, self.terms)
        if guard is not None and not guard.has_content:
            return nothing_seen(question, guard)
        claims = claims_of(question, answer, self.terms)
        if claims.only_names:
            return nothing_seen(question, GuardFinding(Guarded.KEYWORDS_ONLY))
        if guard is None and claims.words != answer:
            guard = guard_answer(claims.words, question, self.terms)
        view = self._view(question, claims.words, guard)
        view = distrusted(view) if claims.strict else view
        if claims.lists_names and not view.guard and not view.earns:
            return guarded(view, GuardFinding(Guarded.KEYWORDS_ONLY))
        return view

    def _require_length(self, answer: str) -> None:
        if len(answer) > self._answer_limit:
            raise AnswerTooLong(
                filled(
                    "The answer has {count} characters; the limit is {answer_limit}.",
                    count=len(answer),
                    answer_limit=self._answer_limit,
                ),
                "Shorten it, or raise MOCKINT_ANSWER_LIMIT.",
            )

    def _view(self, question: Question, answer: str, guard: GuardFinding | None) -> SimilarityView:
        features = None
        if guard is None or guard.has_content:
            features = self.measure(question, answer)
        if features is None:
            return nothing_seen(question, guard)
        return self._judge(question, answer, features, guard)

    def measure(self, question: Question, answer: str) -> Features | None:
        """The measurements behind a view; None where there is nothing to measure."""
        return self._reader.read(question, answer)

    def results(self, question: Question, view: SimilarityView) -> tuple[KeyPointResult, ...]:
        """The view as the key-point results of an assessment, with a reason each."""
        say = translator("grading", question.language)
        return tuple(
            _result(point, seen, _share(view.guard), say)
            for point, seen in zip(question.key_points, view.key_points, strict=True)
        )

    def forget_banks(self) -> None:
        """Take the measure of the index anew at the next answer: its banks have changed."""
        self.__dict__.pop("_reader", None)

    @cached_property
    def _loaded(self) -> LoadedCalibration:
        return self._load()

    @cached_property
    def _reader(self) -> FeatureReader:
        loaded = self._loaded
        return FeatureReader(
            self._index,
            self._embedder,
            self.terms,
            loaded.calibration.direction_rows,
            own_space=isinstance(self._embedder, BundledEmbedder),
        )

    def _shipped(self) -> LoadedCalibration:
        return calibration_for(self._embedder, resource_dir("evals") / "calibration")

    def _judge(
        self, question: Question, answer: str, features: Features, guard: GuardFinding | None
    ) -> SimilarityView:
        calibration = self._loaded.calibration
        judged = calibration.judge(features.match, features.polarity)
        coverage = judged.coverage
        if guard is None and self._is_off_topic(question, features, float(judged.relevance.max())):
            guard = GuardFinding(Guarded.OFF_TOPIC)
        reversal = np.minimum(judged.evidence / calibration.polarity.contradicted, 1.0)
        views = tuple(
            KeyPointView(
                point.id,
                round(float(coverage[row]), 4),
                self._verdict(float(coverage[row]) * _share(guard), float(reversal[row]), guard),
                _evidence(answer, features, row, contradicted=float(reversal[row]) >= 1.0),
                round(float(reversal[row]), 4),
            )
            for row, point in enumerate(question.key_points)
        )
        score = calibration.score_of(
            judged,
            features.match,
            features.reference,
            features.listing,
            [point.weight for point in question.key_points],
        )
        return SimilarityView(
            views, min(score, guard.cap) if guard else score, _confidence(coverage), guard
        )

    def _is_off_topic(self, question: Question, features: Features, best: float) -> bool:
        elsewhere = self._reader.elsewhere(question, features)
        return self._loaded.calibration.thresholds.is_off_topic(best, elsewhere)

    def _verdict(self, coverage: float, reversal: float, guard: GuardFinding | None) -> Verdict:
        limits = self._loaded.calibration.thresholds
        if reversal >= 1.0 and guard is None:
            return Verdict.CONTRADICTED
        if coverage < limits.partial:
            return Verdict.MISSING
        return Verdict.PARTIAL if guard or coverage < limits.covered else Verdict.COVERED

    def _notices(self, view: SimilarityView, say: Translate) -> tuple[str, ...]:
        notices = []
        if view.guard:
            notices.append(guard_notice(view.guard.kind, say))
        if view.distrusted:
            notices.append(say(_DISTRUSTED))
        if view.guard is None or view.guard.has_content:
            notices.append(
                say(
                    "Graded by similarity: this shows which key points your words come near to, "
                    "not whether what you said is true. The top band stays closed."
                )
            )
        if not self._loaded.own:
            notices.append(
                say(
                    "The embedding model {name} has no calibration of its own; the default one "
                    "was used, and the figures are rougher."
                ).format(name=self._embedder.name)
            )
        return tuple(notices)


def _evidence(answer: str, features: Features, row: int, *, contradicted: bool) -> Evidence:
    """The words that say the key point best, or those that signs of a reversal were found in."""
    span = (features.windows if contradicted else features.shown)[row]
    return Evidence(span.of(answer), span.start, span.end)


def _confidence(coverage: Floats) -> float:
    """From how far the coverages are from undecided, within what similarity may claim."""
    decided = float(np.abs(2 * coverage - 1).mean())
    return round(LOWEST_CONFIDENCE + (HIGHEST_CONFIDENCE - LOWEST_CONFIDENCE) * decided, 2)


def _share(guard: GuardFinding | None) -> float:
    """What of each coverage is left, given what the answer is as a whole."""
    return OFF_TOPIC_SHARE if guard and guard.kind is Guarded.OFF_TOPIC else 1.0


def _result(point: KeyPoint, seen: KeyPointView, share: float, say: Translate) -> KeyPointResult:
    evidence = None if seen.verdict is Verdict.MISSING else seen.window
    return KeyPointResult(
        point.id,
        point.title,
        point.weight,
        seen.verdict,
        round(seen.coverage * share, 3),
        evidence,
        _reason(seen, say),
    )


def _quoted(result: KeyPointResult, answer: str) -> KeyPointResult:
    """The result with its evidence in the answer's own words, whatever was blanked in between."""
    if result.evidence is None:
        return result
    start, end = result.evidence.start, result.evidence.end
    return replace(result, evidence=Evidence(answer[start:end], start, end))


def _reason(seen: KeyPointView, say: Translate) -> str:
    if seen.verdict is Verdict.MISSING and seen.coverage >= NEAR_MISS:
        return say("Some words come near to the key point, but not near enough to count.")
    return {
        Verdict.COVERED: say("These words come close to the key point."),
        Verdict.PARTIAL: say("These words touch on the key point without saying all of it."),
        Verdict.MISSING: say("Nothing in the answer comes close to the key point."),
        Verdict.CONTRADICTED: say("These words are about the key point but read as its reverse."),
    }[seen.verdict]
