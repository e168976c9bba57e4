"""Moving data between machines, grading it anew and deleting it, as scripts and people do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.cli.test_resume import answer, stored


def mockint(environment: dict[str, str], *arguments: str, **env: str):
    command = [sys.executable, "-m", "app.cli.main", *arguments]
    return subprocess.run(
        command,
        env=environment | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def practised(start, environment: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who has answered one question."""
    terminal = start("tests.cli.scripted_ask", "zh")
    answer(terminal, "定期备份，异地备份")
    terminal.wait_for("n：下一题")
    terminal.type("q")
    terminal.press("enter")
    assert terminal.end() == 0
    return environment


def test_an_export_moves_everything_to_another_machine_once(practised, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    done = mockint(practised, "export", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert "已把 1 场面试导出到" in done.stdout
    other = practised | {"MOCKINT_HOME": str(tmp_path / "other")}
    assert "新增 1 场" in mockint(other, "import", str(file)).stdout
    assert "原已有 1 场" in mockint(other, "import", str(file)).stdout
    assert stored(other, "answers.text") == stored(practised, "answers.text")
    assert stored(other, "assessments.score") == stored(practised, "assessments.score")


def test_a_damaged_file_is_refused_and_nothing_taken_in(practised, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    mockint(practised, "export", str(file))
    file.write_bytes(file.read_bytes()[:-40])
    other = practised | {"MOCKINT_HOME": str(tmp_path / "other")}
    done = mockint(other, "import", str(file))
    assert done.returncode == 1
    assert "已损坏" in done.stderr
    assert stored(other, "sessions.id") == []


def test_regrading_keeps_the_old_grade_and_shows_both(practised) -> None:
    before = stored(practised, "assessments.score")
    done = mockint(practised, "regrade", "--grader", "similarity")
    assert done.returncode == 0, done.stderr
    after = stored(practised, "assessments.score")
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert f"{before[0]:.1f} → {after[-1]:.1f}" in done.stdout
    assert "重新评分 1 个回答" in done.stdout


def test_a_rubric_without_a_model_says_what_to_set(practised) -> None:
    done = mockint(practised, "regrade", "--grader", "rubric")
    assert done.returncode == 1
    assert "MOCKINT_LLM_MODEL" in done.stderr


def test_forgetting_asks_first_and_then_leaves_no_trace(practised, start) -> None:
    terminal = start("app.cli.main", "forget", "--session", "last")
    terminal.wait_for("永久删除这场面试及其回答和评分")
    terminal.type("删")
    terminal.press("enter")
    terminal.wait_for("“删”不是这里的选项。")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "没有删除任何内容" in terminal.text
    assert len(stored(practised, "sessions.id")) == 1
    done = mockint(practised, "forget", "--all", "--yes")
    assert "已永久删除 1 场面试" in done.stdout
    assert stored(practised, "sessions.id") == []
    home = Path(practised["MOCKINT_HOME"])
    for file in home.glob("mockint.db*"):
        assert "异地备份".encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("forget", "--yes"), id="neither"),
        pytest.param(("forget", "--all", "--session", "last", "--yes"), id="both"),
        pytest.param(("forget", "--all"), id="nobody to ask"),
    ],
)
def test_forgetting_without_saying_what_is_wrong_usage(environment, arguments) -> None:
    done = mockint(environment, *arguments)
    assert done.returncode == 2
    assert not Path(environment["MOCKINT_HOME"], "mockint.db").exists()


def test_an_export_is_readable_by_its_owner_alone(practised, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    mockint(practised, "export", str(file))
    assert file.stat().st_mode & 0o077 == 0
