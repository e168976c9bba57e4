"""What a candidate does in a session, by JSON."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from app.domain.events import Answer
from app.domain.session import Turn
from app.interview.hints import attainable_score
from app.interview.self_check import CheckItem as Item
from app.store.codec import to_json
from app.web.api.replies import documented, errors, reply
from app.web.api.shapes import (
    MOST_NUMBER,
    AtPosition,
    CheckItem,
    Disputed,
    Hinted,
    NewAnswer,
    NewAppeal,
    NewHint,
    NewRemark,
    Onward,
    OwnVerdicts,
    Position,
    Said,
    Sent,
    SessionId,
    Settled,
    Standing,
    Turned,
    Where,
)
from app.web.deps import Here, Mine
from app.web.live.moves import Interview
from app.web.live.wire import record_json, standing_json, turn_json

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}", tags=["moves"], responses=errors(404, 409)
)


async def interview_of(session_id: SessionId, here: Here, mine: Mine) -> Interview:
    """The session in the hands of whoever asks. Raises SessionNotFound."""
    return await Interview.enter(here.room, mine, session_id)


Mover = Annotated[Interview, Depends(interview_of)]
Number = Annotated[int, Path(ge=1, le=MOST_NUMBER, description="The answer's number.")]


@router.post(
    "/answers",
    operation_id="send_answer",
    summary="Send an answer",
    status_code=202,
    responses=documented(Sent, "It is stored and is being graded.", status=202)
    | documented(Sent, "It may be no answer; nothing was stored."),
)
async def send(body: NewAnswer, interview: Mover) -> Response:
    """Store an answer to what was put last; it is graded behind the reply.

    A text that may be a question back or small talk comes back as a `doubt` and is not stored:
    send it again with `certain`, or as a remark.
    """
    sent = await interview.send(
        body.text, key=body.key, at=body.at.place, seconds=body.seconds, certain=body.certain
    )
    if isinstance(sent, Answer):
        return _moved(interview, 202, answer=to_json(sent), doubt=None)
    return _moved(interview, answer=None, doubt=sent.value)


@router.post(
    "/remarks",
    operation_id="make_remark",
    summary="Ask back, or have the question explained or repeated",
    responses=documented(Said, "The interviewer's reply."),
)
async def remark(body: NewRemark, interview: Mover) -> Response:
    """Say something that is not an answer. It is kept, and not graded."""
    match body.what:
        case "talk":
            said = await interview.say(body.text, key=body.key, at=body.at.place)
        case "explain":
            said = await interview.explain(key=body.key, at=body.at.place)
        case _:
            said = await interview.repeat(key=body.key, at=body.at.place)
    return _moved(interview, remark=to_json(said))


@router.post(
    "/hints",
    operation_id="take_hint",
    summary="Take a hint",
    responses=documented(Hinted, "The hint."),
)
async def hint(body: NewHint, interview: Mover) -> Response:
    """Give hint `number`: a nudge, the area, the key point's title. Each lowers what is left."""
    given = await interview.hint(body.position, body.number)
    turn = interview.session.turns[body.position - 1]
    return _moved(interview, hint=to_json(given), attainable=attainable_score(turn))


@router.post(
    "/skip",
    operation_id="skip",
    summary="Skip a question or a follow-up",
    responses=documented(Standing, "It was passed over."),
)
async def skip(body: Where, interview: Mover) -> Response:
    """Pass over what was put last; after a question the next one is put."""
    await interview.skip(body.at.place)
    return _moved(interview)


@router.post(
    "/next",
    operation_id="go_to_next",
    summary="Go to the next question",
    responses=documented(Standing, "The next question was put, or the session has ended."),
)
async def go_to_next(body: Onward, interview: Mover) -> Response:
    """Put the question after `position`; end the session where none is left."""
    await interview.go_to_next(body.position)
    return _moved(interview)


@router.post(
    "/follow-ups",
    operation_id="ask_follow_up",
    summary="Have a follow-up asked",
    responses=documented(Turned, "The turn with its follow-up.") | errors(502),
)
async def follow_up(body: Where, interview: Mover) -> Response:
    """Have the interviewer ask about what the answer left open; at most twice an attempt."""
    return _turned(interview, await interview.follow_up(body.at.place))


@router.post(
    "/attempts",
    operation_id="try_again",
    summary="Answer the question anew",
    responses=documented(Turned, "The turn with its new attempt."),
)
async def try_again(body: Where, interview: Mover) -> Response:
    """Open another attempt at the question; the newest one that was graded counts."""
    return _turned(interview, await interview.try_again(body.at.place))


@router.post(
    "/reference",
    operation_id="show_reference",
    summary="Show the reference answer",
    responses=documented(Turned, "The turn with its reference."),
)
async def reference(body: AtPosition, interview: Mover) -> Response:
    """Show the reference answer; what is answered after it does not count."""
    return _turned(interview, await interview.show_reference(body.position))


@router.get(
    "/self-check",
    operation_id="list_check_items",
    summary="What there is to check oneself",
    responses=documented(list[CheckItem], "The key points that were judged.") | errors(502),
)
async def check(position: Annotated[Position, Query()], interview: Mover) -> Response:
    """Each key point with the verdict that similarity suggests, and the words nearest to it."""
    items = await asyncio.to_thread(interview.check_items, position)
    return reply([_item(one) for one in items])


@router.post(
    "/self-check",
    operation_id="settle_verdicts",
    summary="Settle the verdicts oneself",
    responses=documented(Settled, "The assessment that counts now."),
)
async def settle(body: OwnVerdicts, interview: Mover) -> Response:
    """Keep the candidate's own verdicts beside the suggested ones, once an assessment."""
    record = await interview.settle(body.position, body.verdicts)
    return _moved(interview, record=record_json(record))


@router.post(
    "/appeals",
    operation_id="dispute_verdict",
    summary="Dispute a verdict",
    status_code=202,
    responses=documented(Disputed, "It is stored and is being heard.", status=202),
)
async def appeal(body: NewAppeal, interview: Mover) -> Response:
    """Dispute a model's verdict on the newest attempt; it is judged again behind the reply.

    An appeal never costs anything: a verdict that would be worse leaves the old one.
    """
    made = await interview.appeal(body.position, body.key_point_id, body.text, key=body.key)
    return _moved(interview, 202, appeal=to_json(made))


@router.post(
    "/answers/{number}/regrade",
    operation_id="regrade_answer",
    summary="Grade an answer anew",
    status_code=202,
    responses=documented(Standing, "It is being graded.", status=202),
)
async def regrade(number: Number, interview: Mover) -> Response:
    """Have an answer graded once more behind the reply; older assessments are kept."""
    interview.regrade(number)
    return _moved(interview, 202)


@router.post(
    "/pause",
    operation_id="pause_session",
    summary="Leave the session",
    responses=documented(Standing, "It is paused; the next move goes on with it.")
    | {204: {"description": "Nothing had been sent; it was dropped."}},
)
async def pause(interview: Mover) -> Response:
    """Leave the session so that it can be gone on with."""
    return _moved(interview) if await interview.pause() else Response(status_code=204)


@router.post(
    "/end",
    operation_id="end_session",
    summary="End the session",
    responses=documented(Standing, "It has ended; what is open is still graded.")
    | {204: {"description": "Nothing had been sent; it was dropped."}},
)
async def end(interview: Mover) -> Response:
    """End the session. An interview shows its verdicts from here on."""
    return _moved(interview) if await interview.end() else Response(status_code=204)


def _moved(interview: Interview, status: int = 200, **more: Any) -> Response:
    return reply(standing_json(interview.session) | more, status)


def _turned(interview: Interview, turn: Turn) -> Response:
    return _moved(interview, turn=turn_json(turn, interview.session))


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.point.id,
        "title": item.point.title,
        "detail": item.point.detail,
        "suggested": to_json(item.suggested),
        "words": item.words,
    }
