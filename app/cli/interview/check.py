"""The self-check at the keyboard: one key a key point."""

from collections.abc import Sequence

from app.cli.screen.box import Box
from app.cli.screen.check import check_lines, check_menu
from app.cli.screen.stage import Stage
from app.domain.assessment import Verdict
from app.interview.self_check import VERDICT_KEYS, CheckItem

REST = "s"


def check(items: Sequence[CheckItem], box: Box, stage: Stage) -> dict[str, Verdict] | None:
    """The person's verdicts by key point; None where input ends. KeyboardInterrupt on Ctrl-C."""
    verdicts: dict[str, Verdict] = {}
    for number, item in enumerate(items, start=1):
        stage.show(check_lines(item, number, len(items), stage.look))
        key = box.pick(check_menu(stage.look), "".join((*VERDICT_KEYS, REST)))
        if key is None:
            return None
        if key == REST:
            stage.blank()
            break
        verdicts[item.point.id] = VERDICT_KEYS.get(key, item.suggested.verdict)
        stage.blank()
    return verdicts
