"""What forms of the pages send, checked field by field."""

import asyncio
from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.domain.events import SessionMode, Wishes
from app.errors import DocumentError
from app.interview.documents import MOST_BYTES, MOST_CHARACTERS, document_text
from app.interview.requirements import Requirements, cut_requirements
from app.web.languages import Language

MOST_QUESTIONS = 30
MOST_MINUTES = 600
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class PageForm(BaseModel):
    """What every form carries; the token was looked at before."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    form_token: str = Field(default="", max_length=100)


class InterviewForm(PageForm):
    """What to practise. `text` is a job description, `document` the same or a résumé as a file.

    `minutes` is 0 without a limit.
    """

    mode: SessionMode = SessionMode.PRACTICE
    language: Language
    count: int = Field(default=5, ge=1, le=MOST_QUESTIONS)
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    topics: list[Line] = Field(default_factory=list, max_length=100)
    difficulties: list[Literal["1", "2", "3"]] = Field(default_factory=list, max_length=3)
    text: str = Field(default="", max_length=MOST_CHARACTERS)
    document: UploadFile | None = None

    async def wishes(self) -> Wishes:
        """What the plan is made from. Raises DocumentError for a file that cannot be read."""
        requirements = await self._requirements()
        return Wishes(
            count=self.count,
            minutes=self.minutes or None,
            topics=tuple(self.topics),
            difficulties=tuple(sorted(map(int, self.difficulties))),
            requirements=requirements.pieces,
        )

    async def _requirements(self) -> Requirements:
        text = self.text
        if self.document is not None and self.document.filename:
            data = await self.document.read(MOST_BYTES + 1)
            name = self.document.filename[-100:]
            text = f"{text}\n\n{await asyncio.to_thread(document_text, data, name)}"
        found = cut_requirements(text)
        if text.strip() and not found.pieces:
            raise DocumentError(
                "No requirement was found in this text.",
                "Give the part that says what the job asks for, or leave it out.",
            )
        return found
