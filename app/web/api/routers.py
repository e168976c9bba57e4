"""All routes of the API, and the document that describes them."""

from typing import Any

from fastapi import FastAPI

from app.web.api import banks, grading, looking_back, moves, sessions, streaming

API_ROUTERS = (
    sessions.router,
    streaming.router,
    moves.router,
    grading.router,
    banks.router,
    looking_back.router,
)

PROBLEM = "application/problem+json"
_ABOUT = """Mock interviews: sessions, answers, assessments, question banks, history.

Each browser or program has an identity of its own, in the cookie that the first reply sets; send
it back to see your sessions again. The bearer token that `mockint serve` prints in its link gives
the sessions of the terminal. All errors have one shape, `Problem`: what is wrong, and what to do.
"""
_TAGS = (
    ("sessions", "Opening, following and forgetting interviews."),
    ("moves", "What a candidate does in an interview."),
    ("grading", "Grading an answer without a session, and what grades."),
    ("banks", "Question banks: looked at, searched, looked over, imported."),
    ("looking back", "Reports, history, and what is due."),
)


def describe(app: FastAPI) -> None:
    """Complete the app's OpenAPI document."""
    app.description = _ABOUT
    app.openapi_tags = [{"name": name, "description": text} for name, text in _TAGS]
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            paths = made()["paths"]
            for path in paths.values():
                for operation in path.values():
                    _name_problems(operation["responses"])
            paths["/api/v1/sessions"]["post"]["responses"]["201"]["links"] = _links(paths)
        return made()

    app.openapi = openapi  # type: ignore[method-assign]


def _name_problems(responses: dict[str, Any]) -> None:
    """Give error replies the media type that they come with (RFC 9457)."""
    for code, response in responses.items():
        content = response.get("content", {})
        if code >= "400" and "application/json" in content:
            response["content"] = {PROBLEM: content["application/json"]}


def _links(paths: dict[str, Any]) -> dict[str, Any]:
    """What can be done with a session that was opened: all that takes its id."""
    return {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {"session_id": "$response.body#/id"},
        }
        for path, operations in paths.items()
        if "{session_id}" in path
        for operation in operations.values()
    }
