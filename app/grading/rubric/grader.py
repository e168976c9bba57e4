"""The grader that asks a language model for verdicts, and checks every one of them.

The model supplies a verdict with a quote for each key point, findings and feedback. Code verifies
the quotes, sets the verdicts against similarity, has doubtful ones judged once more, and adds up.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.domain.assessment import (
    Assessment,
    GraderInfo,
    KeyPointResult,
    Mode,
    Usage,
)
from app.domain.question import Question
from app.domain.score import DEFAULT_WEIGHTS, ScoreWeights
from app.errors import ChatModelError, ChatModelUnreachable, RecordingMissing, ReplyUnusable, filled
from app.grading.grader import OnVerdict
from app.grading.guard import Guarded
from app.grading.rubric.doubt import Settled, doubtful, settle
from app.grading.rubric.json_repair import StreamScanner
from app.grading.rubric.judgement import DEFAULT_RULES, Judgement, SupportRules
from app.grading.rubric.model_words import ModelWords
from app.grading.rubric.passage import SeesSimilarity
from app.grading.rubric.prompting import Prompts
from app.grading.rubric.reply import (
    GradeReply,
    Problem,
    ProblemKind,
    ReplyProblem,
    parse_again,
    parse_grade,
    parse_point,
)
from app.grading.rubric.result import Findings, graded, result_of, ungraded
from app.grading.rubric.support import Sheet
from app.grading.similarity.view import SimilarityView
from app.language.messages import translator
from app.llm.base import RESTART, ChatModel, ChatRequest, OnText

GRACE = 0.5
"""Seconds that a call may outlast the deadline: the model's own ends it with a better message."""

NO_ANSWER = frozenset(
    {Guarded.EMPTY, Guarded.DONT_KNOW, Guarded.GIBBERISH, Guarded.QUESTION_REPEATED}
)
"""What never reaches the model: there is nothing in it to judge."""


class Similarity(SeesSimilarity, Protocol):
    """The similarity grader as the rubric grader uses it."""

    @property
    def info(self) -> GraderInfo:
        """Embedder and calibration in force."""

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """Grade without a model."""

    def results(self, question: Question, view: SimilarityView) -> tuple[KeyPointResult, ...]:
        """A view as key-point results."""


@dataclass(slots=True)
class _Run:
    """One assessment under way."""

    sheet: Sheet
    words: ModelWords
    until: float
    report: Callable[[KeyPointResult], None]
    usage: Usage = field(default_factory=Usage)


class RubricGrader:
    """Grades with a language model against the key points, backed by similarity.

    `deadline` bounds one assessment in seconds, all calls together; the model's own deadline
    bounds each call. A reply that cannot be used is asked for once more, and doubtful key points
    are judged once more: three calls at most.
    """

    def __init__(
        self,
        chat: ChatModel,
        similarity: Similarity,
        prompts: Prompts | None = None,
        *,
        deadline: float = 90.0,
        weights: ScoreWeights = DEFAULT_WEIGHTS,
        rules: SupportRules = DEFAULT_RULES,
    ) -> None:
        self._chat = chat
        self._similarity = similarity
        self._prompts = prompts or Prompts()
        self._deadline = deadline
        self._weights = weights
        self._rules = rules

    @property
    def info(self) -> GraderInfo:
        """What stands on each assessment: model, prompts, embedder and calibration."""
        seen = self._similarity.info
        return GraderInfo(
            Mode.RUBRIC,
            seen.embedder,
            seen.calibration,
            model=self._chat.name,
            prompt=self._prompts.digest,
        )

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        """Grade one answer; see `Grader.assess`.

        `on_verdict` hears provisional verdicts while the reply streams in, and again of those
        that turn out otherwise. Raises AnswerTooLong, and RecordingMissing in a replay: a missing
        recording is a mistake in the set-up and no failure of the model.
        """
        sheet = Sheet(question, answer, self._similarity, self._rules)
        guard = sheet.view.guard
        if not question.key_points or (guard is not None and guard.kind in NO_ANSWER):
            plain = await self._similarity.assess(question, sheet.own_words, on_verdict)
            return replace(plain, grader=self.info)
        reporter = _Reporter(on_verdict)
        until = asyncio.get_running_loop().time() + self._deadline
        run = _Run(sheet, self._words(sheet), until, reporter)
        try:
            return await self._judge(run, streamed=on_verdict is not None)
        except RecordingMissing:
            raise
        except ChatModelError as error:
            results = self._similarity.results(question, sheet.view)
            for result in results:
                reporter(result)
            return ungraded(question, self.info, results, error, run.usage)

    async def aclose(self) -> None:
        """Close the model's connections of the running event loop."""
        await self._chat.aclose()

    async def _judge(self, run: _Run, *, streamed: bool) -> Assessment:
        sheet = run.sheet
        reply = await self._ask(run, streamed=streamed)
        first = sheet.compare([sheet.judge(point) for point in reply.key_points])
        second, trouble = await self._look_again(run, first)
        seen = {judgement.point.id: sheet.seen(judgement.point) for judgement in first}
        settled = settle(first, second, seen)
        parted = sheet.conclude([point.judgement for point in settled])
        settled = [
            Settled(judgement, point.doubt)
            for judgement, point in zip(parted, settled, strict=True)
        ]
        findings = Findings.of(reply, settled, sheet, run.words)
        assessment = graded(sheet, self.info, settled, findings, run.words, self._weights, trouble)
        for result in assessment.key_points:
            run.report(result)
        return replace(assessment, usage=run.usage)

    async def _ask(self, run: _Run, *, streamed: bool) -> GradeReply:
        """The first look; a reply that cannot be used is asked for once more."""
        problem: Problem | None = None
        ids = [point.id for point in run.sheet.question.key_points]
        for _ in range(2):
            request = self._prompts.grade(run.sheet.question, run.sheet.answer, problem)
            listen = self._listener(run) if streamed else None
            text, complete = await self._call(run, request, listen)
            try:
                return parse_grade(text, ids, complete=complete)
            except ReplyProblem as error:
                problem = error.problem
        assert problem is not None
        raise _unusable(problem)

    async def _look_again(
        self, run: _Run, first: Sequence[Judgement]
    ) -> tuple[dict[str, Judgement], ChatModelError | None]:
        """The second look at doubtful key points, and what kept it from being made."""
        sheet = run.sheet
        points = [j.point for j in first if doubtful(j, sheet.seen(j.point))]
        if not points:
            return {}, None
        request = self._prompts.again(sheet.question, points, sheet.answer)
        ids = [point.id for point in points]
        try:
            text, complete = await self._call(run, request, None)
            reply = parse_again(text, ids, complete=complete)
        except RecordingMissing:
            raise
        except ChatModelError as error:
            return {}, error
        except ReplyProblem as error:
            return {}, _unusable(error.problem)
        return {point.id: sheet.judge(point) for point in reply.key_points}, None

    async def _call(
        self, run: _Run, request: ChatRequest, on_text: OnText | None
    ) -> tuple[str, bool]:
        """The reply's text and whether it is whole, within what is left of the deadline."""
        try:
            async with asyncio.timeout_at(run.until + GRACE):
                reply = await self._chat.reply(request, on_text)
        except TimeoutError as error:
            raise ChatModelUnreachable(
                filled(
                    "The language model took longer than {deadline:g} seconds.",
                    deadline=self._deadline,
                ),
                "Try again, or raise MOCKINT_LLM_DEADLINE.",
            ) from error
        run.usage += reply.usage
        return reply.text, reply.complete

    def _listener(self, run: _Run) -> OnText:
        """Reports each key point as soon as its object closes in the stream."""
        scanner = StreamScanner()
        say = translator("grading", run.sheet.question.language)
        ids = {point.id for point in run.sheet.question.key_points}

        def hear(piece: str) -> None:
            if piece == RESTART:
                scanner.restart()
                return
            for text in scanner.feed(piece):
                point = parse_point(text)
                if point is not None and point.id in ids:
                    run.report(result_of(run.sheet.judge(point), say, run.words))

        return hear

    def _words(self, sheet: Sheet) -> ModelWords:
        instructions = self._prompts.instructions(sheet.question.language)
        return ModelWords(instructions, sheet.question, sheet.answer)


def _unusable(problem: Problem) -> ReplyUnusable:
    return ReplyUnusable(_WHAT_IS_WRONG[problem.kind], _REMEDY_UNUSABLE)


class _Reporter:
    """Passes on each key point's result unless it is what was passed on before."""

    def __init__(self, on_verdict: OnVerdict | None) -> None:
        self._on_verdict = on_verdict
        self._told: dict[str, KeyPointResult] = {}

    def __call__(self, result: KeyPointResult) -> None:
        if self._on_verdict is not None and self._told.get(result.id) != result:
            self._told[result.id] = result
            self._on_verdict(result)


_WHAT_IS_WRONG = {
    ProblemKind.NOT_JSON: "The language model did not reply in the shape that was asked for.",
    ProblemKind.CUT: "The language model's reply broke off before its end.",
    ProblemKind.MISSING: "The language model left key points out.",
    ProblemKind.VERDICT: "The language model gave verdicts that do not exist.",
}
_REMEDY_UNUSABLE = "Try again; if it stays, raise MOCKINT_LLM_MAX_TOKENS or use another model."
