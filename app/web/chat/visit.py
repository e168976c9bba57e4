"""One request about one session: draws its page, and takes a step in it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from app.domain.assessment import Verdict
from app.errors import (
    AnswerTooLong,
    LimitReached,
    MockintError,
    SessionChanged,
    SessionNotFound,
    StoreError,
)
from app.grading.feedback import first_sentence
from app.web.chat.card import Card
from app.web.chat.dock import NOTHING, Kept, Trouble
from app.web.chat.forms import CheckForm, LeaveForm, read_check
from app.web.chat.page import chat_of, check_of
from app.web.chat.words import words_in
from app.web.deps import Here, Mine, Page, Say, Tongue
from app.web.live.bearings import RELOADS
from app.web.live.moves import Interview
from app.web.remedies import told_on_page

SessionId = Annotated[str, Path(max_length=64)]
Check = Annotated[CheckForm, Depends(read_check)]
Move = Callable[[Interview], Awaitable[object]]


class Visit:
    """One request about one session: draws its page, and takes a step in it."""

    def __init__(
        self,
        session_id: SessionId,
        here: Here,
        mine: Mine,
        page: Page,
        say: Say,
        tongue: Tongue,
        check: Check,
    ) -> None:
        self.session_id = session_id
        self.here = here
        self.mine = mine
        self._page = page
        self._say = say
        self._tongue = tongue
        self._check = check

    async def draw(self, kept: Kept = NOTHING, *, status: int = 200, check: int = 0) -> Response:
        """The page as the session stands. Raises SessionNotFound."""
        session = await self.mine.load(self.session_id)
        room, settings = self.here.room, self.here.settings
        items = await asyncio.to_thread(check_of, session, check, room.panel.grader)
        chat = chat_of(session, room, settings, kept=kept, check=items, checked=check)
        return self._page(
            "chat/page.html.j2",
            status=status,
            chat=chat,
            words=words_in(self._tongue),
            verdicts=tuple(Verdict),
            first_sentence=first_sentence,
            new_key=_new_key,
        )

    def draw_card(self, card: Card, language: str) -> str:
        """One card alone, while it fills in."""
        reply = self._page(
            "chat/card_alone.html.j2", card=card, tongue=language, words=words_in(self._tongue)
        )
        return bytes(reply.body).decode()

    async def step(
        self,
        move: Move,
        kept: Kept = NOTHING,
        *,
        sends: bool = False,
    ) -> Response:
        """Take a step and go to the page; where it cannot be taken, the page says why.

        What the box held stays in it, unless the step `sends` it. Raises SessionNotFound.
        """
        try:
            await move(await self._enter())
        except SessionNotFound:
            raise
        except MockintError as error:
            return await self._refuse(error, kept)
        if kept.text and not sends:
            return await self.draw(kept)
        return RedirectResponse(f"/sessions/{self.session_id}", 303)

    async def leave(
        self, move: Callable[[Interview], Awaitable[bool]], box: LeaveForm, *, to: str
    ) -> Response:
        """Leave the session for another page; one without anything sent is gone after that.

        Not with words in the box: scripts keep those as a draft and do not send them.
        """
        if box.text.strip():
            trouble = Trouble(
                self._say("There is text in the box that was not sent."),
                self._say("Send it first, or empty the box."),
            )
            return await self.draw(Kept(box.text, box.key, trouble=trouble), status=409)
        is_kept = await move(await self._enter())
        return RedirectResponse(to if is_kept else "/", 303)

    async def _enter(self) -> Interview:
        """The interview, with what was set in a self-check and not yet confirmed."""
        interview = await Interview.enter(self.here.room, self.mine, self.session_id)
        if self._check.position and self._check.changed:
            await interview.settle(self._check.position, self._check.changed)
        return interview

    async def _refuse(self, error: MockintError, kept: Kept) -> Response:
        trouble = self._trouble(error, kept)
        return await self.draw(Kept(kept.text, kept.key, trouble=trouble), status=_status(error))

    def _trouble(self, error: MockintError, kept: Kept) -> Trouble:
        say = self._say
        if isinstance(error, AnswerTooLong):
            text = say("The answer has {length} characters; {limit} are the most that can be sent.")
            limit = self.here.settings.answer_limit
            told = text.format(length=len(kept.text), limit=limit)
            return Trouble(told, say("It is still in the box: shorten it, then send it."))
        found = told_on_page(error, self._tongue)
        if error.remedy in RELOADS:
            return Trouble(found.message, say("This is how it stands now; nothing was stored."))
        return Trouble(found.message, found.remedy)


def _status(error: MockintError) -> int:
    statuses = ((AnswerTooLong, 413), (SessionChanged, 409), (LimitReached, 429), (StoreError, 503))
    return next((status for kind, status in statuses if isinstance(error, kind)), 500)


def _new_key() -> str:
    return secrets.token_hex(8)
