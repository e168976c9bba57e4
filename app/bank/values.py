"""From what people write in metadata and table cells to typed values. Each raises ValueError."""

import math
import re
from collections.abc import Iterable

from app.errors import filled

_DIFFICULTIES = {
    "1": ("easy", "beginner", "junior", "basic", "简单", "容易", "初级", "基础", "易", "低"),
    "2": ("medium", "intermediate", "normal", "中等", "中级", "一般", "中"),
    "3": ("hard", "difficult", "advanced", "senior", "expert", "困难", "高级", "难", "高"),
}
_DIFFICULTY_WORDS = {word: int(level) for level, words in _DIFFICULTIES.items() for word in words}
_LANGUAGE_WORDS = {
    "chinese": "zh",
    "中文": "zh",
    "汉语": "zh",
    "cn": "zh",
    "english": "en",
    "英文": "en",
    "英语": "en",
}
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9-_]{1,30})?")
_TAG_GAP = re.compile(r"[,，、;；|]")


def difficulty_of(value: object) -> int:
    """A whole number, or a word for it such as `hard` or `困难`; the range is checked later."""
    text = str(value).strip().lower()
    if text in _DIFFICULTY_WORDS:
        return _DIFFICULTY_WORDS[text]
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number.is_integer() or abs(number) > 1000:
        raise ValueError(filled("difficulty is {text!r}, not 1, 2 or 3", text=text[:40]))
    return int(number)


def weight_of(value: object) -> float:
    """A number; whether it is positive is checked later."""
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise ValueError(filled("weight is {text!r}, not a number", text=text[:40]))
    return number


def language_of(value: object) -> str:
    """A BCP 47 primary tag (`zh`, `en`) from a tag or the language's name."""
    text = str(value).strip().lower()
    if word := _LANGUAGE_WORDS.get(text):
        return word
    if match := _LANGUAGE.fullmatch(text):
        return match[1]
    raise ValueError(filled("language is {text!r}, not a tag such as zh or en", text=text[:40]))


def wordings_of(value: object) -> tuple[str, ...]:
    """Wordings from a list, or from text with one a line or several between semicolons."""
    if isinstance(value, list):
        if any(not isinstance(part, str) for part in value):
            raise ValueError(filled("wordings is not a list of texts"))
        return tuple(value)
    return tuple(str(value).splitlines())


def tags_of(value: object) -> tuple[str, ...]:
    """Tags from a list, or from text that separates them by commas, semicolons or bars."""
    parts: Iterable[object] = value if isinstance(value, list) else _TAG_GAP.split(str(value))
    tags = [part if isinstance(part, str) else str(part) for part in parts]
    if isinstance(value, list) and any(isinstance(part, (list, dict)) for part in value):
        raise ValueError(filled("tags is not a list of words"))
    return tuple(tag.strip() for tag in tags if tag.strip())
