"""The interview on a real terminal, from the first question to the summary."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

MODULE = "tests.cli.scripted_ask"
GOOD = "我们会做定期备份，每天一次增量；也有一点异地备份，FALSE 快照就等于备份。"
MORE = "另外不演练，PLUS 还会做不可变备份防勒索。"
SEND_HINT = "空行或 Ctrl-D：发送"
MENU = "n：下一题"
LAST_MENU = "回车：看小结"

Check = Callable[[str, str], None]


def drafts(environment: dict[str, str]) -> list[str]:
    files = Path(environment["MOCKINT_HOME"]).glob("drafts/*.json")
    return [json.loads(file.read_text("utf-8"))["text"] for file in files]


def sent_answers(environment: dict[str, str]) -> list[str]:
    with closing(sqlite3.connect(Path(environment["MOCKINT_HOME"], "mockint.db"))) as database:
        return [text for (text,) in database.execute("SELECT text FROM answers ORDER BY seq")]


def test_a_whole_interview_in_chinese(start, check_screen: Check) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    check_screen("interview-zh-1-question", terminal.text)
    terminal.type(GOOD)
    terminal.press("enter")
    terminal.type(MORE)
    terminal.press("enter", "enter")
    terminal.wait_for(MENU)
    check_screen("interview-zh-2-graded", terminal.text)
    terminal.type("n")
    terminal.press("enter")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    terminal.type("用容器化，加上负载均衡")
    terminal.press("ctrl-d")
    terminal.wait_for(LAST_MENU)
    terminal.press("enter")
    assert terminal.end() == 0
    check_screen("interview-zh-3-summary", terminal.text)


def test_a_whole_interview_in_english_on_a_narrow_terminal(start, check_screen: Check) -> None:
    terminal = start(MODULE, "en", columns=40, rows=70)
    terminal.wait_for("draft kept")
    terminal.type("We run scheduled backups and half off-site copies")
    terminal.press("enter", "enter")
    terminal.wait_for("n: next question")
    terminal.type("n")
    terminal.press("enter")
    terminal.wait_for("How do you schedule compute well?")
    terminal.wait_for("draft kept")
    terminal.type(":skip")
    terminal.press("enter")
    assert terminal.end() == 0
    check_screen("interview-en-narrow", terminal.text)


def test_a_paste_keeps_its_blank_lines_and_sends_nothing(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.paste("第一段：定期备份。\n\n第二段：异地备份。\n")
    terminal.wait_for("第二段：异地备份。")
    assert "置信度" not in terminal.text
    terminal.press("enter")
    terminal.wait_for(MENU)
    assert "  第一段：①定期备份。\n\n  第二段：②异地备份。" in terminal.text


def test_a_paste_that_the_terminal_does_not_mark_is_not_sent_at_its_first_blank_line(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.paste("定期备份。\n\n异地备份。", bracketed=False)
    terminal.wait_for("异地备份。")
    assert "置信度" not in terminal.text
    terminal.press("enter", "enter")
    terminal.wait_for(MENU)
    assert "①定期备份。" in terminal.text
    assert "②异地备份。" in terminal.text


def test_an_empty_box_sends_nothing(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.press("enter")
    terminal.wait_for("还没有写内容")
    terminal.type("定期备份")
    terminal.wait_for(SEND_HINT)


def test_an_unknown_command_is_not_taken_for_an_answer(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("：答案")
    terminal.press("enter")
    terminal.wait_for("：答案 不是命令")


def test_a_command_without_its_colon_is_asked_about_before_it_is_graded(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("跳过")
    terminal.press("ctrl-d")
    terminal.wait_for("“跳过”也是命令。你是想用 :跳过 吗？")
    terminal.press("enter")
    terminal.wait_for("第 2 题，共 2 题")


def test_too_long_an_answer_is_refused_and_stays_in_the_box(start) -> None:
    terminal = start(MODULE, "zh", MOCKINT_ANSWER_LIMIT="100")
    terminal.wait_for(SEND_HINT)
    terminal.paste("定期备份" * 26)
    terminal.wait_for("定期备份定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("回答有 104 个字符，上限是 100。请删减后再发送。")
    assert terminal.text.count("定期备份") >= 20


@pytest.mark.parametrize("command", [":reference", "：参考", ":r"])
def test_the_reference_on_request_keeps_the_answer_out_of_the_average(start, command) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type(command)
    terminal.press("enter")
    terminal.wait_for("不演练的备份等于没有备份。")
    terminal.wait_for("回车：下一题")
    terminal.type("a")
    terminal.press("enter")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("回车：下一题")
    terminal.type("q")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "没有平均分" in terminal.text
    assert "看过参考答案后作答 1 题" in terminal.text


def test_answering_again_starts_from_the_last_answer(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    terminal.type("a")
    terminal.press("enter")
    terminal.wait_for("> 定期备份")
    terminal.type("，异地备份，恢复预案")
    terminal.press("ctrl-d")
    terminal.wait_for("8.8 / 10")
    terminal.wait_for(MENU)
    assert "与上一次作答相比  3.8 → 8.8\n  + 未讲到   → 已覆盖    异地备份" in terminal.text
    terminal.type("退出")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "平均 8.8 / 10，按 1 个已评分的回答计算" in terminal.text


def test_an_answer_that_could_not_be_graded_can_be_graded_once_more(start, check_screen) -> None:
    terminal = start(MODULE, "zh", SCRIPT_UNGRADED="1")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("g：重新评分")
    check_screen("ungraded-zh", terminal.text)
    terminal.type("g")
    terminal.press("enter")
    terminal.wait_for("3.8 / 10")


def test_earlier_answers_come_back_with_the_up_key(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    terminal.type("n")
    terminal.press("enter")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    terminal.press("up")
    terminal.wait_for("> 定期备份")


def test_ctrl_c_keeps_the_draft_and_the_next_interview_brings_it_back(start, environment) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("先做定期备份")
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "写下的内容已保存" in terminal.text
    assert "Traceback" not in terminal.raw
    assert drafts(environment) == ["先做定期备份"]
    again = start(MODULE, "zh")
    again.wait_for("> 先做定期备份")
    assert "草稿已经恢复" in again.text


def test_a_killed_terminal_loses_nothing_that_was_typed(start, environment) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("先做定期备份")
    terminal.kill()
    assert drafts(environment) == ["先做定期备份"]


def test_ctrl_c_while_grading_keeps_the_answer_that_was_sent(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_DELAY="600")
    terminal.wait_for(SEND_HINT)
    terminal.type("先做定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("正在评分（6 字）")
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "面试已保存" in terminal.text
    assert "Traceback" not in terminal.raw
    assert drafts(environment) == []
    assert sent_answers(environment) == ["先做定期备份"]


def test_ctrl_c_at_the_menu_still_sums_up(start, environment) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "面试已保存" in terminal.text
    assert "平均 3.8 / 10" in terminal.text
    assert drafts(environment) == []


def test_ctrl_d_in_an_empty_box_ends_the_interview_at_the_second_time_only(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.press("ctrl-d")
    terminal.wait_for("再按一次 Ctrl-D 就结束面试；想以后接着答，请按 Ctrl-C 离开。")
    terminal.press("ctrl-d")
    assert terminal.end() == 0


def test_a_second_ctrl_d_behind_an_answer_only_asks_and_an_unknown_choice_is_named(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    terminal.press("ctrl-d")
    terminal.wait_for("再按一次 Ctrl-D 就结束面试")
    terminal.type("什么")
    terminal.press("enter")
    terminal.wait_for("“什么”不是这里的选项。")
    terminal.wait_until_gone("再按一次")
    terminal.press("ctrl-d")
    terminal.wait_for("再按一次 Ctrl-D 就结束面试")
    terminal.press("ctrl-d")
    assert terminal.end() == 0


def test_the_warm_up_never_writes_into_the_box(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_NOISE="1")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    assert "NOISE" not in terminal.raw


def test_a_grader_that_cannot_open_is_told_when_the_answer_is_sent(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_FAIL="1")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    assert terminal.end() == 1
    assert "The index cannot be opened. Delete the folder and start again." in terminal.text
    assert "Traceback" not in terminal.raw
    assert sent_answers(environment) == ["定期备份"]


def test_leaving_does_not_wait_for_the_warm_up(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_SLOW="600")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "写下的内容已保存" in terminal.text


def test_ctrl_c_while_waiting_for_the_warm_up_keeps_the_answer(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_SLOW="600")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("正在准备评分")
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert sent_answers(environment) == ["定期备份"]


def test_keys_pressed_while_grading_wait_for_the_next_prompt_unseen(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_DELAY="1.2")
    terminal.wait_for(SEND_HINT)
    terminal.type("定期备份")
    terminal.press("ctrl-d")
    terminal.wait_for("正在评分")
    terminal.press("enter")
    terminal.wait_for("这道题还有一个重要的方面没有说到")


def test_a_window_made_narrow_meanwhile_gets_narrow_lines(start) -> None:
    terminal = start(MODULE, "zh")
    terminal.wait_for(SEND_HINT)
    terminal.resize(44, 60)
    terminal.type(GOOD)
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    assert "② 异地备份\n  ~ 部分覆盖 ▰▰▱▱▱  48%\n  只提到了名字" in terminal.text


def test_an_answer_longer_than_the_window_can_still_be_sent(start) -> None:
    terminal = start(MODULE, "zh", columns=60, rows=14)
    terminal.wait_for(SEND_HINT)
    terminal.paste("\n".join(f"第 {number} 行：定期备份" for number in range(1, 61)))
    terminal.wait_for("第 60 行")
    assert SEND_HINT in terminal.text
    terminal.press("enter", "enter")
    terminal.wait_for(MENU)


def test_without_colours_nothing_is_coloured(start) -> None:
    terminal = start(MODULE, "zh", NO_COLOR="1")
    terminal.wait_for(SEND_HINT)
    terminal.type(GOOD)
    terminal.press("ctrl-d")
    terminal.wait_for(MENU)
    assert "\x1b[31m" not in terminal.raw
    assert "\x1b[32m" not in terminal.raw
    assert "38;" not in terminal.raw
    assert "已覆盖" in terminal.text


def test_a_dumb_terminal_is_served_line_by_line(start, check_screen) -> None:
    terminal = start(MODULE, "en", TERM="dumb", LANG="en_GB.UTF-8")
    terminal.wait_for("> ")
    terminal.type("We run scheduled backups")
    terminal.press("enter")
    terminal.type("and half off-site copies")
    terminal.press("enter", "enter")
    terminal.wait_for("n: next question")
    terminal.type("q")
    terminal.press("enter")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    check_screen("dumb-en", terminal.text)
