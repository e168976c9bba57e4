"""The marks of the Markdown bank format, and how text that looks like a mark is told apart.

Reader and writer share the patterns, so that whatever is written is read back. Two rules escape:
a line of text that would be taken for structure gets a backslash before it, and so does each
`<!--` and each stray chat token inside a line. Reading takes exactly that backslash away.
"""

import re

_NUMBER = r"(?>[0-9０-９]{1,6}(?:[.．][0-9０-９]{1,6}){0,4})"
_ASKED = r"(?:Q|q|问题?|题目?|第|[Qq]uestion)"
_NUMBERED = re.compile(
    rf"(?:{_ASKED}\s*)?[(（\[【]?({_NUMBER})\s*(?:[.．、:：)）\]】]|题\s*[:：.、]?)\s*"
    rf"|{_ASKED}\s*({_NUMBER})\s+"
    r"|([0-9]{1,6}(?:\.[0-9]{1,6}){1,4})\s+"
)
_ANSWER_WORD = (
    r"(?:(?:参考|标准|示例)?(?:答案|回答|解答)(?:示例|要点|解析)?"
    r"|(?:reference |model |sample |suggested )?answer|ans)"
)
_COLON = r"\s*[:：]\s*"
_ANSWER = re.compile(
    rf"(?:\*\*{_ANSWER_WORD}{_COLON}\*\*|\*\*{_ANSWER_WORD}\*\*(?:{_COLON}|\s*$)"
    rf"|{_ANSWER_WORD}{_COLON})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SHORT_ANSWER = re.compile(r"(?:\*\*(?:A|答)\s*[:：]\s*\*\*|(?:A|答)\s*[:：])\s*(.*)", re.DOTALL)
_ANSWER_HEADING = re.compile(rf"{_ANSWER_WORD}\s*[:：]?|解析|答", re.IGNORECASE)
_QUESTION_LINE = re.compile(
    rf"\*\*(?:Q|问题?|题目?|Question)\s*({_NUMBER})?\s*[:：.、]\s*\*\*\s*(.*)"
    rf"|(?:Q|问题?|题目?|Question)\s*({_NUMBER})?\s*[:：]\s*(.*)"
)
_NUMBERED_LINE = re.compile(
    r"\*\*([0-9]{1,6})[.、]\s*([^*]+)\*\*\s*$|([0-9]{1,6})[.、](?!\s*\*\*)(.*[?？])\s*$"
)
_ITEM = re.compile(
    r"(?:[-*+•·●▪◦](?:\s+|$)|-(?=\*\*)|[0-9０-９]{1,3}(?:[.．](?![0-9])|[、)）])\s*"
    r"|[(（][0-9０-９]{1,2}[)）]\s*|[①-⑳]\s*)"
)
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|(?:- ){2,}-|(?:\* ){2,}\*)\s*$")
_FOLLOW_WORD = r"(?:追问|follow[- ]?up(?: question)?)"
_FOLLOW_UP = re.compile(
    rf"(?:[-*+•]\s*)?(?:\*\*{_FOLLOW_WORD}{_COLON}\*\*|\*\*{_FOLLOW_WORD}\*\*{_COLON}"
    rf"|{_FOLLOW_WORD}{_COLON})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_WORDINGS_WORD = r"(?:(?:也|还)可以说|also said)"
_WORDINGS = re.compile(
    rf"(?:[-*+•]\s*)?(?:\*\*{_WORDINGS_WORD}{_COLON}\*\*|\*\*{_WORDINGS_WORD}\*\*{_COLON}"
    rf"|{_WORDINGS_WORD}{_COLON})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHAT_MARK = r"<\|[A-Za-z][A-Za-z0-9_]{0,40}\|>"
_STRAY_TOKEN = re.compile(rf"(?<!\\){_CHAT_MARK}")
_MARK_INSIDE = re.compile(rf"<!--|{_CHAT_MARK}")
_ESCAPED_INSIDE = re.compile(rf"\\(<!--|{_CHAT_MARK})")


def numbered(text: str) -> tuple[str, str] | None:
    """Number and text of a numbered heading such as `7. …`, `第3题：…`, `Q2 …` or `1.2 …`."""
    if match := _NUMBERED.match(text):
        number = match[1] or match[2] or match[3]
        return number, text[match.end() :].strip()
    return None


def asks(text: str) -> bool:
    """Whether a heading without a number is a question all the same."""
    return text.endswith(("?", "？"))


def answer_line(line: str, *, short: bool) -> str | None:
    """What follows `答案：` or `Answer:` at the start of a line; also `A:`, `答：` if `short`."""
    if line[:1] not in "*参标示答回解RrMmSsAa":
        return None
    match = _ANSWER.match(line) or (_SHORT_ANSWER.match(line) if short else None)
    return match[1] if match else None


def is_answer_heading(text: str) -> bool:
    """Whether a heading says no more than that the answer follows."""
    return _ANSWER_HEADING.fullmatch(text) is not None


def question_line(line: str) -> tuple[str | None, str] | None:
    """Number (or None) and text of a line such as `Q: …`, `问：…`, `**1. …**` or `2. …？`."""
    first = line[:1]
    if first in "Qq问题*":
        match = _QUESTION_LINE.match(line)
        if match:
            return match[1] or match[3], (match[2] or match[4] or "").strip()
    if first == "*" or first.isdigit():
        match = _NUMBERED_LINE.match(line)
        if match:
            return match[1] or match[3], (match[2] or match[4]).strip()
    return None


def item_text(line: str) -> str | None:
    """What follows the bullet or number of a list item, or None where there is none."""
    match = _ITEM.match(line)
    if match is None or _RULE.match(line):
        return None
    return line[match.end() :]


def split_title(text: str) -> tuple[str, str] | None:
    """Bold title and the rest of `**title：** rest`, the title still escaped."""
    if not text.startswith("**") or (end := text.find("**", 3)) < 0:
        return None
    return text[2:end].strip(), text[end + 2 :]


def escape_title(title: str) -> str:
    """A title as it can stand between `**` and a colon."""
    if _is_nested_mark(title.lstrip("\\") + ":"):
        title = "\\" + title
    return escape_inside(title).replace("*", "\\*")


def unescape_title(text: str) -> str:
    """The inverse of `escape_title`."""
    title = unescape_inside(text.replace("\\*", "*"))
    if title.startswith("\\") and _is_nested_mark(title.lstrip("\\") + ":"):
        title = title[1:]
    return title


def follow_up_text(line: str) -> str | None:
    """What follows `- 追问：` or `- Follow-up:`."""
    match = _FOLLOW_UP.match(line)
    return match[1].strip() if match else None


def wordings_text(line: str) -> str | None:
    """What follows `- 也可以说：` or `- Also said:`."""
    match = _WORDINGS.match(line)
    return match[1].strip() if match else None


def _is_nested_mark(line: str) -> bool:
    return bool(_FOLLOW_UP.match(line) or _WORDINGS.match(line))


def is_rule(line: str) -> bool:
    """Whether the line is a thematic break."""
    return _RULE.match(line) is not None


def opens_fence(line: str) -> str | None:
    """The run of backticks or tildes that opens a fenced block of code."""
    if not line.startswith(("```", "~~~")):
        return None
    match = _FENCE.match(line)
    return (match[1] or match[2]) if match else None


def closes_fence(line: str, run: str) -> bool:
    """Whether a stripped line closes the fence that `run` opened."""
    return len(line) >= len(run) and not line.strip(run[0]) and line.startswith(run)


def split_tokens(line: str) -> list[str]:
    """A line cut at chat tokens that a model left in: at either end, or before a heading.

    A token in the middle of a sentence is text.
    """
    pieces: list[str] = []
    start = begin = 0
    for match in _STRAY_TOKEN.finditer(line):
        before, after = line[begin : match.start()], line[match.end() :].lstrip()
        if not before.strip() or not after or after.startswith("#") or match.start() == begin:
            pieces.append(line[start : match.start()])
            start = begin = match.end()
    pieces.append(line[start:])
    return [piece for piece in pieces if piece.strip()] or [""]


def split_comment(text: str) -> tuple[str, str | None]:
    """Text and the comment that ends it, if there is one."""
    if not text.endswith("-->"):
        return text, None
    start = text.rfind("<!--")
    if start < 0 or (start and text[start - 1] == "\\"):
        return text, None
    return text[:start].rstrip(), text[start + 4 : -3]


def is_structure(line: str) -> bool:
    """Whether a stripped line outside of key points would be taken for a mark, not for text."""
    return bool(
        line.startswith("#")
        or opens_fence(line)
        or _ITEM.match(line)
        or _RULE.match(line)
        or _ANSWER.match(line)
        or _SHORT_ANSWER.match(line)
        or question_line(line)
    )


def is_nested_structure(line: str) -> bool:
    """The same for a line inside a key point."""
    return bool(opens_fence(line) or _is_nested_mark(line))


def is_heading_mark(text: str) -> bool:
    """Whether the text of a topic's heading would make it a question or an answer."""
    return bool(asks(text) or numbered(text) or is_answer_heading(text))


def escape_inside(text: str) -> str:
    """`text` with a backslash before each comment mark and chat token."""
    return _MARK_INSIDE.sub(r"\\\g<0>", text) if "<" in text else text


def unescape_inside(text: str) -> str:
    """The inverse of `escape_inside`."""
    return _ESCAPED_INSIDE.sub(r"\1", text) if "\\<" in text else text
