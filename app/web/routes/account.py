"""Coming in: the link of the terminal, and the access token."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from app.errors import NotAdmitted
from app.web.deps import Here, Page, Visitor
from app.web.forms import PageForm
from app.web.navigation import local_path
from app.web.security.access import address_of
from app.web.security.identity import at_the_machine

router = APIRouter(include_in_schema=False)


class AccessForm(PageForm):
    """The access token; `then` is the page to go to."""

    token: str = Field(default="", max_length=500)
    then: str = "/"


@router.get("/open/{key}")
async def open_as_local(key: str, request: Request, here: Here, visitor: Visitor) -> Response:
    """Give this browser the sessions of the terminal."""
    if not here.entrance.is_link_key(key):
        raise NotAdmitted("This link is not one of this server's.", "Use the one that it prints.")
    if not visitor.is_local:
        request.state.identity = at_the_machine(visitor)
    return RedirectResponse("/", 303)


@router.get("/access")
async def ask_for_token(page: Page, here: Here, then: str = "/") -> HTMLResponse:
    """The form for the access token."""
    return page(
        "access.html.j2", then=local_path(then), asks=here.entrance.asks_for_token, wrong=False
    )


@router.post("/access")
async def take_token(
    form: Annotated[AccessForm, Form()], request: Request, page: Page, here: Here, visitor: Visitor
) -> Response:
    """Let in whoever knows the access token."""
    then = local_path(form.then)
    address = address_of(request)
    await here.limits.count_try(address)
    if not here.entrance.opens(form.token):
        asks = here.entrance.asks_for_token
        return page("access.html.j2", status=403, then=then, asks=asks, wrong=True)
    await here.limits.forgive(address)
    request.state.identity = here.entrance.admit(visitor)
    return RedirectResponse(then, 303)
