"""A scripted judge that reads its prompt: it finds the key points there and repeats the marks.

It is no language model and says nothing about one. It shows that the code around a model works:
that the prompt carries what is to be judged, that verdicts reach the key points they are about,
that quotes are checked, that points add up. What a real model adds is measured from recordings.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from app.domain.assessment import Verdict
from app.domain.question import KeyPoint, Question
from app.grading.feedback import first_sentence
from app.llm.base import ChatReply, ChatRequest, OnText

FORGED_IN = 3
"""One in so many missing key points is called covered, with a quote that the answer lacks."""


class MarkedReader:
    """Judges one answer as people marked it, and forges a quote now and then.

    `quotes` holds for each key point the passages of the answer that come nearest, best first;
    asked again, it brings the next one. A key point that the prompt does not show is left out of
    the reply: nobody can judge what they were not told. `looks` counts what it was asked for.
    """

    name = "scripted-reader"

    def __init__(
        self,
        question: Question,
        marks: Sequence[Verdict],
        quotes: Sequence[Sequence[str]],
        *,
        forges: bool = True,
    ) -> None:
        self._question = question
        self._marks = dict(zip(question.key_points, marks, strict=True))
        self._quotes = dict(zip(question.key_points, quotes, strict=True))
        self._forging = forges
        self.looks = 0
        self.forged = 0

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """Verdicts on the key points that the prompt shows."""
        self.looks += 1
        shown = "\n".join(message.content for message in request.messages)
        body: dict[str, Any] = {
            "key_points": [
                self._point(point)
                for point in self._question.key_points
                if point.title in shown and point.detail in shown and point.id in shown
            ]
        }
        if request.schema_name == "grade_answer":
            body |= {"errors": [], "beyond": [], "strengths": [], "improvements": []}
            body["follow_up"] = ""
        text = json.dumps(body, ensure_ascii=False)
        if on_text is not None:
            on_text(text)
        return ChatReply(text, self.name)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _point(self, point: KeyPoint) -> dict[str, str]:
        mark = self._marks[point]
        if mark is not Verdict.MISSING:
            ranked = self._quotes[point]
            return _judgement(point, ranked[min(self.looks, len(ranked)) - 1], mark)
        if self._forges(point):
            self.forged += 1
            quote = first_sentence(point.detail) or point.title
            return _judgement(point, quote, Verdict.COVERED)
        return _judgement(point, "", Verdict.MISSING)

    def _forges(self, point: KeyPoint) -> bool:
        if not self._forging:
            return False
        digest = hashlib.sha256(f"{self._question.id} {point.id}".encode()).digest()
        return digest[0] % FORGED_IN == 0


def _judgement(point: KeyPoint, quote: str, verdict: Verdict) -> dict[str, str]:
    return {"id": point.id, "reason": "scripted", "quote": quote, "verdict": verdict.value}
