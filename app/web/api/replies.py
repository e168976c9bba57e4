"""Replies of the API, and how its errors are documented."""

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.web.failures import Problem

_ERRORS = {
    400: "The request cannot be read.",
    401: "The server asks for an access token, and it was not given.",
    403: "You may not do that.",
    404: "There is no such thing, or it is somebody else's; the two look the same.",
    408: "The body took too long to arrive.",
    409: "The session has gone on elsewhere; nothing was stored.",
    413: "Too large: a body, or an answer over MOCKINT_ANSWER_LIMIT.",
    415: "The body is not of the kind that is documented.",
    422: "A field is not as documented, or holds what cannot be used.",
    429: "Too much was asked for; `Retry-After` says for how long.",
    502: "The model or the embedder failed.",
    503: "The database or the index does not answer.",
}
ALWAYS = (400, 401, 403, 408, 413, 422, 429, 503)
"""Any request may be answered so."""


def errors(*further: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of error replies: those that are always possible and some `further`."""
    return {
        code: {"model": Problem, "description": _ERRORS[code]}
        for code in sorted({*ALWAYS, *further})
    }


def documented(
    shape: type[BaseModel] | Any, description: str, *, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """The documentation of a reply whose body is built elsewhere."""
    return {status: {"model": shape, "description": description}}


def reply(data: object, status: int = 200, **headers: str) -> JSONResponse:
    """A reply of JSON-ready values."""
    return JSONResponse(data, status, headers)
