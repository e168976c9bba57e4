"""Disputing a verdict at the keyboard."""

import pytest

from tests.cli.test_resume import answer, stored

MODULE = "tests.cli.scripted_ask"
MENU = "n：下一题"


def dispute(terminal) -> None:
    answer(terminal, "定期备份，一点异地备份")
    terminal.wait_for("d：对判定有异议")
    for reply, shown in (("d", "对哪一条有异议"), ("1", "用一句话说明")):
        terminal.type(reply)
        terminal.press("enter")
        terminal.wait_for(shown)
    terminal.type("我说了放到外地")
    terminal.press("enter")


@pytest.mark.parametrize(
    ("verdict", "shown", "scores"),
    [
        pytest.param("covered", "改判：部分覆盖 → 已覆盖。", [5.0, 6.2], id="changed"),
        pytest.param("missing", "维持原判：部分覆盖。", [5.0, 5.0], id="upheld"),
    ],
)
def test_a_disputed_verdict_is_judged_again_and_both_are_kept(
    start, environment, verdict: str, shown: str, scores: list[float]
) -> None:
    terminal = start(MODULE, "zh", SCRIPT_JUDGE=verdict)
    dispute(terminal)
    terminal.wait_for(shown)
    terminal.wait_for(MENU)
    assert stored(environment, "assessments.score") == scores


def test_a_dispute_can_be_dropped_with_enter(start, environment) -> None:
    terminal = start(MODULE, "zh", SCRIPT_JUDGE="covered")
    answer(terminal, "定期备份，一点异地备份")
    terminal.wait_for("d：对判定有异议")
    terminal.type("d")
    terminal.press("enter")
    terminal.wait_for("对哪一条有异议")
    terminal.press("enter")
    terminal.wait_for(MENU)
    assert len(stored(environment, "assessments.score")) == 1
