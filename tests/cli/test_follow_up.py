"""Follow-ups, hints and talk at the keyboard, and what a kill in the middle of them leaves."""

import pytest

from tests.cli.test_resume import answer, resume, stored

MODULE = "tests.cli.scripted_ask"
SEND_HINT = "空行或 Ctrl-D：发送"
MENU = "n：下一题"
FOLLOW_UP = "这道题还有一个重要的方面没有说到"


def command(terminal, text: str) -> None:
    terminal.wait_for(SEND_HINT)
    terminal.type(text)
    terminal.press("enter")


def ask_follow_up(terminal, first: str = "一点定期备份，异地备份") -> None:
    answer(terminal, first)
    terminal.wait_for(MENU)
    terminal.press("enter")
    terminal.wait_for(FOLLOW_UP)


def test_a_follow_up_aims_at_what_is_missing_and_lifts_the_question(start, check_screen) -> None:
    terminal = start(MODULE, "zh")
    ask_follow_up(terminal)
    answer(terminal, "写好恢复预案")
    terminal.wait_for("本题得分从 4.4 升到 6.9。")
    terminal.wait_for(MENU)
    check_screen("follow-up-zh", terminal.text)


def test_after_two_follow_ups_the_next_question_is_the_default(start, environment) -> None:
    terminal = start(MODULE, "zh")
    ask_follow_up(terminal)
    answer(terminal, "这个我没有想过")
    terminal.wait_for("本题得分仍是 4.4。")
    terminal.wait_for(MENU)
    terminal.press("enter")
    terminal.wait_for("具体怎么做？为什么这样做有效？")
    command(terminal, ":skip")
    terminal.wait_for("回车：下一题")
    assert stored(environment, "answers.step") == [0, 1]


@pytest.mark.parametrize("delay", ["0", "600"], ids=["unanswered", "being graded"])
def test_killed_at_a_follow_up_it_goes_on_there(start, environment, delay: str) -> None:
    terminal = start(MODULE, "zh")
    ask_follow_up(terminal)
    if delay == "0":
        terminal.wait_for(SEND_HINT)
        terminal.type("写好恢复")
        terminal.kill()
        again = resume(start)
        again.wait_for(FOLLOW_UP)
        again.wait_for("> 写好恢复")
        again.type("预案")
        again.press("ctrl-d")
    else:
        terminal.kill()
        second = resume(start, SCRIPT_DELAY=delay)
        answer(second, "写好恢复预案")
        second.wait_for("正在评分")
        second.kill()
        again = resume(start)
    again.wait_for("本题得分从 4.4 升到 6.9。")
    assert stored(environment, "answers.text") == ["一点定期备份，异地备份", "写好恢复预案"]
    assert len(stored(environment, "assessments.seq")) == 3


def test_hints_come_in_three_steps_and_say_what_they_cost(start, check_screen) -> None:
    terminal = start(MODULE, "en", LANG="en_GB.UTF-8")
    terminal.wait_for("draft kept")
    for step in (1, 2, 3):
        terminal.type(":hint")
        terminal.press("enter")
        terminal.wait_for(f"Hint {step} of 3")
        terminal.wait_for("draft kept")
    terminal.type(":hint")
    terminal.press("enter")
    terminal.wait_for("That was the last hint.")
    terminal.wait_for("draft kept")
    terminal.type("scheduled backups")
    terminal.press("ctrl-d")
    terminal.wait_for("n: next question")
    check_screen("hints-en", terminal.text)


@pytest.mark.parametrize("word", [":help", "：帮助", ":命令"])
def test_the_commands_are_listed_on_request(start, word: str) -> None:
    terminal = start(MODULE, "zh")
    command(terminal, word)
    terminal.wait_for(":退出  结束面试")
    for shown in (":提示", ":重复", ":解释", ":跳过", ":参考", ":暂停"):
        assert shown in terminal.text


def test_a_question_back_is_not_graded_unless_the_person_says_so(start, environment) -> None:
    terminal = start(MODULE, "zh")
    answer(terminal, "你指的是哪一类数据？")
    terminal.wait_for("这是你的回答吗？")
    terminal.type("n")
    terminal.press("enter")
    terminal.wait_for("这道题考的是：存储与备份、备份容灾。")
    answer(terminal, "定期备份吗？")
    terminal.wait_for("n：不是，只是问问")
    terminal.press("enter")
    terminal.wait_for("3.8 / 10")
    assert stored(environment, "answers.text") == ["定期备份吗？"]


def test_a_pause_ends_with_success_and_can_be_taken_up(start, environment) -> None:
    terminal = start(MODULE, "zh")
    command(terminal, ":hint")
    terminal.wait_for("提示 1/3")
    command(terminal, "：暂停")
    assert terminal.end() == 0
    assert stored(environment, "sessions.status") == ["paused"]
    again = resume(start)
    command(again, ":hint")
    again.wait_for("提示 2/3")
