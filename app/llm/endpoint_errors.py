"""From the errors of the openai library to mockint's own, with what to do about each."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.errors import ChatModelError, ChatModelRefused, ChatModelUnreachable, filled
from app.llm.backoff import parse_retry_after

if TYPE_CHECKING:
    import openai

MAX_DETAIL = 300
_KEY_LIKE = re.compile(r"\b(?:sk|pk|rk|key)-[\w*.-]{4,}|Bearer\s+\S+", re.I)
_RETRIED = frozenset({408, 409, 425, 429})
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})

_REMEDIES = {
    400: "Check MOCKINT_LLM_MODEL; a smaller MOCKINT_LLM_MAX_TOKENS or a shorter answer may fit.",
    401: "Check OPENAI_API_KEY and that it belongs to the endpoint in OPENAI_BASE_URL.",
    402: "Top up the account at the provider, or set another OPENAI_BASE_URL.",
    403: "Check that OPENAI_API_KEY may use the model in MOCKINT_LLM_MODEL.",
    404: "Check MOCKINT_LLM_MODEL and OPENAI_BASE_URL (most end in /v1).",
    413: "Shorten the answer, or use a model with a longer context.",
    429: "Wait a minute and try again, or lower MOCKINT_LLM_CONCURRENCY.",
}
_SERVER_TROUBLE = "Try again in a minute; if it stays, look at the endpoint's own log or status."
_UNREACHABLE = "Check that the endpoint in OPENAI_BASE_URL is running and can be reached."
NOT_A_COMPLETION = "Check OPENAI_BASE_URL: it must be the API's own address (most end in /v1)."


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed try: the error to raise in the end, and whether another try makes sense."""

    error: ChatModelError
    retry: bool
    retry_after: float | None = None


class TryFailed(Exception):
    """Carries a `Failure` that was found in a reply and not raised by the library."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.error))
        self.failure = failure


def complaint_of(error: "openai.APIStatusError") -> str:
    """The parameter that the server named, its code and its message, as one text."""
    body = error.body if isinstance(error.body, dict) else {}
    named = (body.get("param"), body.get("code"), body.get("message") or error.message)
    return " ".join(str(part) for part in named if part)


def failure_of_status(error: "openai.APIStatusError", endpoint: str, secret: str) -> Failure:
    """What an HTTP error means; `endpoint` and `secret` shape and clean the message."""
    status = error.status_code
    no_credit = status == 429 and str(getattr(error, "code", "")) in _NO_CREDIT
    retry = (status in _RETRIED or status >= 500) and not no_credit
    remedy = _REMEDIES[402 if no_credit else status] if status in _REMEDIES else _SERVER_TROUBLE
    detail = "" if status in {401, 403} else clean(complaint_message(error), secret)
    message = "The language model at {endpoint} answered with HTTP {status}."
    if detail:
        message = "The language model at {endpoint} answered with HTTP {status}: {detail}"
    return Failure(
        ChatModelRefused(
            filled(message, endpoint=endpoint, status=status, detail=detail), remedy, status=status
        ),
        retry,
        parse_retry_after(error.response.headers) if retry else None,
    )


def complaint_message(error: "openai.APIError") -> str:
    """The server's own words, without the library's decoration where there is a body."""
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else error.message


def failure_of_connection(error: "openai.APIConnectionError", endpoint: str) -> Failure:
    """A connection that could not be made, or broke."""
    cause = error.__cause__
    message = "No reply from the language model at {endpoint}."
    if cause is not None:
        message = "No reply from the language model at {endpoint} ({cause})."
    return Failure(
        ChatModelUnreachable(
            filled(message, endpoint=endpoint, cause=type(cause).__name__), _UNREACHABLE
        ),
        retry=True,
    )


def failure_in_reply(detail: str, endpoint: str, secret: str) -> Failure:
    """A reply that reports an error, breaks off or cannot be decoded; the next may be whole."""
    return Failure(
        ChatModelRefused(
            filled(
                "The language model at {endpoint} sent a broken reply: {detail}",
                endpoint=endpoint,
                detail=clean(detail, secret),
            ),
            _SERVER_TROUBLE,
        ),
        retry=True,
    )


def failure_not_completion(endpoint: str) -> Failure:
    """Something answered, and it does not speak the protocol."""
    return Failure(
        ChatModelRefused(
            filled("What answers at {endpoint} does not send chat completions.", endpoint=endpoint),
            NOT_A_COMPLETION,
        ),
        retry=False,
    )


def clean(text: str, secret: str) -> str:
    """One short line without the API key or anything that looks like one."""
    if secret:
        text = text.replace(secret, "***")
    text = _KEY_LIKE.sub("***", " ".join(text.split()))
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"


def error_in(completion: Any) -> str:
    """The text of an `error` field that some gateways send with HTTP 200, or ""."""
    error = getattr(completion, "error", None)
    if isinstance(error, dict):
        return str(error.get("message") or error)
    return str(error) if error else ""
