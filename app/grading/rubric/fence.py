"""Putting the candidate's text into a prompt so that it stays data.

The text stands between two tags whose name ends in a digest of the text itself: no text can hold
the tag that will close it. What could pass for such a tag, for a chat template's role marker or
for nothing at all (invisible and direction characters) is defused. Only spaces are put in and
only invisible characters are taken out, so that quotes from the prompt are still found in the
original by `evidence.locate`, which looks at neither.
"""

import hashlib
import re

from app.grading.invisible import is_invisible

_NEW_LINES = re.compile(r"\r\n?|[\v\f\x1c-\x1f\x85\u2028\u2029]")
_LESS = r"[<＜﹤〈]"
_NAMES = (
    r"answer|system|user|assistant|developer|tool|function|human|ai|think|thinking|s|bos|eos|"
    r"start_of_turn|end_of_turn|begin_of_text|end_of_text|eot_id|im_start|im_end|im_sep|"
    r"key_points?|question|reference|instructions?|sys"
)
_DANGEROUS = re.compile(
    rf"(?P<bar>{_LESS}(?=\s*[|｜¦]))"
    rf"|(?P<tag>{_LESS}(?=\s*[/／]?\s*(?:{_NAMES})\b))"
    rf"|(?P<double>{_LESS}(?={_LESS}))"
    r"|(?P<bracket>[\[［【](?=\s*[/／]?\s*(?:INST|SYS|SYSTEM|ASSISTANT|USER)\b))",
    re.IGNORECASE,
)


def fence(text: str) -> str:
    """The text, defused, between two tags that it cannot contain."""
    defused = defuse(text)
    name = _marker(defused)
    return f"<{name}>\n{defused}\n</{name}>"


def defuse(text: str) -> str:
    """The text without invisible characters, with a space inside everything that acts as markup."""
    lines = _NEW_LINES.sub("\n", text)
    visible = "".join(character for character in lines if not is_invisible(character))
    return _DANGEROUS.sub(lambda match: match[0] + " ", visible)


def _marker(text: str) -> str:
    """`answer-` and eight hex digits; another digest where the text should hold this one."""
    plain, salt = text.casefold(), 0
    while True:
        digest = hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()[:8]
        if digest not in plain:
            return f"answer-{digest}"
        salt += 1
