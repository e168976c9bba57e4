"""One session as it goes on, as server-sent events."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Self

from fastapi import APIRouter, Header, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from app.web.api.replies import errors
from app.web.deps import Here, Mine
from app.web.live.poker_face import read_cursor
from app.web.live.stream import SessionStream

KEEP_ALIVE_SECONDS = 15
GRACE_SECONDS = 2.0
"""For a stream to end properly when the server stops."""

SEND_SECONDS = 20.0
"""A reader that takes nothing for so long is cut off; it comes back where it was."""

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


class Events(EventSourceResponse):
    """Events to one reader; that it went away or stopped reading is no failure."""

    @classmethod
    def of(cls, content: AsyncIterator[ServerSentEvent], stream: SessionStream) -> Self:
        """What is made of a stream; it ends properly when the server stops."""
        return cls(
            content,
            ping=KEEP_ALIVE_SECONDS,
            send_timeout=SEND_SECONDS,
            shutdown_event=stream.closing,
            shutdown_grace_period=GRACE_SECONDS,
            sep="\n",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(SendTimeoutError):
            await super().__call__(scope, receive, send)


@router.get(
    "/{session_id}/stream",
    operation_id="stream_session",
    summary="Follow a session",
    response_class=EventSourceResponse,
    responses=errors(404)
    | {
        200: {
            "description": "Events, until the session is over.",
            "content": {"text/event-stream": {}},
        },
        204: {"description": "The session is over, and everything was sent before."},
    },
)
async def stream(
    session_id: str,
    here: Here,
    mine: Mine,
    after: Annotated[str, Query(max_length=40, description="The `cursor` of a session.")] = "",
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> Response:
    """Everything that happens in the session after a cursor, and verdicts on their way.

    Stored events are named by their kind (`question`, `answer`, `assessment`, …) and have an id,
    so that a reader that reconnects with `Last-Event-ID` misses nothing and gets nothing twice.
    A `verdict` has none: it is provisional, and stored only with its assessment. `over` says that
    nothing will follow; a reader that still comes back gets 204.
    """
    cursor = read_cursor(last_event_id or after)
    room = here.room
    opened = await SessionStream.open(mine, session_id, cursor, room.board, room.desk)
    if opened.is_over:
        return Response(status_code=204)
    return Events.of(opened.events(), opened)
