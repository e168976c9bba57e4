"""The interviewer's own words, from a language model."""

import asyncio

from app.domain.assessment import Verdict
from app.domain.question import KeyPoint, Question
from app.errors import ChatModelError, RecordingMissing
from app.grading.rubric.prompting import Prompts
from app.grading.rubric.reply import parse_follow_up
from app.interview.follow_up import usable
from app.interview.panel import Spoken
from app.llm.base import ChatModel

PATIENCE = 20.0
"""Seconds that a person waits for a follow-up before the authored one is asked."""


class SpokenVoice:
    """`Voice` by a chat model; where it fails, is slow or gives the answer away it is silent."""

    def __init__(self, chat: ChatModel, prompts: Prompts, *, patience: float = PATIENCE) -> None:
        self._chat = chat
        self._prompts = prompts
        self._patience = patience

    async def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict | None, answer: str
    ) -> Spoken:
        """See `Voice`."""
        request = self._prompts.follow_up(question, point, verdict, answer)
        try:
            async with asyncio.timeout(self._patience):
                reply = await self._chat.reply(request)
        except RecordingMissing:
            raise
        except (ChatModelError, TimeoutError):
            return Spoken()
        text = usable(parse_follow_up(reply.text), point, even=verdict is None)
        return Spoken(text, reply.usage, reply.model)
