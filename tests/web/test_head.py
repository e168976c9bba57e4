"""HEAD gets the headers of GET and no body, from a real server and every route that reads."""

import re

import httpx
from fastapi.routing import iter_route_contexts

from app.web.app import create_app
from tests.web.serving import StartServer

NOT_FOR_TWO = {"content-length", "date", "set-cookie", "server"}
"""What differs between two visits, or between a stream and its headers alone."""


def test_head_is_get_without_a_body(start: StartServer) -> None:
    server = start()
    client = server.client(local=True)
    session = client.open()
    values = {
        "session_id": session["id"],
        "question_id": session["turns"][0]["question"]["id"],
        "form": "md",
        "number": "1",
    }
    paths = {
        re.sub(r"{(\w+)[^}]*}", lambda name: values.get(name[1], "none"), path)
        for path in readable_paths()
    }
    assert len(paths) > 25
    for path in sorted(paths):
        seen = client.http.head(path)
        assert seen.content == b"", path
        assert seen.status_code != 405, path
        if not path.endswith(("/stream", "/live")):  # a GET of these goes on for as long as it can
            got = client.http.get(path)
            assert seen.status_code == got.status_code, path
            assert names_of(seen) == names_of(got), path
            assert seen.headers.get("content-length") == got.headers.get("content-length"), path


def test_head_of_what_only_takes_forms_is_refused(start: StartServer) -> None:
    server = start()
    reply = httpx.head(f"{server.url}/sessions/x/answer")
    assert reply.status_code == 405
    assert reply.headers["allow"] == "POST"
    refused = httpx.delete(f"{server.url}/history")
    assert refused.headers["allow"] == "GET, HEAD"


def test_head_of_a_stream_ends(start: StartServer) -> None:
    client = start().client()
    session = client.open()
    for path in (f"/sessions/{session['id']}/live", f"/api/v1/sessions/{session['id']}/stream"):
        reply = client.http.head(path, timeout=5)
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")


def readable_paths() -> set[str]:
    """The paths of all routes that answer GET."""
    return {
        route.path
        for route in iter_route_contexts(create_app().routes)
        if route.path and "GET" in (route.methods or ())
    }


def names_of(reply: httpx.Response) -> set[str]:
    return set(reply.headers) - NOT_FOR_TWO
