"""The mode `interview` keeps a poker face; the clock is shown and cuts nothing off."""

from tests.cli.test_resume import answer, resume, stored

MODULE = "tests.cli.scripted_ask"
SEND_HINT = "空行或 Ctrl-D：发送"


def test_an_interview_shows_nothing_before_its_end(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="0.3")
    answer(terminal, "定期备份")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    assert "好，记下了。" in terminal.text
    assert "/ 10" not in terminal.text
    terminal.type("容器化，负载均衡")
    terminal.press("ctrl-d")
    assert terminal.end() == 0
    assert "10.0 / 10" in terminal.text
    assert "平均 6.9 / 10，按 2 个已评分的回答计算" in terminal.text
    assert len(stored(environment, "assessments.seq")) == 2
    assert stored(environment, "sessions.status") == ["ended"]


def test_killed_on_the_way_everything_is_graded_at_the_end(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="600")
    answer(terminal, "定期备份")
    terminal.wait_for("第 2 题")
    terminal.kill()
    again = resume(start)
    again.wait_for("第 2 题")
    answer(again, "容器化，负载均衡")
    assert again.end() == 0
    assert "平均 6.9 / 10，按 2 个已评分的回答计算" in again.text


def test_leaving_an_interview_tells_nothing_of_it(start) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview")
    answer(terminal, "定期备份")
    terminal.wait_for("第 2 题")
    terminal.wait_for(SEND_HINT)
    terminal._settle()
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert "小结" not in terminal.text
    assert "3.8" not in terminal.text


def test_leaving_while_something_is_graded_in_the_background_is_quick_and_kept(
    start, environment
) -> None:
    terminal = start(MODULE, "zh", SCRIPT_MODE="interview", SCRIPT_DELAY="600")
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
