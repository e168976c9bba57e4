"""What goes wrong under an open interview, and what the person is told; all in real processes."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.bank.writing import write_bank
from app.domain.question import Bank, KeyPoint
from tests.cli.conftest import Start
from tests.cli.material import CHINESE
from tests.cli.test_resume import SEND_HINT, answer, resume, stored, wait_until_stored
from tests.store.test_bad_days import small_disk

__all__ = ["small_disk"]

MODULE = "tests.cli.scripted_ask"
MENU = "n：下一题"


def database_file(environment: dict[str, str]) -> Path:
    return Path(environment["MOCKINT_HOME"], "mockint.db")


def drafts(environment: dict[str, str]) -> list[str]:
    folder = Path(environment["MOCKINT_HOME"], "drafts")
    return [json.loads(file.read_text("utf-8"))["text"] for file in folder.glob("*.json")]


def fill(file: Path) -> None:
    """Leave no room on the disk that the file is on."""
    with file.open("wb", buffering=0) as raw, suppress(OSError):
        while True:
            raw.write(b"x" * 4096)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_a_database_that_stays_locked_is_told_and_the_answer_comes_back(
    start: Start, environment: dict[str, str]
) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    with locked(database_file(environment)):
        answer(terminal, "先做定期备份")
        terminal.wait_for("正在等待数据库")
        terminal.wait_for("正在等待数据库，它可能正被另一个程序占用")
        assert terminal.end() == 1
    assert "is busy with another program" in terminal.text
    assert "Traceback" not in terminal.raw
    again = resume(start)
    again.wait_for("> 先做定期备份")
    again.press("ctrl-d")
    again.wait_for("3.8 / 10")


def test_a_database_that_is_busy_for_a_moment_is_waited_for(
    start: Start, environment: dict[str, str]
) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    with locked(database_file(environment)):
        answer(terminal, "先做定期备份")
        terminal._settle()
    terminal.wait_for("3.8 / 10")
    assert stored(environment, "answers.text") == ["先做定期备份"]


def test_a_database_that_was_taken_away_is_told_and_the_answer_is_kept(
    start: Start, environment: dict[str, str]
) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    for part in database_file(environment).parent.glob("mockint.db*"):
        part.unlink()
    answer(terminal, "先做定期备份")
    assert terminal.end() == 1
    assert "was taken away" in terminal.text
    assert "Traceback" not in terminal.raw
    assert drafts(environment) == ["先做定期备份"]


def test_a_full_disk_is_told_and_nothing_is_half_stored(
    start: Start, environment: dict[str, str], small_disk: Path
) -> None:
    home = small_disk / "home"
    terminal = start(MODULE, "zh", rows=70, MOCKINT_HOME=str(home))
    terminal.wait_for(SEND_HINT)
    wait_until_stored({"MOCKINT_HOME": str(home)}, "turns.question_id", terminal)
    filler = small_disk / "filler"
    fill(filler)
    answer(terminal, "先做定期备份" * 250)
    assert terminal.end() == 1
    assert "no room left" in terminal.text
    assert "请从这里复制" in terminal.text
    assert terminal.text.count("先做定期备份") > 200
    assert "Traceback" not in terminal.raw
    filler.unlink()
    again = start(MODULE, "zh", "resume", MOCKINT_HOME=str(home))
    again.wait_for("继续面试")
    assert stored({"MOCKINT_HOME": str(home)}, "answers.text") == []
    again.kill()


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "bank.md"
    file.write_text(write_bank(Bank("mine", questions=CHINESE)), "utf-8")
    return file


def begin(start: Start, bank: Path, text: str = "先做定期备份"):
    """An interview over the bank that stands at the card of its first question."""
    terminal = start("app.cli.main", "ask", "--questions", "2", MOCKINT_BANK=str(bank))
    answer(terminal, text)
    terminal.wait_for(MENU)
    return terminal


def test_a_question_edited_under_an_open_interview_stays_as_it_was_asked(
    start: Start, environment: dict[str, str], bank: Path
) -> None:
    terminal = start("app.cli.main", "ask", "--questions", "2", MOCKINT_BANK=str(bank))
    terminal.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", terminal)
    terminal.type("先做定期备份，")
    terminal.kill()
    edited = replace(
        CHINESE[0],
        text="这道题已经改成别的了。",
        key_points=(KeyPoint("kp1", "供电", "双路市电。"), KeyPoint("kp9", "制冷", "液冷。")),
    )
    bank.write_text(write_bank(Bank("mine", questions=(edited, CHINESE[1]))), "utf-8")
    again = start("app.cli.main", "ask", "--resume", MOCKINT_BANK=str(bank))
    again.wait_for("> 先做定期备份，")
    assert "这道题已经改成别的了" not in again.text
    again.type("并把副本放到异地，写好恢复预案")
    again.press("ctrl-d")
    again.wait_for("/ 10")
    again.wait_for(MENU)
    assert "供电" not in again.text
    assert "① ✓ 已覆盖" in again.text


def test_a_question_removed_under_an_open_interview_is_left_out_and_named(
    start: Start, environment: dict[str, str], bank: Path
) -> None:
    terminal = begin(start, bank)
    terminal.kill()
    bank.write_text(write_bank(Bank("mine", questions=CHINESE[:1])), "utf-8")
    again = start("app.cli.main", "ask", "--resume", MOCKINT_BANK=str(bank))
    again.wait_for(MENU)
    again.type("n")
    again.press("enter")
    assert again.end() == 0
    assert "scheduling" in again.text
    assert "小结" in again.text


def test_a_bank_that_broke_under_an_open_interview_is_named_and_loses_nothing(
    start: Start, environment: dict[str, str], bank: Path
) -> None:
    begin(start, bank).kill()
    whole = bank.read_text("utf-8")
    bank.write_text("---\nquestions: [", "utf-8")
    broken = start("app.cli.main", "ask", "--resume", MOCKINT_BANK=str(bank))
    assert broken.end() == 1
    assert "bank.md" in broken.text
    assert "Traceback" not in broken.raw
    bank.write_text(whole, "utf-8")
    again = start("app.cli.main", "ask", "--resume", MOCKINT_BANK=str(bank))
    again.wait_for(MENU)


@pytest.mark.usefixtures("database")
def test_two_terminals_on_one_interview_keep_one_answer_and_both_go_on(
    start: Start, environment: dict[str, str]
) -> None:
    first = start(MODULE, "zh")
    first.wait_for(SEND_HINT)
    wait_until_stored(environment, "turns.question_id", first)
    second = resume(start)
    second.wait_for(SEND_HINT)
    answer(first, "定期备份")
    first.wait_for(MENU)
    answer(second, "异地备份")
    second.wait_for("3.8 / 10")
    second.wait_for(MENU)
    assert "这场面试已在另一个窗口继续" in second.text
    assert drafts(environment) == ["异地备份"]
    assert stored(environment, "answers.text") == ["定期备份"]
    assert len(stored(environment, "assessments.seq")) == 1


def test_two_interviews_at_once_do_not_meet(start: Start, environment: dict[str, str]) -> None:
    first, second = start(MODULE, "zh"), start(MODULE, "zh")
    for terminal in (first, second):  # else the second one's box brings back the first one's draft
        terminal.wait_for("Ctrl-C")
    answer(first, "定期备份")
    answer(second, "定期备份，异地备份")
    first.wait_for("3.8 / 10")
    second.wait_for(MENU)
    assert sorted(map(str, stored(environment, "answers.text"))) == [
        "定期备份",
        "定期备份，异地备份",
    ]
    assert len(set(stored(environment, "answers.session_id"))) == 2
