"""`mockint report`, `history` and `review` as processes over a store with sessions in it."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bank.writing import write_bank
from app.domain.events import SessionMode
from app.domain.question import Bank
from app.store.opening import open_store
from tests.cli.conftest import ROOT, Start
from tests.cli.test_resume import stored
from tests.report.made import QUESTIONS, full_session, simple_session
from tests.store.made import SteadyClock

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def seeded(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a person with three sessions, the last of them yesterday."""
    home = Path(environment["MOCKINT_HOME"])
    bank = tmp_path / "bank.md"
    bank.write_text(write_bank(Bank("mine", questions=QUESTIONS)), "utf-8")

    async def fill() -> None:
        clock = SteadyClock()
        clock.now = datetime.now(UTC) - timedelta(days=3)
        store = await open_store(home / "mockint.db", clock=clock)
        mine = store.of("local")
        for scores in ((3.0, 4.0, 5.0), (6.0, None, 7.0)):
            await simple_session(mine, scores)
            clock.move(days=1)
        await full_session(mine)
        await store.close()

    asyncio.run(fill())
    return environment | {"MOCKINT_BANK": str(bank)}


@pytest.fixture
def run(seeded: dict[str, str]) -> Run:
    def run_it(*arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            env=seeded | env, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run_it


def steady(text: str) -> str:
    """A screen without what differs each day: dates, times and ids."""
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "DATE", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "SESSION", text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_history_fits_on_a_screen(
    start: Start, seeded: dict[str, str], check_screen: Callable[[str, str], None], language: str
) -> None:
    bank = seeded["MOCKINT_BANK"]
    terminal = start("app.cli.main", "history", MOCKINT_LANGUAGE=language, MOCKINT_BANK=bank)
    assert terminal.end() == 0
    check_screen(f"history-{language}", steady(terminal.text))


def test_the_report_shows_all_on_one_page(
    start: Start, seeded: dict[str, str], check_screen: Callable[[str, str], None]
) -> None:
    terminal = start("app.cli.main", "report", rows=140)
    assert terminal.end() == 0
    check_screen("report", steady(terminal.text))


def test_a_report_on_a_narrow_terminal_stays_inside_it(
    start: Start, seeded: dict[str, str], check_screen: Callable[[str, str], None]
) -> None:
    terminal = start("app.cli.main", "history", columns=46, MOCKINT_LANGUAGE="zh")
    assert terminal.end() == 0
    check_screen("history-narrow", steady(terminal.text))


def test_json_is_all_that_is_printed(run: Run) -> None:
    report = json.loads(run("report", "last", "--format", "json").stdout)
    assert report["overall"]["mean"] == 4.3
    history = json.loads(run("history", "--json").stdout)
    assert [one["mean"] for one in history["sessions"]] == [4.0, 6.5, 4.3]
    assert history["streak"]["days"] == 3
    due = json.loads(run("review", "--json").stdout)
    assert [one["question_id"] for one in due["due"]] == ["q2"]
    assert due["due"] == history["due"]


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        pytest.param("r.html", "<!doctype html>", id="HTML"),
        pytest.param("deep/r.md", "# 面试报告", id="Markdown, in a new folder"),
        pytest.param("r.json", '{\n  "schema": 1', id="JSON"),
        pytest.param("r.txt", "面试报告", id="text"),
    ],
)
def test_the_suffix_says_what_is_written(
    run: Run, tmp_path: Path, name: str, beginning: str
) -> None:
    file = tmp_path / name
    done = run("report", "--out", str(file))
    assert (done.returncode, done.stdout) == (0, b"")
    assert file.read_text("utf-8").startswith(beginning)
    assert [path.name for path in file.parent.glob(".*.part")] == []


def test_what_cannot_be_done_says_what_to_do(run: Run, tmp_path: Path) -> None:
    missing = run("report", "nothing")
    assert missing.returncode == 1
    assert b"mockint: " in missing.stderr
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    refused = run("report", "--out", str(blocked / "r.html"))
    assert refused.returncode == 1
    assert "无法写入" in refused.stderr.decode()


def test_a_review_lists_what_is_due_and_asks_it(start: Start, seeded: dict[str, str]) -> None:
    env = {"MOCKINT_BANK": seeded["MOCKINT_BANK"], "MOCKINT_LANGUAGE": "zh"}
    terminal = start("app.cli.main", "review", **env)
    terminal.wait_for("回车：开始")
    assert "怎样降低网络延迟？" in terminal.text
    terminal.press("enter")
    terminal.wait_for("网络 · 难度 2/3")
    terminal.wait_for("Ctrl-D：发送")
    terminal.type(":计划")
    terminal.press("enter")
    terminal.wait_for("起该复习")
    assert stored(seeded, "sessions.mode")[-1] == "review"


def test_what_is_due_can_be_asked_like_any_other_interview(
    start: Start, seeded: dict[str, str]
) -> None:
    bank = seeded["MOCKINT_BANK"]
    terminal = start("app.cli.main", "ask", "--mode", "review", MOCKINT_BANK=bank)
    terminal.wait_for("怎样降低网络延迟？")
    terminal.wait_for("Ctrl-D：发送")
    assert stored(seeded, "sessions.mode")[-1] == "review"


def test_a_review_can_wait(start: Start, seeded: dict[str, str]) -> None:
    env = {"MOCKINT_BANK": seeded["MOCKINT_BANK"], "MOCKINT_LANGUAGE": "zh"}
    terminal = start("app.cli.main", "review", **env)
    terminal.wait_for("回车：开始")
    terminal.type("n")
    terminal.press("enter")
    assert terminal.end() == 0


@pytest.fixture
def under_way(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose interview is not over, with one answer graded."""
    bank = tmp_path / "bank.md"
    bank.write_text(write_bank(Bank("mine", questions=QUESTIONS)), "utf-8")

    async def fill() -> None:
        store = await open_store(Path(environment["MOCKINT_HOME"], "mockint.db"))
        await simple_session(store.of("local"), (7.7,), mode=SessionMode.INTERVIEW)
        await store.close()

    asyncio.run(fill())
    return environment | {"MOCKINT_BANK": str(bank), "MOCKINT_LANGUAGE": "en"}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("report",), 1, "comes at its end", id="report"),
        pytest.param(("report", "--format", "json"), 1, "comes at its end", id="report as JSON"),
        pytest.param(("history",), 0, "mockint ask", id="history"),
        pytest.param(("history", "--json"), 0, '"ahead": []', id="history as JSON"),
        pytest.param(("review",), 0, "no answer has been graded yet", id="review"),
        pytest.param(("regrade",), 0, "1 belong to interviews that are not over", id="regrade"),
    ],
)
def test_nothing_of_an_interview_is_told_before_its_end(
    under_way: dict[str, str], arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        env=under_way, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code
    assert told in done.stdout + done.stderr
    assert "7.7" not in done.stdout


def test_without_sessions_each_says_how_to_begin(environment: dict[str, str]) -> None:
    for command in ("history", "review"):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", command],
            env=environment | {"MOCKINT_LANGUAGE": "en"}, cwd=ROOT, capture_output=True,
            stdin=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        assert b"mockint ask" in done.stdout
