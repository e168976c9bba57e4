"""A terminal that is killed at any step loses nothing that was sent."""

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from tests.postgresql import column_of

MODULE = "tests.cli.scripted_ask"
SEND_HINT = "空行或 Ctrl-D：发送"
MENU = "n：下一题"


def stored(environment: dict[str, str], column: str) -> list[object]:
    """A column in the order that its rows were written in; nothing where there is no table yet."""
    table, name = column.split(".")
    try:
        if url := environment.get("MOCKINT_DATABASE_URL"):
            return column_of(url, table, name)
        return _stored_in_file(Path(environment["MOCKINT_HOME"], "mockint.db"), table, name)
    except (asyncpg.UndefinedTableError, sqlite3.OperationalError):
        return []


def _stored_in_file(file: Path, table: str, name: str) -> list[object]:
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as database:
        return [row[0] for row in database.execute(f"SELECT {name} FROM {table} ORDER BY rowid")]


def resume(start, **env: str):
    terminal = start(MODULE, "zh", "resume", **env)
    terminal.wait_for("继续面试")
    return terminal


def answer(terminal, text: str) -> None:
    terminal.wait_for(SEND_HINT)
    terminal.type(text)
    terminal.press("ctrl-d")


def wait_until_stored(environment: dict[str, str], column: str, terminal) -> None:
    for _ in range(100):
        terminal._settle()
        if stored(environment, column):
            return
    raise AssertionError(f"nothing in {column}")


@pytest.mark.usefixtures("database")
def test_killed_when_the_plan_is_stored_the_interview_goes_on_with_its_first_question(
    start, environment
) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    terminal.type("先做定期备份")
    terminal.kill()
    again = resume(start)
    again.wait_for("> 先做定期备份")
    assert "第 1 题，共 2 题" in again.text
    assert len(stored(environment, "sessions.id")) == 1


@pytest.mark.parametrize(
    ("trouble", "database"),
    [
        pytest.param(
            {"SCRIPT_SLOW": "600"}, "sqlite", id="the answer is stored and no grader is open"
        ),
        pytest.param({"SCRIPT_DELAY": "600"}, "sqlite", id="the answer is being graded"),
        pytest.param({"SCRIPT_DELAY": "600"}, "postgresql", id="the same on PostgreSQL"),
    ],
    indirect=["database"],
)
@pytest.mark.usefixtures("database")
def test_killed_before_the_grade_the_answer_is_graded_once_on_resuming(
    start, environment, trouble: dict[str, str]
) -> None:
    terminal = start(MODULE, "zh", **trouble)
    answer(terminal, "先做定期备份")
    terminal.wait_for("正在")
    wait_until_stored(environment, "answers.text", terminal)
    terminal._settle()
    terminal.kill()
    again = resume(start)
    again.wait_for("3.8 / 10")
    again.wait_for(MENU)
    assert stored(environment, "answers.text") == ["先做定期备份"]
    assert len(stored(environment, "assessments.seq")) == 1


def test_killed_at_the_card_the_card_comes_back(start, environment) -> None:
    terminal = start(MODULE, "zh")
    answer(terminal, "先做定期备份")
    terminal.wait_for(MENU)
    terminal.kill()
    again = resume(start)
    again.wait_for(MENU)
    assert "3.8 / 10" in again.text
    assert len(stored(environment, "assessments.seq")) == 1


def test_killed_between_two_questions_the_second_is_asked(start, environment) -> None:
    terminal = start(MODULE, "zh")
    answer(terminal, "先做定期备份")
    terminal.wait_for(MENU)
    terminal.type("n")
    terminal.press("enter")
    terminal.wait_for("第 2 题")
    terminal.kill()
    again = resume(start)
    again.wait_for(SEND_HINT)
    assert "第 2 题，共 2 题" in again.text
    again.type(":skip")
    again.press("enter")
    assert again.end() == 0
    assert "平均 3.8 / 10，按 1 个已评分的回答计算" in again.text
    assert stored(environment, "sessions.status") == ["ended"]


def test_leaving_before_anything_was_sent_leaves_no_session_behind(start, environment) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert stored(environment, "sessions.id") == []


def test_an_open_interview_is_offered_and_taken_up_with_one_key(start) -> None:
    first = start("app.cli.main", "ask", "--question", "ai-datacenter-07")
    answer(first, "定期做全量和增量备份，备份放到另一个城市的机房。")
    first.wait_for("看小结")
    first.press("ctrl-c")
    assert first.end() == 130
    assert "mockint ask --resume" in first.text
    second = start("app.cli.main", "ask")
    second.wait_for("上次的面试还没有结束：1 题中已完成 1 题。")
    second.press("enter")
    second.wait_for("看小结")
    assert "①" in second.text


def test_a_new_interview_can_be_begun_instead_and_the_old_one_still_taken_up(
    start, environment
) -> None:
    first = start("app.cli.main", "ask", "--question", "ai-datacenter-07")
    answer(first, "定期做全量和增量备份。")
    first.wait_for("看小结")
    first.kill()
    second = start("app.cli.main", "ask")
    second.wait_for("n：重新开始一场")
    second.type("n")
    second.press("enter")
    second.wait_for("第 1 题，共 5 题")
    second.wait_for(SEND_HINT)
    second.press("ctrl-d", "ctrl-d")
    assert second.end() == 0
    (name,) = stored(environment, "sessions.id")
    third = start("app.cli.main", "ask", "--resume", str(name)[:6])
    third.wait_for("看小结")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param((), "没有进行中的面试。", id="nothing open"),
        pytest.param(("abc",), "没有匹配“abc”的面试。", id="unknown name"),
    ],
)
def test_resuming_what_is_not_there_says_so(start, arguments, message) -> None:
    terminal = start("app.cli.main", "ask", "--resume", *arguments)
    assert terminal.end() == 1
    assert message in terminal.text
    assert "Traceback" not in terminal.text


def test_a_database_that_cannot_be_used_is_told_and_the_answer_is_kept(start, environment) -> None:
    home = Path(environment["MOCKINT_HOME"])
    home.mkdir()
    (home / "mockint.db").write_bytes(b"not a database, but long enough to be taken for one" * 40)
    terminal = start(MODULE, "zh")
    answer(terminal, "先做定期备份")
    assert terminal.end() == 1
    assert "mockint.db" in terminal.text
    assert "Traceback" not in terminal.text
    assert len(list((home / "drafts").glob("*.json"))) == 1
