"""The OpenAPI document holds: schemathesis tries a real server by it, replies are as it says."""

import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter

from app.web.api.shapes import Events, SessionState
from app.web.app import create_app
from tests.web.serving import StartServer

HERE = Path(__file__).parent
SECONDS = 30


def test_no_request_by_the_document_gets_a_5xx_or_an_undocumented_reply(
    start: StartServer, tmp_path: Path
) -> None:
    server = start(MOCKINT_REQUEST_LIMIT="1000000", MOCKINT_LANGUAGE="en")
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            *(program, "--config-file", HERE / "schemathesis.toml", "run"),
            f"{server.url}/api/openapi.json",
            *("--header", f"Authorization: Bearer {server.key}"),
            *("--max-time", str(SECONDS), "--max-examples", "5", "--seed", "1"),
            *("--no-color", "--warnings", "off"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=10 * SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}\n{server.text}"
    assert "Traceback" not in server.text


def test_every_operation_has_a_name_a_summary_and_documented_errors() -> None:
    document = create_app().openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert path.startswith("/api/v1/"), where
            assert operation["summary"], where
            assert operation["description"], where
            assert operation["tags"], where
            assert {"401", "403", "422", "429", "503"} <= operation["responses"].keys(), where
            for code, response in operation["responses"].items():
                if code >= "400":
                    assert list(response["content"]) == ["application/problem+json"], where
    names = [one["operationId"] for ops in document["paths"].values() for one in ops.values()]
    assert len(names) == len(set(names))


def test_a_session_is_as_documented_down_to_its_assessments(start: StartServer) -> None:
    client = start().client()
    session = client.open()
    client.post(f"/sessions/{session['id']}/hints", {"position": 1, "number": 1})
    client.answer(session, "定期保存检查点，并把副本放到另一座城市。")
    judged = client.until_judged(session["id"])
    client.post(f"/sessions/{session['id']}/reference", {"position": 1})
    TypeAdapter(SessionState).validate_python(client.get(f"/sessions/{session['id']}"))
    TypeAdapter(Events).validate_python(client.get(f"/sessions/{session['id']}/events"))
    exchange = judged["turns"][0]["attempts"][0]["exchanges"][0]
    alone = client.post(
        "/assessments",
        {
            "question_id": session["turns"][0]["question"]["id"],
            "answer": exchange["answer"]["text"],
        },
    )
    assert alone.keys() == exchange["assessments"][0]["assessment"].keys()
    assert "usage" not in alone
