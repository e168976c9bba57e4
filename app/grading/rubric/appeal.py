"""An appeal: one verdict judged again, with what the candidate says against it in view."""

import asyncio
from dataclasses import dataclass

from app.domain.assessment import GraderInfo, KeyPointResult, Mode, Usage
from app.domain.question import KeyPoint, Question
from app.errors import ChatModelUnreachable, ReplyUnusable, filled
from app.grading.rubric.model_words import ModelWords
from app.grading.rubric.prompting import Prompts
from app.grading.rubric.reply import ReplyProblem, parse_again
from app.grading.rubric.result import result_of
from app.grading.rubric.support import Sheet
from app.grading.similarity.grader import SimilarityGrader
from app.language.messages import translator
from app.llm.base import ChatModel


@dataclass(frozen=True, slots=True)
class Heard:
    """The verdict on an appeal, who gave it and what it cost."""

    result: KeyPointResult
    grader: GraderInfo
    usage: Usage


class AppealJudge:
    """Asks a language model once, and checks its verdict against the original answer alone.

    The argument never reaches the checks: a quote that stands only in the argument counts for
    nothing, as any other quote that is not in the answer.
    """

    def __init__(
        self,
        chat: ChatModel,
        similarity: SimilarityGrader,
        prompts: Prompts,
        *,
        deadline: float = 90.0,
    ) -> None:
        self._chat = chat
        self._similarity = similarity
        self._prompts = prompts
        self._deadline = deadline

    async def hear(self, question: Question, point: KeyPoint, answer: str, argument: str) -> Heard:
        """Judge one key point again. Raises a ChatModelError where the model fails."""
        sheet = Sheet(question, answer, self._similarity)
        request = self._prompts.appeal(question, point, sheet.answer, argument)
        try:
            async with asyncio.timeout(self._deadline):
                reply = await self._chat.reply(request)
        except TimeoutError as error:
            raise ChatModelUnreachable(
                filled(
                    "The language model took longer than {deadline:g} seconds.",
                    deadline=self._deadline,
                ),
                "Try again, or raise MOCKINT_LLM_DEADLINE.",
            ) from error
        try:
            said = parse_again(reply.text, [point.id], complete=reply.complete)
        except ReplyProblem as problem:
            raise ReplyUnusable(
                "The language model's verdict on the appeal cannot be used.", "Try again."
            ) from problem
        instructions = self._prompts.instructions(question.language)
        words = ModelWords(instructions, question, answer)
        judgement = sheet.judge(said.key_points[0])
        result = result_of(judgement, translator("grading", question.language), words)
        return Heard(result, self._info, reply.usage)

    @property
    def _info(self) -> GraderInfo:
        seen = self._similarity.info
        return GraderInfo(
            Mode.RUBRIC,
            seen.embedder,
            seen.calibration,
            model=self._chat.name,
            prompt=self._prompts.digest,
        )
