"""What a person can say instead of an answer, in either language."""

from dataclasses import dataclass
from enum import StrEnum

from app.interview.conversation import Choice

COLONS = (":", "：")
SIGNS = (*COLONS, "/", "／")
"""What a command may stand behind: a colon, or the slash of other programs."""
ENDINGS = ".!。！…~ "
LONGEST_COMMAND = 24


class Action(StrEnum):
    """What the person wants to happen."""

    SEND = "send"
    SKIP = "skip"
    REFERENCE = "reference"
    HINT = "hint"
    REPEAT = "repeat"
    EXPLAIN = "explain"
    PLAN = "plan"
    PAUSE = "pause"
    HELP = "help"
    QUIT = "quit"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Entry:
    """What came out of the answer box; `text` is what stood in it."""

    action: Action
    text: str = ""


WORDS: dict[Action, tuple[str, ...]] = {
    Action.SKIP: ("skip", "s", "跳过"),
    Action.REFERENCE: ("reference", "ref", "r", "参考", "参考答案"),
    Action.HINT: ("hint", "h", "提示"),
    Action.REPEAT: ("repeat", "重复", "重复题目", "再说一遍"),
    Action.EXPLAIN: ("explain", "e", "解释", "解释题目"),
    Action.PLAN: ("plan", "计划"),
    Action.PAUSE: ("pause", "p", "暂停"),
    Action.HELP: ("help", "commands", "帮助", "命令"),
    Action.QUIT: ("quit", "q", "exit", "end", "退出", "结束"),
}
YES = ("", "y", "yes", "ok", "是", "对", "好", "好的", "继续")
NO = ("n", "no", "q", "new", "新", "不", "否", "不是", "不要")
CHOICE_WORDS: dict[Choice, tuple[str, ...]] = {
    Choice.FOLLOW_UP: ("f", "follow", "追问"),
    Choice.NEXT: ("next", "n", "下一题", "继续"),
    Choice.AGAIN: ("again", "a", "再答", "再答一次"),
    Choice.REGRADE: ("grade", "g", "重评", "重新评分"),
    Choice.CHECK: ("check", "c", "自评", "核对"),
    Choice.APPEAL: ("dispute", "d", "appeal", "申诉", "异议"),
    Choice.REFERENCE: WORDS[Action.REFERENCE],
    Choice.END: WORDS[Action.QUIT],
}


def is_command(text: str) -> bool:
    """Whether the text looks like a command: one short word behind a colon, or a known one first.

    What stands behind a known word, as in ":skip please", does not matter.
    """
    line = text.strip().rstrip(ENDINGS)
    if not line.startswith(SIGNS) or not 1 < len(line) <= LONGEST_COMMAND or "\n" in line:
        return False
    return line[1:].isalpha() or _meaning(line[1:].split()[0]) is not None


def begins_command(text: str) -> bool:
    """Whether the text is a command, or could become one with the next keys."""
    return text.strip() in COLONS or is_command(text)


def command_of(text: str) -> Action | None:
    """The command that the text is, or None."""
    if not is_command(text):
        return None
    return _meaning(text.strip()[1:].rstrip(ENDINGS).split()[0])


def bare_command(text: str) -> Action | None:
    """The command that the text would be behind a colon, where it is nothing but its word."""
    return _meaning(text.strip())


def _meaning(word: str) -> Action | None:
    folded = word.casefold()
    return next((action for action, words in WORDS.items() if folded in words), None)


def is_yes(reply: str) -> bool | None:
    """Whether a reply agrees; None where it is neither a yes nor a no. Enter agrees."""
    word = reply.strip().removeprefix(":").removeprefix("：").strip().casefold()
    if word in YES:
        return True
    return False if word in NO else None


def choice_of(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """What was chosen from a menu: a letter or a word of either language, colon or not.

    Nothing at all is the first of what was offered.
    """
    word = text.strip().removeprefix(":").removeprefix("：").strip().casefold()
    if not word:
        return offered[0]
    return next((choice for choice in offered if word in CHOICE_WORDS[choice]), None)
