"""Settings of the person and of the page."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from app.web.forms import PageForm
from app.web.languages import LANGUAGE_COOKIE, Language
from app.web.navigation import local_path
from app.web.pages import THEME_COOKIE
from app.web.security.identity import LIFETIME

router = APIRouter(include_in_schema=False)


class LookForm(PageForm):
    """Language or theme of the pages; `back` is the page to return to."""

    language: Language | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    back: str = "/"


@router.post("/look")
async def choose_look(form: Annotated[LookForm, Form()], request: Request) -> RedirectResponse:
    """Remember language or theme in a cookie, and go back."""
    reply = RedirectResponse(local_path(form.back), 303)
    for name, value in ((LANGUAGE_COOKIE, form.language), (THEME_COOKIE, form.theme)):
        if value is not None:
            reply.set_cookie(
                name, value, LIFETIME, secure=request.url.scheme == "https", samesite="lax"
            )
    return reply
