"""Talk that is no answer: questions back, small talk, and what the interviewer replies.

Without a model nobody can be sure, so the rule only raises a doubt: the face then asks whether
the text is meant as the answer. A text of some length never raises it.
"""

import re
from enum import StrEnum

from app.domain.question import Question
from app.language.messages import translator

LONGEST_REMARK = 80
"""Characters; whoever writes more has begun to answer, whatever it ends with."""


class Talk(StrEnum):
    """What a text may be, if it is no answer."""

    ASKS_BACK = "asks_back"
    SMALL_TALK = "small_talk"


_ASKS = re.compile(
    r"[?？吗呢么]\s*[。.!！]*$"
    r"|^(?:请问|什么意思|没(?:听|看)(?:懂|清|明白)|能(?:不能|否)?(?:再)?(?:解释|重复|说)|指的是|你是(?:说|指))"
    r"|^(?:do you mean|what do you mean|could you|can you|sorry,? (?:what|could)|pardon|which one|"
    r"i (?:don'?t|do not) understand|please (?:explain|repeat))\b",
    re.IGNORECASE,
)
_CHATS = re.compile(
    r"^(?:你好|您好|嗨|谢谢|多谢|好的?|嗯+|哦+|等(?:一下|等|会)|稍等|让我想想|我想想|在吗|"
    r"hi|hello|hey|thanks|thank you|ok(?:ay)?|sure|well|hmm+|one moment|let me think|wait)"
    r"(?:\s*[，,。.!！~…]*\s*)$",
    re.IGNORECASE,
)


def talk_of(text: str) -> Talk | None:
    """What a text may be instead of an answer; None where it is taken for one at once."""
    words = text.strip()
    if not words or len(words) > LONGEST_REMARK:
        return None
    if _CHATS.search(words):
        return Talk.SMALL_TALK
    return Talk.ASKS_BACK if _ASKS.search(words) else None


def explanation(question: Question) -> str:
    """The question in other terms: what it is about, and how an answer can be built."""
    say = translator("interview", question.language)
    parts = []
    about = say(", ").join(part for part in (question.topic, *question.tags) if part)
    if about:
        parts.append(say("It is about: {about}.").format(about=about))
    count = len(question.key_points)
    if count > 1:
        parts.append(
            say(
                "A good answer makes {count} separate points, and for each says what you would "
                "do and why it helps."
            ).format(count=count)
        )
    parts.append(
        say("Take it in general where it leaves something open, and say what you assumed.")
    )
    return joined(parts, question.language)


def reply_to(talk: Talk, question: Question) -> str:
    """What the interviewer says to it."""
    if talk is Talk.ASKS_BACK:
        return explanation(question)
    return translator("interview", question.language)("Take your time. I am listening.")


def joined(sentences: list[str], language: str) -> str:
    """Sentences one behind the other, as the language writes them."""
    return ("" if language.startswith("zh") else " ").join(sentences)
