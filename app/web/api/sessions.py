"""Sessions by JSON: opened, listed, looked at, forgotten."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.events import SessionStatus, Wishes
from app.errors import SessionNotFound
from app.interview.host import Host
from app.interview.opening import open_interview
from app.interview.requirements import cut_requirements
from app.store.base import Repository
from app.store.codec import to_json
from app.store.rows import SessionRow
from app.web.api.replies import documented, errors, reply
from app.web.api.shapes import Events, NewSession, SessionId, SessionState
from app.web.deps import Here, Mine, Visitor
from app.web.holdings import Holdings
from app.web.live.moves import Interview
from app.web.live.poker_face import Outgoing, read_cursor
from app.web.live.wire import event_json, session_json

MOST_ROWS = 500
DEFAULT_LANGUAGE = "zh"

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


@router.post(
    "",
    operation_id="open_session",
    summary="Open a session",
    status_code=201,
    responses=documented(SessionState, "The session with its plan and first question.", status=201)
    | errors(404, 502),
)
async def open_session(body: NewSession, here: Here, mine: Mine, visitor: Visitor) -> Response:
    """Plan an interview by these wishes, say why each question was picked, and put the first.

    404 says that no question fits, or that nothing is due.
    """
    session_id = session_id_of(visitor.owner, body.key)
    try:
        interview = await Interview.enter(here.room, mine, session_id)
    except SessionNotFound:
        session = (await _open(body, here, mine, session_id)).session
    else:
        await interview.go_to_next(0)  # a process may have died before it put the first one
        session = interview.session
    return reply(session_json(session), 201, Location=f"/api/v1/sessions/{session_id}")


async def _open(body: NewSession, here: Holdings, mine: Repository, session_id: str) -> Host:
    found = cut_requirements(body.job_description)
    language = body.language or (found.language if body.job_description else DEFAULT_LANGUAGE)
    wishes = Wishes(
        count=body.count,
        minutes=body.minutes,
        topics=tuple(body.topics),
        tags=tuple(body.tags),
        difficulties=tuple(sorted(set(body.difficulties))),
        requirements=tuple(body.requirements) or found.pieces,
        seed=body.seed,
    )
    services = here.services
    return await open_interview(
        mine,
        services.shelf.questions,
        wishes,
        language=language,
        mode=body.mode,
        index=services.index,
        embedder=services.embedder,
        first=[here.room.find(name) for name in body.questions],
        session_id=session_id,
    )


@router.get(
    "",
    operation_id="list_sessions",
    summary="List sessions",
    responses=documented(list[SessionRow], "Newest first.") | errors(),
)
async def list_sessions(
    mine: Mine,
    status: Annotated[list[SessionStatus] | None, Query(max_length=3)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> Response:
    """The sessions of whoever asks, newest first."""
    rows = await mine.sessions(statuses=status or (), limit=limit)
    return reply([to_json(row) for row in rows])


@router.get(
    "/{session_id}",
    operation_id="get_session",
    summary="Look at a session",
    responses=documented(SessionState, "The session as it stands.") | errors(404),
)
async def get_session(session_id: SessionId, mine: Mine) -> Response:
    """Plan, turns, attempts, assessments and what the session waits for."""
    return reply(session_json(await mine.load(session_id)))


@router.delete(
    "/{session_id}",
    operation_id="forget_session",
    summary="Forget a session",
    status_code=204,
    responses=errors(404)
    | {204: {"description": "It is gone, with all that was derived from it."}},
)
async def forget_session(session_id: SessionId, mine: Mine, here: Here) -> Response:
    """Delete a session for good."""
    await mine.forget_session(session_id)
    here.room.board.wake(session_id)
    return Response(status_code=204)


@router.get(
    "/{session_id}/events",
    operation_id="list_events",
    summary="What happened in a session",
    responses=documented(Events, "In order.") | errors(404),
)
async def list_events(
    session_id: SessionId,
    mine: Mine,
    after: Annotated[str, Query(max_length=40, description="A cursor.")] = "",
) -> Response:
    """What the stream would send after a cursor, without waiting for more."""
    cursor = read_cursor(after)
    mode = (await mine.load(session_id)).start.mode
    events = await mine.events_after(session_id, 0)
    deliveries = [one for one in Outgoing(mode).of(events) if one.cursor > cursor]
    newest = deliveries[-1].cursor if deliveries else cursor
    return reply({"cursor": str(newest), "events": [event_json(one.event) for one in deliveries]})


def session_id_of(owner: str, key: str) -> str:
    """The id of the session that this owner opens under this key: the same each time."""
    return hashlib.sha256(f"{owner}\0{key}".encode()).hexdigest()[:12]
