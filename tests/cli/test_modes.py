"""The mode `interview` keeps a poker face; the clock is shown and cuts nothing off."""

from tests.cli.test_resume import answer, resume, stored

MODULE = "tests.cli.scripted_ask"
SEND_HINT = "空行或 Ctrl-D：发送"
AT_ONCE = {"SCRIPT_PATIENCE": "0"}


def test_an_interview_asks_on_and_shows_nothing_before_its_end(
    start, environment, check_screen
) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="0.3")
    answer(terminal, "定期备份，一点异地备份")
    terminal.wait_for("我们在这道题上再停一会儿。")
    answer(terminal, "恢复预案")
    terminal.wait_for("你说“一点异地备份”。具体会怎么做？")
    answer(terminal, "异地备份")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    assert "/ 10" not in terminal.text
    check_screen("poker-face-zh-1-asked-on", terminal.text)
    answer(terminal, "容器化，负载均衡")
    assert terminal.end() == 0
    check_screen("poker-face-zh-2-end", terminal.text)
    assert stored(environment, "sessions.status") == ["ended"]


def test_killed_on_the_way_everything_is_graded_at_the_end(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="600", **AT_ONCE)
    answer(terminal, "定期备份")
    terminal.wait_for("第 2 题")
    terminal.kill()
    again = resume(start)
    again.wait_for("第 2 题")
    answer(again, "容器化，负载均衡")
    assert again.end() == 0
    assert "平均 6.9 / 10，按 2 个已评分的回答计算" in again.text


def test_killed_at_a_follow_up_the_interview_goes_on_with_it_and_tells_no_verdict(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview")
    answer(terminal, "定期备份")
    terminal.wait_for("追问")
    terminal.kill()
    again = resume(start)
    again.wait_for("追问")
    again.wait_for(SEND_HINT)
    assert "/ 10" not in again.text
    assert "3.8" not in again.text
    assert "未讲到" not in again.text


def test_leaving_an_interview_tells_nothing_of_it(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview")
    answer(terminal, "定期备份")
    terminal.wait_for("追问")
    terminal.wait_for(SEND_HINT)
    terminal._settle()
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "小结" not in terminal.text
    assert "3.8" not in terminal.text


def test_leaving_while_something_is_graded_in_the_background_is_quick_and_kept(
    start, environment
) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="600", **AT_ONCE)
    answer(terminal, "定期备份")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.raw
    assert "面试已保存" in terminal.text
    assert stored(environment, "sessions.status") == ["paused"]


def test_the_clock_runs_beside_the_box(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MINUTES="10")
    terminal.wait_for("本题用时 0:00 / 5:00")
    terminal.wait_for("本题用时 0:02 / 5:00")
    answer(terminal, "定期备份")
    terminal.wait_for("3.8 / 10")
