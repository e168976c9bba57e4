"""The person settles the verdicts with one key each."""

from tests.cli.test_resume import answer, stored

MODULE = "tests.cli.scripted_ask"
MENU = "n：下一题"


def begin(start, text: str = "一点定期备份，异地备份"):
    terminal = start(MODULE, "zh")
    answer(terminal, text)
    terminal.wait_for(MENU)
    terminal.type("c")
    terminal.press("enter")
    terminal.wait_for("核对 1/4")
    return terminal


def press(terminal, key: str) -> None:
    terminal._child.send(key)
    terminal._settle()


def test_one_key_settles_a_key_point_and_both_verdicts_are_kept(
    start, environment, check_screen
) -> None:
    terminal = begin(start)
    check_screen("self-check-zh", terminal.text)
    press(terminal, "1")
    terminal.wait_for("核对 2/4")
    terminal.press("enter")
    terminal.wait_for("核对 3/4")
    press(terminal, "2")
    terminal.wait_for("核对 4/4")
    press(terminal, "s")
    terminal.wait_for("按你的核对得 7.5 / 10；系统建议 4.4。")
    terminal.wait_for("回车：下一题")
    assert "~ 部分覆盖 → ✓ 已覆盖  定期备份" in terminal.text
    assert stored(environment, "assessments.judged_by") == ["similarity", "candidate"]
    assert stored(environment, "assessments.score") == [4.4, 7.5]


def test_the_rest_can_be_left_as_suggested_at_once(start, environment) -> None:
    terminal = begin(start)
    press(terminal, "s")
    terminal.wait_for("全部照建议；按你的核对得 4.4 / 10。")
    assert stored(environment, "assessments.score") == [4.4, 4.4]


def test_ctrl_c_in_the_middle_changes_nothing(start, environment) -> None:
    terminal = begin(start)
    press(terminal, "4")
    terminal.wait_for("核对 2/4")
    terminal.press("ctrl-c")
    assert terminal.end() == 130
    assert stored(environment, "assessments.judged_by") == ["similarity"]


def test_a_terminal_without_single_keys_takes_lines(start) -> None:
    terminal = start(MODULE, "en", TERM="dumb", LANG="en_GB.UTF-8")
    terminal.wait_for("> ")
    terminal.type("half off-site copies")
    terminal.press("enter", "enter")
    terminal.wait_for("c: check it yourself")
    for key, next_up in (("c", "Check 1 of 4"), ("1", "Check 2 of 4"), ("s", "your own check")):
        terminal.type(key)
        terminal.press("enter")
        terminal.wait_for(next_up)
    assert "By your own check 5.0 / 10; 1.2 was suggested." in terminal.text
