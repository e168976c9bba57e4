"""Signs that an answer is about its grade rather than about the question.

Each sign alone is harmless and now and then honest, so it takes nothing away: it only makes the
grader strict, that is, no verdict may be better than what similarity sees. An honest answer with
such a sign loses what it implies without saying it, and nothing else.
"""

import re
import unicodedata

from app.grading.evidence import fold
from app.grading.invisible import is_invisible

MOST_INVISIBLE = 2
"""Invisible characters that a copied text may carry without meaning to."""

MOST_FOREIGN = 6
"""Letters of scripts other than Chinese, Latin and Greek that a term may bring along."""

_HARMLESS = frozenset("\ufeff\u200d\ufe0f\u00ad\r\u200b\u200e\u200f")

_CHINESE = (
    "评分(?!卡|模型|器|函数|矩阵|用)|满分|扣分|零分|高分|低分|加分|要点|阅卷|考官|面试官|候选人|评委|批改|答卷|评卷|本回答|"
    "此回答|本答案|标准答案|参考答案|批语|及格|考生|应聘|判为|判定为|采分|求求|拜托|起诉|体谅|高抬贵手|键盘|"
    "懂的都懂|前面说过|前面所说|刚才说过|口头|抱歉|对不起|您|要點|滿分|評分|判為"
)
_ENGLISH = (
    "graders?|graded|grading|rubrics?|examiners?|interviewers?|candidates?|evaluators?|assessors?|"
    "full marks?|full credit|top marks?|high marks?|low marks?|verdicts?|key points?|this answer|"
    "my answer|my previous answer|transcript|last reviewer|reviewer's|forgive|hiring|recruiter|"
    "my score|a score|scores? (?:under|below|above)|assume the rest|please|sorry|apologi[sz]e|"
    "kp ?[0-9]+|follow up field"
)
_TALK = re.compile(f"{_CHINESE}|(?<![a-z])(?:{_ENGLISH})(?![a-z])")
_ADDRESS = re.compile(
    r"(?:^|[，。；！\n（(])\s*请(?!求|教|假)|\b10/10\b|\bfollow_up\b", re.MULTILINE
)
_BLOB = re.compile(
    r"[A-Za-z0-9+/]{40,}={0,2}|(?:\\u[0-9a-fA-F]{4}){3,}|(?:[0-9a-fA-F]{2}[ :]){12,}"
)
_WORD = re.compile(r"[^\W\d_]+")
_LOOKALIKES = frozenset({"CYRILLIC", "CHEROKEE", "ARMENIAN"})
_LONGEST_UNIT = 5  # μs and Δmax are honest, ignοre with a Greek letter is not
_KNOWN_SCRIPTS = ("CJK", "LATIN", "GREEK", "FULLWIDTH", "IDEOGRAPHIC")


def is_suspicious(answer: str) -> bool:
    """Whether an answer talks about grades, hides characters, or is written in disguise."""
    return bool(
        _TALK.search(fold(answer).text)
        or _ADDRESS.search(answer)
        or _BLOB.search(answer)
        or _hides_characters(answer)
        or _is_disguised(answer)
    )


def _hides_characters(answer: str) -> bool:
    hidden = sum(is_invisible(c) and c not in _HARMLESS for c in answer)
    harmless = sum(c in _HARMLESS and c != "\r" for c in answer)
    return hidden > MOST_INVISIBLE or harmless > max(8, len(answer) // 20)


def _is_disguised(answer: str) -> bool:
    """Whether words mix scripts, or many letters are of scripts that the product has no use for."""
    foreign = 0
    for word in _WORD.findall(unicodedata.normalize("NFKC", answer)):
        if word.isascii():
            continue
        scripts = {_script(letter) for letter in word}
        foreign += sum(_script(letter) not in _KNOWN_SCRIPTS for letter in word)
        if "LATIN" in scripts and scripts & _LOOKALIKES:
            return True
        if {"LATIN", "GREEK"} <= scripts and len(word) >= _LONGEST_UNIT:
            return True
    return foreign > MOST_FOREIGN


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0].split("-")[0]
