"""Interviews on a real server process: sent twice, watched twice, cut off, killed, restarted."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.interview.host import Host
from app.store.opening import open_store
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import Persona, Seen
from tests.scripted_llm.steps import Say, Step
from tests.web.server import Client, Json, exchanges
from tests.web.serving import StartServer, model_at_work, with_model

ANSWER = "检查点要定期保存，出故障以后从最近的检查点恢复训练。"


def slow(delay: float = 0.0, pause: float = 0.0) -> Persona:
    """The heuristic judge, in no hurry."""

    def persona(seen: Seen) -> Step:
        said = heuristic(seen)
        assert isinstance(said, Say)
        return replace(said, delay=delay, pause=pause)

    return persona


def eventually(condition: Callable[[], object], patience: float = 30.0) -> None:
    """Wait until something has become so."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.05)


def until(events: Iterator[Json], kind: str) -> list[Json]:
    """The events up to the first of a kind, that one included."""
    seen = []
    for event in events:
        seen.append(event)
        if event["event"] == kind:
            return seen
    raise AssertionError(f"the stream ended before {kind!r}: {seen}")


def assessments(session: Json) -> list[list[Json]]:
    """The assessments of each answer."""
    return [one["assessments"] for one in exchanges(session)]


def test_a_double_send_is_one_answer_that_is_graded_once(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow(0.5)) as model:
        server = start(**database, **with_model(model))
        client = server.client()
        session = client.open()
        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(lambda _: client.answer(session, ANSWER), range(8)))
        assert len({one["answer"]["seq"] for one in sent}) == 1
        judged = client.until_judged(session["id"])
        assert [len(found) for found in assessments(judged)] == [1]
        assert len(model.requests) <= 2  # one look, and one more at doubtful key points


def test_two_windows_see_the_same_and_chips_before_the_card(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow(0.3, pause=0.02)) as model:
        client = start(**database, **with_model(model)).client()
        session = client.open()
        with client.stream(session["id"]) as one, client.stream(session["id"]) as other:
            until(one, "question")
            until(other, "question")
            client.answer(session, ANSWER)
            windows = [until(events, "assessment") for events in (one, other)]
    stored = [[one for one in events if one["id"]] for events in windows]
    assert stored[0] == stored[1]
    for events in windows:
        chips = [one["data"]["key_point"]["id"] for one in events if one["event"] == "verdict"]
        points = [p["id"] for p in events[-1]["data"]["assessment"]["key_points"]]
        assert set(points) <= set(chips)


def test_a_reader_that_was_cut_off_goes_on_where_it_was(
    start: StartServer, database: dict[str, str]
) -> None:
    client = start(**database).client()
    session = client.open()
    with client.stream(session["id"]) as events:
        first = until(events, "question")
    client.post(f"/sessions/{session['id']}/hints", {"position": 1, "number": 1})
    client.answer(session, ANSWER)
    client.until_judged(session["id"])
    with client.stream(session["id"], first[-1]["id"]) as events:
        rest = until(events, "assessment")
    stored = [one["id"] for one in (*first, *rest) if one["id"]]
    assert stored == ["1", "2", "3", "4", "5"]


def test_a_killed_server_takes_up_the_open_grading_when_it_is_back(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow(3.0)) as model:
        server = start(**database, **with_model(model))
        client = server.client()
        session = client.open()
        client.answer(session, ANSWER)
        eventually(lambda: model.requests)
        server.kill()
        model.persona = slow(0.1)
        again = start(**database, **with_model(model)).client()
        again.http.cookies = client.http.cookies
        judged = again.until_judged(session["id"])
    assert [[one["assessment"]["status"] for one in found] for found in assessments(judged)] == [
        ["graded"]
    ]
    assert exchanges(judged)[0]["answer"]["text"] == ANSWER


def test_a_server_killed_in_the_middle_of_a_regrade_loses_nothing_and_can_be_asked_again(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow()) as model:
        server = start(**database, **with_model(model))
        client = server.client()
        session = client.open()
        client.answer(session, ANSWER)
        before = client.until_judged(session["id"])
        (number,) = [one["answer"]["seq"] for one in exchanges(before)]
        path = f"/sessions/{session['id']}/answers/{number}/regrade"
        asked = len(model.requests)
        model.persona = slow(30.0)
        client.post(path, expect=202)
        eventually(lambda: len(model.requests) > asked)
        server.kill()
        model.persona = slow()
        again = start(**database, **with_model(model)).client()
        again.http.cookies = client.http.cookies
        kept = again.get(f"/sessions/{session['id']}")
        assert assessments(kept) == assessments(before)
        assert exchanges(kept)[0]["answer"] == exchanges(before)[0]["answer"]

        def regraded() -> bool:
            again.post(path, expect=202)  # until the claim of the dead process has lapsed
            return len(assessments(again.get(f"/sessions/{session['id']}"))[0]) > 1

        eventually(regraded)
        after = assessments(again.until_judged(session["id"]))[0]
    assert after[0] == assessments(before)[0][0]
    assert {one["assessment"]["status"] for one in after} == {"graded"}


def test_a_server_that_is_told_to_stop_ends_its_streams_and_gives_its_work_back(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow(30.0)) as model:
        server = start(**database, **with_model(model))
        client = server.client()
        session = client.open()
        with client.stream(session["id"]) as events:
            client.answer(session, ANSWER)
            eventually(lambda: model.requests)
            began = time.monotonic()
            os.kill(server.pid, signal.SIGTERM)
            seen = list(events)
        server.stop()
        assert time.monotonic() - began < 5
        assert "over" not in [one["event"] for one in seen]
        model.persona = slow(0.0)
        again = start(**database, **with_model(model)).client()
        again.http.cookies = client.http.cookies
        again.until_judged(session["id"], patience=4)  # sooner than a claim would lapse
    assert "Traceback" not in server.text


def test_two_workers_grade_everything_once_and_show_it_wherever_it_is_watched(
    start: StartServer, database: dict[str, str]
) -> None:
    with model_at_work(slow(0.5, pause=0.01)) as model:
        settings = with_model(model, MOCKINT_LLM_CONCURRENCY="8")
        server = start("--workers", "2", **database, **settings)

        def hold(_: int) -> tuple[list[Json], Json]:
            client = server.client()
            session = client.open()
            with client.stream(session["id"]) as events:
                until(events, "question")
                client.answer(session, ANSWER)
                return until(events, "assessment"), client.get(f"/sessions/{session['id']}")

        with ThreadPoolExecutor(6) as pool:
            held = list(pool.map(hold, range(6)))
    for events, session in held:
        assert [len(found) for found in assessments(session)] == [1]
        assert [one["id"] for one in events if one["id"]] == ["3", "4"]


async def test_what_the_terminal_stores_shows_in_the_browser(
    start: StartServer, home: Path
) -> None:
    client = start().client(local=True)
    session = client.open()
    with client.stream(session["id"]) as events:
        until(events, "question")
        store = await open_store(home / "mockint.db")
        host = await Host.take_up(store.of("local"), session["id"])
        await host.hint()
        await store.close()
        assert until(events, "hint")[-1]["data"]["step"] == 1


def test_a_reader_that_reads_nothing_holds_nobody_up(start: StartServer) -> None:
    server = start()
    client = server.client()
    session = client.open()
    where = urlsplit(server.url)
    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    request = (
        f"GET /api/v1/sessions/{session['id']}/stream HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    )
    with ExitStack() as idle:
        for _ in range(20):
            address = (where.hostname, where.port)
            connection = idle.enter_context(socket.create_connection(address))
            connection.sendall(request.encode())
        with client.stream(session["id"]) as events:
            client.answer(session, ANSWER)
            until(events, "assessment")


def test_an_interview_keeps_its_poker_face_until_it_has_ended(start: StartServer) -> None:
    client = start().client()
    session = client.open(mode="interview", count=2)
    name = session["id"]
    with client.stream(name) as events:
        until(events, "question")
        client.answer(session, ANSWER)
        asked = client.get(f"/sessions/{name}")
        assert asked["place"] == {"position": 1, "attempt": 1, "step": 1}
        assert "'verdict'" not in str(asked)
        assert [one["assessments"] for one in exchanges(asked)] == [[], []]
        client.answer(asked, "不知道", key="two")
        second = client.get(f"/sessions/{name}")
        assert second["place"]["position"] == 2
        client.answer(second, "不知道", key="three")
        seen = until(events, "status")
        assert {one["event"] for one in seen} == {"answer", "follow_up", "question", "status"}
        until(events, "over")
    ended = client.until_judged(name)
    assert [len(found) for found in assessments(ended)] == [1, 1, 1]
    path = f"/api/v1/sessions/{name}/stream"
    assert client.http.get(path, params={"after": ended["cursor"]}).status_code == 204


def test_a_stranger_finds_nothing_at_any_address_of_a_session(start: StartServer) -> None:
    server = start()
    mine, stranger = server.client(), server.client()
    session = mine.open()
    mine.answer(session, ANSWER)
    before = mine.until_judged(session["id"])
    document = stranger.http.get("/api/openapi.json").json()
    walked = 0
    for path, operations in document["paths"].items():
        if "{session_id}" not in path:
            continue
        for method in operations:
            real = path.format(session_id=session["id"], number=3)
            response = stranger.http.request(
                method, real, json=_body(real), params={"position": 1}, timeout=10
            )
            assert response.status_code == 404, (method, path, response.text)
            assert response.json()["detail"].startswith(("There is no session", "没有"))
            walked += 1
    assert walked >= 18
    assert mine.get(f"/sessions/{session['id']}") == before
    assert stranger.get("/sessions") == []


def _body(path: str) -> dict[str, Any] | None:
    """A body that the route would take."""
    at = {"position": 1}
    bodies: dict[str, dict[str, Any]] = {
        "answers": {"text": "偷", "key": "x", "at": at},
        "remarks": {"what": "explain", "key": "x", "at": at},
        "hints": {"position": 1, "number": 1},
        "skip": {"at": at},
        "next": {"position": 1},
        "follow-ups": {"at": at},
        "attempts": {"at": at},
        "reference": at,
        "self-check": {"position": 1, "verdicts": {}},
        "appeals": {"position": 1, "key_point_id": "kp1", "text": "…", "key": "x"},
    }
    return bodies.get(path.rsplit("/", 1)[-1])


def test_a_client_that_keeps_sending_meets_one_kind_of_error(start: StartServer) -> None:
    client: Client = start().client()
    session = client.open()
    path = f"/sessions/{session['id']}/answers"
    stale = {"text": ANSWER, "key": "a", "at": {"position": 7}}
    assert client.post(path, stale, 409)["remedy"]
    unknown = {"text": ANSWER, "key": "a", "at": {"position": 1}, "colour": "red"}
    assert "colour" in client.post(path, unknown, 422)["detail"]
    long = {"text": "字" * 12_001, "key": "a", "at": {"position": 1}}
    assert client.post(path, long, 413)["remedy"]
    response = client.http.post(
        f"/api/v1{path}", content=b"{", headers={"content-type": "application/json"}
    )
    assert (response.status_code, response.headers["content-type"]) == (
        422,
        "application/problem+json",
    )
    doubt = client.post(path, {"text": "能再解释一下吗？", "key": "b", "at": {"position": 1}})
    assert (doubt["doubt"], doubt["answer"]) == ("asks_back", None)
    threads = threading.active_count()
    assert threads < 50
