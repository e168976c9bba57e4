"""What the API adds to interviews: banks, single answers, looking back."""

import pytest

from tests.web.server import Client
from tests.web.serving import StartServer

BANK = """---
bank: tiny
title: Tiny
language: en
---

1. What is a checkpoint for?

   - **Restart**: training goes on from it after a failure.
   - **Copies**: it is kept in a second place.
"""


@pytest.fixture
def client(start: StartServer) -> Client:
    """The person at the machine."""
    return start(MOCKINT_LANGUAGE="en").client(local=True)


def _upload(client: Client, path: str, text: str, **query: str) -> tuple[int, dict[str, object]]:
    response = client.http.post(
        f"/api/v1{path}",
        params={"name": "tiny.md", **query},
        content=text.encode(),
        headers={"content-type": "application/octet-stream", "accept-language": "en"},
    )
    return response.status_code, response.json()


def test_a_bank_is_looked_over_imported_found_and_asked(client: Client) -> None:
    status, report = _upload(client, "/lint", BANK)
    assert (status, report["problem"], report["basis"]) == (200, "", "")
    assert "tiny" not in [bank["id"] for bank in client.get("/banks")]
    assert _upload(client, "/banks", BANK)[0] == 201
    assert "tiny" in [bank["id"] for bank in client.get("/banks")]
    hits = client.get("/search", text="go on training after a crash", limit=3)
    assert "tiny" in hits[0]["id"]
    session = client.open(questions=[hits[0]["id"]], count=1, language="en")
    assert session["turns"][0]["question"]["text"] == "What is a checkpoint for?"


def test_a_bank_is_not_replaced_by_somebody_who_has_not_seen_it(client: Client) -> None:
    _upload(client, "/banks", BANK)
    changed = BANK.replace("second", "third")
    assert _upload(client, "/banks", changed)[0] == 409
    _, report = _upload(client, "/lint", changed)
    assert _upload(client, "/banks", changed, basis=str(report["basis"]))[0] == 201
    text = client.http.get("/api/v1/banks/tiny/file").text
    assert "third place" in text


def test_a_file_that_is_no_bank_is_refused_with_its_line(client: Client) -> None:
    status, problem = _upload(client, "/lint", "---\nbank: [\n---\n")
    assert status == 422
    assert "tiny.md" in str(problem["detail"])


def test_a_session_ends_in_report_history_and_reviews(client: Client) -> None:
    session = client.open(count=1)
    name = session["id"]
    client.answer(session, "定期保存检查点。")
    client.until_judged(name)
    client.post(f"/sessions/{name}/end")
    report = client.get(f"/sessions/{name}/report")
    assert report["session"]["id"] == name
    assert report["overall"]["counted"] == 1
    for form, start in (("md", "#"), ("html", "<!doctype html>")):
        text = client.http.get(f"/api/v1/sessions/{name}/report", params={"form": form}).text
        assert text.lower().startswith(start)
    assert [one["id"] for one in client.get("/history")["sessions"]] == [name]
    assert client.get("/due") == []
    assert [one["id"] for one in client.get("/sessions", status="ended")] == [name]
    client.http.delete(f"/api/v1/sessions/{name}").raise_for_status()
    client.get(f"/sessions/{name}", 404)


def test_the_report_of_an_interview_under_way_is_withheld(client: Client) -> None:
    session = client.open(mode="interview", count=2)
    client.answer(session, "定期保存检查点。")
    problem = client.get(f"/sessions/{session['id']}/report", 409)
    assert "mockint ask" not in problem["remedy"]
    history = client.get("/history")
    assert (history["sessions"], history["ahead"], history["due"]) == ([], [], [])


def test_opening_twice_under_one_key_is_one_session(client: Client) -> None:
    first, second = (client.open(key="same") for _ in range(2))
    assert first == second
