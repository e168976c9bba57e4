"""Opening an interview: from wishes to a stored session with its first question put."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from app.domain.events import SessionMode, Wishes
from app.domain.question import Question
from app.embedding.base import Embedder
from app.index.base import BankIndex
from app.interview.host import Host
from app.interview.preparing import prepare_plan
from app.store.base import Repository


async def open_interview(
    repository: Repository,
    questions: Sequence[Question],
    wishes: Wishes,
    *,
    language: str,
    mode: SessionMode = SessionMode.PRACTICE,
    index: BankIndex | None = None,
    embedder: Embedder | None = None,
    first: Sequence[Question] = (),
    session_id: str = "",
) -> Host:
    """Plan by `wishes`, store the session and put its first question.

    `first` are asked before all others, where they fit. Without a seed every interview differs. A
    `session_id` that was opened before comes back as it stands. Raises QuestionNotFound where
    nothing fits.
    """
    wishes = replace(wishes, seed=wishes.seed or secrets.token_hex(8))
    plan = await prepare_plan(
        questions,
        wishes,
        language=language,
        mode=mode,
        archive=repository,
        index=index,
        embedder=embedder,
        first=first,
    )
    return await Host.begin(repository, plan, mode=mode, wishes=wishes, session_id=session_id)
