"""`mockint eval` as people type it: whole command lines, real files, a real endpoint."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import run

ROOT = Path(__file__).parents[2]

OWN = {
    "question": "Why keep a copy of the data in another city?",
    "reference": "A copy elsewhere survives the loss of the whole site. It costs bandwidth.",
    "key_points": [
        {"title": "survives the loss of a site", "detail": "A fire or flood takes one site only."},
        {"title": "costs bandwidth", "detail": "Every change has to cross the long line."},
    ],
}
LINES = [
    {
        "id": "full",
        **OWN,
        "score": 9,
        "verdicts": ["covered", "covered"],
        "answer": "If a fire or flood destroys one site, the copy in the other city survives the "
        "loss of the site. It costs bandwidth, since every change has to cross the long line.",
    },
    {
        "id": "half",
        **OWN,
        "score": 5,
        "verdicts": ["covered", "missing"],
        "answer": "When the whole site is lost in a fire or flood, the copy elsewhere survives.",
    },
    {
        "id": "none",
        **OWN,
        "score": 0,
        "verdicts": ["missing", "missing"],
        "answer": "I don't know.",
    },
]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    return path


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """The scripted endpoint in its own process, configured as people do; call it to stop it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.scripted_llm", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = re.search(r"http://\S+/v1", server.stdout.readline())
    assert url
    monkeypatch.setenv("OPENAI_BASE_URL", url[0])
    monkeypatch.setenv("MOCKINT_LLM_MODEL", "scripted")

    def stop() -> None:
        server.terminate()
        server.wait(timeout=20)

    yield stop
    stop()
    server.stdout.close()


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_cases_with_their_own_question_run_without_a_bank(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.json"
    assert run(["eval", "run", str(cases), "--out", str(out)]) == 0
    data = read(out)
    assert [case["id"] for case in data["cases"]] == ["full", "half", "none"]
    scores = [case["assessment"]["score"] for case in data["cases"]]
    assert scores[0] > scores[1] > scores[2] == 0
    assert data["metrics"]["graded"] == 3
    assert "3 of 3 cases graded" in capsys.readouterr().out


def test_a_bank_file_gives_the_questions(tmp_path: Path) -> None:
    bank = tmp_path / "bank.md"
    bank.write_text("# Fruit\n\n## 1. Which fruit?\n\n- **Apple:** it is round\n", encoding="utf-8")
    cases = tmp_path / "cases.jsonl"
    line = {"id": "a", "question_id": "bank-01", "answer": "An apple; it is round.", "score": 8}
    cases.write_text(json.dumps(line), encoding="utf-8")
    out = tmp_path / "run.json"
    assert run(["eval", "run", str(cases), "--bank", str(bank), "--out", str(out)]) == 0
    assert [p["title"] for p in read(out)["cases"][0]["assessment"]["key_points"]] == ["Apple"]


def test_two_processes_give_the_same_assessments_as_one(cases: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert run(["eval", "run", str(cases), "--out", str(one)]) == 0
    assert run(["eval", "run", str(cases), "--processes", "2", "--out", str(two)]) == 0
    assert [c["assessment"] for c in read(one)["cases"]] == [
        c["assessment"] for c in read(two)["cases"]
    ]
    assert read(one)["metrics"] == read(two)["metrics"]


def test_recorded_replies_replay_without_the_endpoint_and_grade_the_same(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None]
) -> None:
    kept, live, again = (tmp_path / name for name in ("kept", "live.json", "again.json"))
    rubric = ["eval", "run", str(cases), "--grader", "rubric"]
    assert run([*rubric, "--record", str(kept), "--out", str(live)]) == 0
    endpoint()
    assert run([*rubric, "--replay", str(kept), "--out", str(again)]) == 0
    assert [c["assessment"] for c in read(live)["cases"]] == [
        c["assessment"] for c in read(again)["cases"]
    ]
    assert read(again)["run"]["grader"]["model"] == "scripted"
    assert read(again)["run"]["grader"]["prompt"].startswith("sha256:")


def test_a_replay_that_misses_recordings_fails_and_names_the_cases(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps(LINES[0]), encoding="utf-8")
    assert run(["eval", "record", str(few), "--to", str(kept)]) == 0
    assert run(["eval", "run", str(cases), "--grader", "rubric", "--replay", str(kept)]) == 1
    printed = capsys.readouterr()
    assert "half: No recording" in printed.out
    assert "lacked 1 recordings, and 1 of 3 cases have no grade" in printed.err


def test_a_replay_does_not_ask_to_record_what_no_recording_could_grade(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    with cases.open("a", encoding="utf-8") as file:
        file.write(json.dumps(LINES[0] | {"id": "long", "answer": "word " * 4000}) + "\n")
    assert run(["eval", "record", str(cases), "--to", str(kept)]) == 0
    assert run(["eval", "run", str(cases), "--grader", "rubric", "--replay", str(kept)]) == 0
    assert "ungraded: 1\n  long: The answer has" in capsys.readouterr().out


def test_recordings_that_no_case_asks_for_are_counted(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps(LINES[0]), encoding="utf-8")
    assert run(["eval", "record", str(cases), "--to", str(kept)]) == 0
    assert run(["eval", "run", str(few), "--grader", "rubric", "--replay", str(kept)]) == 0
    assert re.search(r"recordings that no case asked for: \d", capsys.readouterr().out)


def test_recording_again_asks_only_for_what_is_not_there(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    record = ["eval", "record", str(cases), "--to", str(tmp_path / "kept")]
    assert run(record) == 0
    first = re.search(r"(\d+) new replies", capsys.readouterr().out)
    assert first
    assert int(first[1]) >= 2
    assert run(record) == 0
    assert "0 new replies" in capsys.readouterr().out


def test_an_estimate_asks_nobody(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = ["eval", "record", str(cases), "--estimate", "--model", "gpt-4.1-mini-2025"]
    assert run(record) == 0
    printed = capsys.readouterr().out
    assert re.search(r"cases +3\n", printed)
    assert re.search(r"cost +0\.\d{4} USD", printed)
    assert run([*record[:-1], "unheard-of"]) == 0
    assert "'unheard-of' is not in the price table" in capsys.readouterr().out


def test_an_estimate_leaves_out_what_no_model_would_be_asked(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with cases.open("a", encoding="utf-8") as file:
        file.write(json.dumps(LINES[0] | {"id": "long", "answer": "word " * 4000}) + "\n{broken\n")
    assert run(["eval", "record", str(cases), "--estimate"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"cases +3\n", printed)
    assert "name a model with --model" in printed
    assert "left out, as they cannot be graded: 2" in printed
    assert "cases.jsonl:4: the answer is longer than 12000 characters" in printed
    assert "cases.jsonl:5" in printed


def test_lines_that_are_no_cases_are_listed_when_recording_too(
    cases: Path, tmp_path: Path, endpoint: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    cases.write_text(json.dumps(LINES[2]) + "\n{broken\n", encoding="utf-8")
    assert run(["eval", "record", str(cases), "--to", str(tmp_path / "kept")]) == 0
    assert "lines that are no cases: 1\n  cases.jsonl:2" in capsys.readouterr().out


def test_a_small_public_set_is_graded_and_what_was_not_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [LINES[0], LINES[1], LINES[0] | {"id": "long", "answer": "word " * 4000}]
    texts = [json.dumps(line | {"question_id": "copy", "score": 5}) for line in lines]
    (tmp_path / "small.jsonl").write_text("\n".join([*texts, "{broken"]), encoding="utf-8")
    assert run(["eval", "public", str(tmp_path), "--processes", "1"]) == 0
    printed = capsys.readouterr().out
    assert "small.jsonl: ungraded: 1\n  long: The answer has 20000 characters" in printed
    assert "small.jsonl: not read: 1" in printed
    assert re.search(r"^small ", printed, re.MULTILINE)
    assert re.search(r"ridge by question +– +– +– +–", printed)


def test_two_runs_are_compared_and_one_is_shown_as_a_page(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.json"
    assert run(["eval", "run", str(cases), "--out", str(out)]) == 0
    assert run(["eval", "compare", str(out), str(out)]) == 0
    assert "3 cases graded in both runs" in capsys.readouterr().out
    assert run(["eval", "report", str(out), "--language", "zh"]) == 0
    assert (tmp_path / "run.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_stability_names_what_moved(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "stability", str(cases), "--times", "2"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"again +1\.000", printed)
    assert re.search(r"negated +\d\.\d{3}", printed)


def test_contrast_prints_each_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = {
        "id": "c1",
        "lang": "en",
        "question": "Why two power feeds?",
        "key_point": {"title": "no single point of failure", "detail": "One feed may fail."},
        "covered": ["With two feeds no single point of failure is left when one feed fails."],
        "contradicted": ["Two feeds add a single point of failure."],
        "unrelated": ["The feeds are painted in different colours."],
    }
    path = tmp_path / "contrast.jsonl"
    path.write_text(json.dumps(item), encoding="utf-8")
    assert run(["eval", "contrast", str(path)]) == 0
    assert re.search(r"^en +[01]\.", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        pytest.param(["--replay", "x"], 2, "needs --grader rubric", id="similarity replay"),
        pytest.param(
            ["--grader", "rubric", "--replay", "x", "--record", "y"],
            2,
            "give one",
            id="two sources",
        ),
        pytest.param(["--grader", "rubric", "--processes", "2"], 2, "similarity", id="processes"),
        pytest.param(["--grader", "rubric"], 1, "none is configured", id="no model"),
        pytest.param(
            ["--grader", "rubric", "--replay", "none"], 1, "no recordings", id="no folder"
        ),
        pytest.param(["--bank", "none.md"], 1, "none.md", id="no bank"),
        pytest.param(["--out", "/proc/none/run.json"], 1, "cannot be written", id="no place"),
    ],
)
def test_a_command_line_that_cannot_work_says_why(
    cases: Path,
    words: list[str],
    code: int,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOCKINT_LANGUAGE", "en")
    assert run(["eval", "run", str(cases), *words]) == code
    printed = capsys.readouterr().err
    assert complaint.lower() in printed.lower()
    assert "Traceback" not in printed


def test_a_run_in_which_nothing_could_be_graded_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKINT_ANSWER_LIMIT", "100")
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps(LINES[0] | {"answer": "word " * 100}), encoding="utf-8")
    assert run(["eval", "run", str(path)]) == 1
    assert "None of the 1 cases could be graded" in capsys.readouterr().err
