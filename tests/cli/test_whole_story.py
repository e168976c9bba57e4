"""One person's whole way on a real terminal: plan, answers, dispute, kill, report, review.

The banks, index, graders and store are the ones that ship; the model is the scripted endpoint.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Start, Terminal
from tests.cli.test_resume import SEND_HINT, answer

JOB = "任职要求：\n1、熟悉容灾备份与故障恢复；\n2、优化机房能耗，降低PUE；\n3、会弹钢琴；"
MENU, NEXT = "n：下一题", "回车：下一题"
ENGLISH = "We rehearse failover every quarter and keep spare capacity in a second region."
CHINESE = "关键设备都做冗余，双路供电，N+1 的制冷。"


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The base URL of a scripted model."""
    command = [sys.executable, "-m", "tests.scripted_llm", "--port", "0", "--persona", "heuristic"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield next(word.strip(";") for word in line.split() if word.startswith("http"))
        process.kill()


def steady(text: str) -> str:
    """A screen without what differs each time, nor the figures of similarity."""
    text = re.sub(r"[▰▱]+ +\d+%", "SIMILARITY", text)
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "DATE", text)
    text = re.sub(r"\d+ 秒", "N 秒", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "SESSION", text)


def command(terminal: Terminal, text: str) -> None:
    terminal.wait_for(SEND_HINT)
    terminal.type(text)
    terminal.press("enter")


def choose(terminal: Terminal, key: str, shown: str) -> None:
    terminal.type(key)
    terminal.press("enter")
    terminal.wait_for(shown)


def let_days_pass(environment: dict[str, str]) -> None:
    file = Path(environment["MOCKINT_HOME"], "mockint.db")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE cards SET due_at = '2026-01-01 00:00:00.000000'")


def test_from_the_plan_to_the_review(
    start: Start,
    environment: dict[str, str],
    endpoint: str,
    check_screen: Callable[[str, str], None],
) -> None:
    model = {"OPENAI_BASE_URL": endpoint, "MOCKINT_LLM_MODEL": "scripted"}

    def check(name: str, terminal: Terminal) -> None:
        check_screen(f"story-{name}", steady(terminal.text))

    first = start(
        "app.cli.main", "ask", "--jd", JOB, "--questions", "2", "--seed", "1", rows=90, **model
    )
    first.wait_for(SEND_HINT)
    check("1-plan", first)
    answer(first, CHINESE)
    first.wait_for(MENU)
    check("2-graded", first)
    first.press("enter")
    answer(first, ENGLISH)
    first.wait_for("本题得分")
    first.wait_for(NEXT)
    choose(first, "d", "对哪一条有异议？")
    choose(first, "1", "用一句话")
    choose(first, "双路供电就是为了故障恢复", NEXT)
    check("3-disputed", first)
    first.press("enter")
    first.wait_for("第 2 题")
    command(first, ":提示")
    first.wait_for("提示 1/3")
    first.wait_for(SEND_HINT)
    first.type("先看 PUE")
    first.kill()

    second = start("app.cli.main", "ask", rows=90, **model)
    second.wait_for("上次的面试还没有结束：2 题中已完成 1 题。")
    second.press("enter")
    second.wait_for("> 先看 PUE")
    check("4-resumed", second)
    second.press("ctrl-u")
    command(second, ":跳过")
    assert second.end() == 0
    check("5-summary", second)

    report = start("app.cli.main", "report", rows=120)
    assert report.end() == 0
    check("6-report", report)

    let_days_pass(environment)
    review = start("app.cli.main", "review", rows=60)
    review.wait_for("以后再说\n>")
    check("7-review", review)
    review.press("enter")
    review.wait_for(SEND_HINT)
