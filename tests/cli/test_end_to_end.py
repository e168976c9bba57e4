"""`mockint ask` as it ships: the real banks, index and graders, and a scripted LLM endpoint."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import ROOT

Check = Callable[[str, str], None]
ANSWER = "定期做全量和增量备份，备份放到另一个城市的机房，有灾难恢复计划并且每季度演练。"
ASK = ("app.cli.main", "ask", "--question", "ai-datacenter-07")


@pytest.fixture
def endpoint() -> Iterator[Callable[..., str]]:
    """Starts a scripted LLM endpoint with a persona; gives its base URL."""
    running: list[subprocess.Popen[str]] = []

    def start_one(persona: str = "heuristic") -> str:
        command = [sys.executable, "-m", "tests.scripted_llm", "--port", "0", "--persona", persona]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return next(word.strip(";") for word in line.split() if word.startswith("http"))

    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def test_an_answer_is_graded_without_key_or_network(start) -> None:
    terminal = start(*ASK)
    terminal.wait_for("Ctrl-D：发送")
    assert "只按相似度评分" in terminal.text
    terminal.type(ANSWER)
    terminal.press("enter", "enter")
    terminal.wait_for("看小结")
    assert "① ✓ 已覆盖" in terminal.text
    terminal.type("n")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "小结" in terminal.text


def test_a_configured_model_is_named_and_judges(start, endpoint) -> None:
    url = endpoint()
    terminal = start(*ASK, OPENAI_BASE_URL=url, MOCKINT_LLM_MODEL="scripted")
    terminal.wait_for("Ctrl-D：发送")
    assert "由模型 scripted 评分" in terminal.text
    assert "回答会发送到 127.0.0.1" in terminal.text
    terminal.type(ANSWER)
    terminal.press("ctrl-d")
    terminal.wait_for("看小结")
    assert "与要点的用词重合" in terminal.text


def test_a_model_that_does_not_answer_leaves_the_answer_ungraded(start) -> None:
    terminal = start(
        *ASK,
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
        MOCKINT_LLM_MODEL="scripted",
        MOCKINT_LLM_ATTEMPTS="1",
        MOCKINT_LLM_DEADLINE="5",
    )
    terminal.wait_for("Ctrl-D：发送")
    terminal.type(ANSWER)
    terminal.press("ctrl-d")
    terminal.wait_for("g：重新评分")
    assert "未评分" in terminal.text
    assert "与各要点的相似度（不是评分）" in terminal.text
    terminal.type("q")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "没有平均分：没有已评分的回答。" in terminal.text


def test_filters_seed_and_number_choose_the_questions(start) -> None:
    arguments = ("--questions", "2", "--tag", "能耗", "--difficulty", "1", "--seed", "7")
    terminal = start("app.cli.main", "ask", *arguments, "--language", "zh")
    terminal.wait_for("难度 1/3")
    terminal.wait_for("Ctrl-D：发送")
    assert "第 1 题" not in terminal.text or "共 2 题" in terminal.text
    terminal.press("ctrl-d", "ctrl-d")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("env", "shown"),
    [
        pytest.param({"LANG": "zh_CN.UTF-8"}, "只按相似度评分", id="Chinese locale"),
        pytest.param({"LANG": "de_DE.UTF-8"}, "graded by similarity only", id="another locale"),
        pytest.param({"LANG": "", "LC_ALL": "C.UTF-8"}, "只按相似度评分", id="no language"),
        pytest.param(
            {"LANG": "de_DE.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "只按相似度评分", id="LC_ALL first"
        ),
        pytest.param(
            {"LANG": "zh_CN.UTF-8", "MOCKINT_LANGUAGE": "en"},
            "graded by similarity only",
            id="the setting before the locale",
        ),
    ],
)
def test_the_language_follows_setting_and_locale(start, env: dict[str, str], shown: str) -> None:
    terminal = start("app.cli.main", "ask", **env)
    terminal.wait_for(shown)
    terminal.wait_for("Ctrl-D")
    terminal.press("ctrl-d", "ctrl-d")
    assert terminal.end() == 0


def test_a_draft_makes_the_next_interview_begin_with_its_question(start) -> None:
    first = start(*ASK)
    first.wait_for("Ctrl-D：发送")
    first.type("先做备份")
    first.press("ctrl-c")
    assert first.end() == 130
    second = start("app.cli.main", "ask")
    second.wait_for("> 先做备份")
    assert "备份和灾难恢复" in second.text
