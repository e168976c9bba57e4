"""One session as a stream of server-sent events.

::

    event: question          stored events, by the names of `events.EVENT_KINDS`; `id` is the
    id: 2                    event's number, so that a reader that reconnects goes on behind it
    data: {"kind": "question", "seq": 2, …}

    event: verdict           a verdict on its way: no id, since nothing of it is stored yet
    data: {"kind": "verdict", "answer": 3, "key_point": {…}}

    event: over              the session has ended and nothing is left to be judged
    data: {"kind": "over"}

What follows on a reader's cursor is read from the store, so that nothing is lost or repeated,
whoever stored it, and however long the reader was away.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
from sse_starlette import ServerSentEvent

from app.domain.events import AssessmentRecord, Event, SessionStatus
from app.domain.fold import go_on
from app.domain.poker_face import is_withheld
from app.domain.session import Session
from app.errors import SessionNotFound
from app.store.base import Repository
from app.web.live.board import Board, Passing, Watch
from app.web.live.desk import Desk
from app.web.live.poker_face import Cursor, Delivery, Outgoing
from app.web.live.wire import event_json, verdict_json

RETRY_MS = 1000
"""How long a browser waits before it connects again."""


class SessionStream:
    """What one reader gets of a session; setting `closing` ends it."""

    def __init__(self, repository: Repository, session: Session, board: Board, desk: Desk) -> None:
        self._repository = repository
        self._session = session
        self._board = board
        self._desk = desk
        self._outgoing = Outgoing(session.start.mode)
        self._missed: list[Delivery] = []
        self.closing = anyio.Event()

    @classmethod
    async def open(
        cls,
        repository: Repository,
        session_id: str,
        cursor: Cursor,
        board: Board,
        desk: Desk,
    ) -> "SessionStream":
        """A stream of what follows on `cursor`.

        Raises SessionNotFound, LimitReached and StoreError.
        """
        start = (await repository.load(session_id)).start
        board.check_room(session_id)
        stream = cls(repository, Session(start), board, desk)
        stream._missed = [
            one
            for one in stream._take(await repository.events_after(session_id, 0))
            if one.cursor > cursor
        ]
        return stream

    @property
    def is_over(self) -> bool:
        """Whether nothing will follow, and all of it was seen."""
        return not self._missed and self._has_ended

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """All that follows, until the session is over or gone, or the stream is to close."""
        yield ServerSentEvent(comment="mockint", retry=RETRY_MS)
        for delivery in self._missed:
            yield _stored(delivery)
        self._missed = []
        with self._board.watch(self._session.id, self._session.seq) as watch:
            self._tell_desk()
            waking = asyncio.ensure_future(_wake_at(self.closing, watch))
            try:
                while not self._has_ended:
                    await watch.wait()
                    if self.closing.is_set():
                        return
                    for event in await self._news(watch):
                        yield event
            except SessionNotFound:
                pass  # forgotten meanwhile
            finally:
                waking.cancel()
        yield _event("over", {"kind": "over"})

    async def _news(self, watch: Watch) -> list[ServerSentEvent]:
        """What was stored since, then the verdicts that came by meanwhile."""
        passing = watch.take()
        events = await self._repository.events_after(self._session.id, self._session.seq)
        sent = [_stored(delivery) for delivery in self._take(events)]
        watch.seen = self._session.seq
        if events:
            self._tell_desk()
        judged = {event.answer for event in events if isinstance(event, AssessmentRecord)}
        return [*sent, *self._chips(one for one in passing if one.answer not in judged)]

    def _take(self, events: tuple[Event, ...]) -> list[Delivery]:
        self._session = go_on(self._session, events)
        return list(self._outgoing.of(events))

    def _chips(self, passing: Iterator[Passing]) -> list[ServerSentEvent]:
        if is_withheld(self._session):
            return []
        return [_event("verdict", verdict_json(one.answer, one.result)) for one in passing]

    def _tell_desk(self) -> None:
        """Have what waits graded here, where it is watched."""
        self._desk.take_up(self._session)

    @property
    def _has_ended(self) -> bool:
        return self._session.status is SessionStatus.ENDED and not self._session.waiting


async def _wake_at(closing: anyio.Event, watch: Watch) -> None:
    await closing.wait()
    watch.wake()


def _stored(delivery: Delivery) -> ServerSentEvent:
    data = event_json(delivery.event)
    return _event(data["kind"], data, str(delivery.cursor))


def _event(kind: str, data: dict[str, Any], cursor: str | None = None) -> ServerSentEvent:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(data=text, event=kind, id=cursor)
