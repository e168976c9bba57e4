"""The one place that turns an error into a page or a JSON problem; never a traceback."""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import compile_path

from app import errors
from app.errors import LimitReached, MockintError, NotAdmitted
from app.language.failures import Told
from app.language.messages import translator
from app.web.languages import language_of
from app.web.pages import DOMAIN, PageMaker
from app.web.remedies import told_on_page

API = "/api/"
logger = logging.getLogger("mockint.web")

_STATUS: tuple[tuple[type[MockintError], int], ...] = (
    (errors.NotAdmitted, 401),
    (errors.NotAllowed, 403),
    (errors.RequestTooLarge, 413),
    (errors.LimitReached, 429),
    (errors.TeamNotFound, 404),
    (errors.VisitError, 400),
    (errors.SessionNotFound, 404),
    (errors.SessionChanged, 409),
    (errors.AccountTaken, 409),
    (errors.ExportUnusable, 422),
    (errors.StoreError, 503),
    (errors.QuestionNotFound, 404),
    (errors.AnswerTooLong, 413),
    (errors.BankChanged, 409),
    (errors.BankError, 422),
    (errors.DocumentError, 422),
    (errors.SettingsError, 409),
    (errors.ChatModelError, 502),
    (errors.EmbedderError, 502),
    (errors.VectorIndexError, 503),
)
# Their messages name places on the server's disk or in its network: they go to the log.
_INWARD = frozenset({errors.StoreError, errors.VectorIndexError, errors.EmbedderError})


class Problem(BaseModel):
    """What went wrong, as the API says it (RFC 9457); `remedy` says what to do."""

    title: str
    status: int
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Failure:
    status: int
    message: str
    remedy: str = ""


def status_of(error: MockintError) -> int:
    """The HTTP status that goes with an error."""
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 500)


def reply_to_error(request: Request, error: MockintError, pages: PageMaker) -> Response:
    """The reply to a request that failed for a reason which the visitor can act on."""
    status = status_of(error)
    if isinstance(error, NotAdmitted) and _wants_page(request) and request.method == "GET":
        path = request.url.path
        return RedirectResponse(f"/access?then={quote(path)}" if path != "/" else "/access", 303)
    told = told_on_page(error, language_of(request))
    if type(error) in _INWARD:
        logger.error("at %s %s: %s", request.method, request.url.path, error)
        say = translator(DOMAIN, language_of(request))
        told = Told(
            say("Something that mockint needs does not work now."), say("Try again in a moment.")
        )
    reply = _reply(request, _Failure(status, told.message, told.remedy), pages)
    if isinstance(error, LimitReached):
        reply.headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    return reply


def reply_to_http(request: Request, error: HTTPException, pages: PageMaker) -> Response:
    """The reply to what the framework refused: an unknown path, a method, a broken body."""
    words = {
        404: ("There is nothing at this address.", "Check it, or begin at the start page."),
        405: ("This address cannot be asked in that way.", "Go back and try again."),
        408: ("The request took too long to arrive.", "Send it again."),
        413: ("The request is too large.", "Send less, or the part that matters."),
    }
    message, remedy = words.get(
        error.status_code, ("The request cannot be read.", "Go back, reload and try again.")
    )
    say = translator(DOMAIN, language_of(request))
    reply = _reply(request, _Failure(error.status_code, say(message), say(remedy)), pages)
    reply.headers.update(error.headers or {})
    if error.status_code == 405:
        reply.headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return reply


def _methods_of(request: Request) -> set[str]:
    """All methods of an address; the framework names those of the first route that has it."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern, _, _ = compile_path(route.path or "")
        if pattern.match(request.url.path):
            methods |= set(route.methods or ())
    return methods | {"HEAD"} if "GET" in methods else methods


def reply_to_invalid(request: Request, error: RequestValidationError, pages: PageMaker) -> Response:
    """The reply to a request whose fields are not as documented; it names them."""
    fields = sorted({".".join(map(str, one["loc"][1:])) or "body" for one in error.errors()})
    say = translator(DOMAIN, language_of(request))
    text = say("What was sent cannot be used: {fields}.")
    message = text.format(fields=", ".join(fields)[:200])
    return _reply(request, _Failure(422, message, say("Correct it and send it again.")), pages)


def reply_to_defect(request: Request, error: Exception, pages: PageMaker) -> Response:
    """The reply to a defect of ours; the log has the traceback, the visitor has not."""
    logger.error("a defect at %s %s", request.method, request.url.path, exc_info=error)
    say = translator(DOMAIN, language_of(request))
    message = say("Something broke on the server.")
    return _reply(
        request, _Failure(500, message, say("Try again; the log says what it was.")), pages
    )


def _reply(request: Request, failure: _Failure, pages: PageMaker) -> Response:
    if _wants_page(request):
        return pages.render(
            request,
            "error.html.j2",
            status=failure.status,
            message=failure.message,
            remedy=failure.remedy,
            code=failure.status,
        )
    problem = Problem(
        title=_TITLES.get(failure.status, "error"),
        status=failure.status,
        detail=failure.message,
        remedy=failure.remedy,
    )
    return JSONResponse(problem.model_dump(), failure.status, media_type="application/problem+json")


_TITLES = {
    400: "bad request",
    401: "not signed in",
    403: "not allowed",
    404: "not found",
    405: "method not allowed",
    408: "too slow",
    409: "changed meanwhile",
    413: "too large",
    422: "cannot be used",
    429: "too much",
    500: "defect",
    502: "model failed",
    503: "not available",
}


def _wants_page(request: Request) -> bool:
    """Whether a person looks at the reply; programs and our own scripts get JSON."""
    if request.url.path.startswith(API):
        return False
    return "application/json" not in request.headers.get("accept", "")
