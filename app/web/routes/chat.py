"""The chat page: an interview as it stands, and the steps that its candidate takes.

Every step is a form. After it the page comes back as it stands then; what was not taken comes
back in the box. Scripts send the same forms and put the same page in place.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header, Query
from starlette.responses import Response

from app.interview.talk import Talk
from app.web.api.streaming import Events
from app.web.chat.dock import Kept
from app.web.chat.forms import (
    AppealForm,
    BoxForm,
    LeaveForm,
    PlaceForm,
    ReferenceForm,
    RegradeForm,
)
from app.web.chat.live import PageStream
from app.web.chat.visit import Check, Visit
from app.web.live.moves import Interview
from app.web.live.poker_face import read_cursor
from app.web.live.stream import SessionStream

router = APIRouter(prefix="/sessions/{session_id}", include_in_schema=False)

ThisVisit = Annotated[Visit, Depends()]
Box = Annotated[BoxForm, Form()]
Leaving = Annotated[LeaveForm, Form()]


@router.get("")
async def show(visit: ThisVisit, check: Annotated[int, Query(ge=0, le=10_000)] = 0) -> Response:
    """The interview as it stands; `check` opens the self-check of a question."""
    return await visit.draw(check=check)


@router.get("/live")
async def live(
    visit: ThisVisit,
    after: Annotated[str, Query(max_length=40)] = "",
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> Response:
    """What the page has to do from a cursor on; see `chat.live`."""
    cursor, room = read_cursor(last_event_id or after), visit.here.room
    stream = await SessionStream.open(visit.mine, visit.session_id, cursor, room.board, room.desk)
    if stream.is_over:
        return Response(status_code=204)
    page = PageStream(visit.mine, visit.session_id, str(cursor), visit.draw_card)
    return Events.of(page.events(stream), stream)


@router.post("/answer")
async def answer(visit: ThisVisit, box: Box) -> Response:
    """Send an answer; where it may be none, the page asks first."""
    doubts: list[Talk] = []

    async def send(interview: Interview) -> None:
        sent = await interview.send(
            box.text, key=box.key, at=box.place, seconds=box.time, certain=box.certain == "yes"
        )
        if isinstance(sent, Talk):
            doubts.append(sent)

    reply = await visit.step(send, box.kept, sends=True)
    return await visit.draw(Kept(box.text, box.key, doubts[0])) if doubts else reply


@router.post("/say")
async def say_it(visit: ThisVisit, box: Box) -> Response:
    """Say what stands in the box without giving it as the answer."""
    key = box.key_for("say")
    return await visit.step(
        lambda interview: interview.say(box.text, key=key, at=box.place), box.kept, sends=True
    )


@router.post("/explain")
async def explain(visit: ThisVisit, box: Box) -> Response:
    """Have the question put in other terms; once is enough."""
    key = f"{box.key}-explain"
    return await visit.step(lambda one: one.explain(key=key, at=box.place), box.kept)


@router.post("/repeat")
async def repeat(visit: ThisVisit, box: Box) -> Response:
    """Have what was put last said once more."""
    key = box.key_for("repeat")
    return await visit.step(lambda one: one.repeat(key=key, at=box.place), box.kept)


@router.post("/hint")
async def hint(visit: ThisVisit, box: Box) -> Response:
    """Give the next hint."""
    return await visit.step(lambda one: one.hint(box.position, box.hint), box.kept)


@router.post("/skip")
async def skip(visit: ThisVisit, box: Box) -> Response:
    """Pass over the question or the follow-up."""
    return await visit.step(lambda one: one.skip(box.place), box.kept, sends=True)


@router.post("/reference")
async def reference(visit: ThisVisit, box: Annotated[ReferenceForm, Form()]) -> Response:
    """Put the reference answer on screen."""
    return await visit.step(
        lambda one: one.show_reference(box.position), Kept(box.text, box.key), sends=True
    )


@router.post("/follow-up")
async def follow_up(visit: ThisVisit, form: Annotated[PlaceForm, Form()]) -> Response:
    """Have a follow-up asked."""
    return await visit.step(lambda one: one.follow_up(form.place))


@router.post("/again")
async def again(visit: ThisVisit, form: Annotated[PlaceForm, Form()]) -> Response:
    """Begin another attempt at the question."""
    return await visit.step(lambda one: one.try_again(form.place))


@router.post("/next")
async def go_on(visit: ThisVisit, form: Annotated[PlaceForm, Form()]) -> Response:
    """Have the next question put, or end the interview."""
    return await visit.step(lambda one: one.go_to_next(form.position))


@router.post("/check")
async def check_it(visit: ThisVisit, form: Check) -> Response:
    """Keep the candidate's own verdicts."""
    return await visit.step(lambda one: one.settle(form.position, form.verdicts))


@router.post("/appeal")
async def appeal(visit: ThisVisit, form: Annotated[AppealForm, Form()]) -> Response:
    """Dispute a verdict."""
    return await visit.step(
        lambda one: one.appeal(form.position, form.point, form.argument, key=form.key)
    )


@router.post("/regrade")
async def regrade(visit: ThisVisit, form: Annotated[RegradeForm, Form()]) -> Response:
    """Have an answer graded once more."""

    async def move(interview: Interview) -> None:
        interview.regrade(form.answer)

    return await visit.step(move)


@router.post("/pause")
async def pause(visit: ThisVisit, form: Leaving) -> Response:
    """Leave the interview, to go on another time."""
    return await visit.leave(lambda one: one.pause(), form, to="/")


@router.post("/end")
async def end(visit: ThisVisit, form: Leaving) -> Response:
    """End the interview."""
    return await visit.leave(lambda one: one.end(), form, to=f"/sessions/{visit.session_id}")
