"""Summaries of reports, written by the language model behind the page, once each."""

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum

from app.errors import ChatModelError, MockintError
from app.grading.rubric.prompting import Prompts
from app.llm.base import ChatModel, ChatRequest
from app.report.prose import PATIENCE, summary_request, write_summary
from app.report.session_report import SessionReport
from app.store.base import Repository
from app.web.security.limits import tokens_left

GRACE = 10.0
"""Seconds beyond PATIENCE after which a summary counts as given up, as by a process that died."""

_log = logging.getLogger(__name__)


class SummaryState(StrEnum):
    """How far the summary of a report is; `none` where there is nothing to sum up, or no model."""

    NONE = "none"
    OFFERED = "offered"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    SPENT = "spent"


_TO_BE_HAD = frozenset({SummaryState.OFFERED, SummaryState.FAILED})


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of a report in one language as it stands, and the model that writes it."""

    state: SummaryState
    sentences: tuple[str, ...] = ()
    model: str = ""


NO_SUMMARY = Summary(SummaryState.NONE)


class Scribe:
    """Has summaries written. Without a model there are none.

    `per_day` bounds the tokens of one visitor a day; 0 is no bound.
    """

    def __init__(self, chat: ChatModel | None, prompts: Prompts, per_day: int = 0) -> None:
        self._chat = chat
        self._prompts = prompts
        self._per_day = per_day
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, mine: Repository, report: SessionReport, language: str) -> Summary:
        """What there is; nothing is begun."""
        if self._chat is None or report.mean is None:
            return NO_SUMMARY
        request = summary_request(report, self._prompts, language)
        return await self._standing(mine, report.id, request, self._chat)

    async def order(
        self, mine: Repository, report: SessionReport, language: str, *, again: bool = False
    ) -> Summary:
        """Have it written unless it is, or is being written; `again` also where that failed."""
        chat = self._chat
        if chat is None or report.mean is None:
            return NO_SUMMARY
        request = summary_request(report, self._prompts, language)
        found = await self._standing(mine, report.id, request, chat)
        if found.state not in (_TO_BE_HAD if again else {SummaryState.OFFERED}):
            return found
        digest, seconds = request.digest(chat.name), PATIENCE + GRACE
        if await mine.begin_summary(
            report.id, digest, model=chat.name, seconds=seconds, again=again
        ):
            task = asyncio.create_task(self._write(mine, report, request, chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return Summary(SummaryState.WRITING, model=chat.name)

    async def close(self) -> None:
        """Break off what is under way; it is begun anew when it is asked for later."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _standing(
        self, mine: Repository, session_id: str, request: ChatRequest, chat: ChatModel
    ) -> Summary:
        found = await _kept(mine, session_id, request, chat)
        if found.state in _TO_BE_HAD and await tokens_left(mine, self._per_day) == 0:
            return Summary(SummaryState.SPENT, model=chat.name)
        return found

    async def _write(
        self, mine: Repository, report: SessionReport, request: ChatRequest, chat: ChatModel
    ) -> None:
        digest = request.digest(chat.name)
        sentences: tuple[str, ...] = ()
        try:
            try:
                written = await write_summary(report, chat, request)
                sentences = written.sentences
                await mine.add_usage(
                    written.usage, purpose="summary", model=chat.name, session_id=report.id
                )
            except (ChatModelError, TimeoutError) as error:
                _log.warning("The summary of session %s: %s", report.id, error or "no reply")
            await mine.finish_summary(report.id, digest, sentences)
        except MockintError as error:  # the session is gone, or the database is
            _log.warning("The summary of session %s was not kept: %s", report.id, error)


async def _kept(
    mine: Repository, session_id: str, request: ChatRequest, chat: ChatModel
) -> Summary:
    row = await mine.summary(session_id, request.digest(chat.name))
    if row is None:
        return Summary(SummaryState.OFFERED, model=chat.name)
    if row.failed:
        return Summary(SummaryState.FAILED, model=row.model)
    state = SummaryState.DONE if row.sentences else SummaryState.WRITING
    return Summary(state, row.sentences, row.model)
