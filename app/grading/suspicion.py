"""Signs that an answer is about its grade rather than about the question.

Each sign alone is harmless and now and then honest, so it takes nothing away: it only makes the
grader strict, that is, no verdict may be better than what similarity sees. An honest answer with
such a sign loses what it implies without saying it, and nothing else.
"""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator

from app.embedding.terms import TermSource
from app.grading.clauses import Span
from app.grading.evidence import fold
from app.grading.invisible import is_invisible
from app.grading.orders import find_orders, sentences_around

MOST_INVISIBLE = 2
"""Invisible characters that a copied text may carry without meaning to."""

MOST_FOREIGN = 6
"""Letters of scripts other than Chinese, Latin and Greek that a term may bring along."""

_HARMLESS = frozenset("\ufeff\u200d\ufe0f\u00ad\r\u200b\u200e\u200f")

_CHINESE = (
    "(?<!质量)评分(?!卡|模型|器(?!必须|请|应)|函数|矩阵|用)|满分|扣分|零分|高分|低分|加分|(?<![多还再])要点|阅卷|考官|面试官|候选人|评委|批改|答卷|评卷|本回答|"
    "此回答|本答案|(?<!没有)(?<!没)标准答案|参考答案|批语|(?<!不)及格|考生|应聘|判为|判定为|采分|求求|拜托|起诉|体谅|高抬贵手|键盘|"
    "网开一面|手下留情|法外开恩|高抬贵手|行个方便|通融|律师|出题人|命题人|主考|监考|"
    "没(?:说|写|提|讲)到的(?:部分|内容|地方|也)|当作(?:我)?(?:已经)?(?:说|答|讲|写)|默认我|"
    "之前(?:已经)?(?:说过|答过|讲过)|懂的都懂|前面说过|前面所说|刚才说过|口头|抱歉|对不起|[求劳烦望请]您|您(?:高抬|抬|通融|行行好|大人|也知道|看着|就)|要點|滿分|評分|判為"
)
_ENGLISH = (
    "graders?|graded|grading|rubrics?|examiners?|interviewers?|candidates?|evaluators?|assessors?|"
    "full marks?|full credit|top marks?|high marks?|low marks?|verdicts?|key points?|this answer|"
    "my answer|my previous answer|transcript|last reviewer|reviewer's|forgive|hiring|recruiter|"
    "my score|a score|scores? (?:under|below|above)|assume the rest|please|sorry|apologi[sz]e|"
    "lawyers?|attorneys?|will sue|sue you|pretend|have mercy|beg you|trust me|believe me|"
    "earlier in (?:this|the|our) (?:interview|conversation|talk)|as i (?:said|explained) (?:before|"
    "earlier|above)|take my word|on my word|turn a blind eye|look the other way|let it slide|"
    "as if i had|everything i say|i deserve|entitled to|nothing is missing|no gaps|"
    "kp ?[0-9]+|follow up field|this message|above (?:answer|text)|untrusted|trusted text|"
    "the (?:answer|text|message|line|block|draft) (?:above|below)|the next line|marked down|"
    "(?:each|every|all of the|the (?:first|second|third|fourth|last)) points?|this once|"
    "(?:a|one|full|low|high|top|perfect) marks?|be (?:kind|lenient|generous|merciful)|"
    "your (?:logs|servers|instructions|prompt|guidelines|reply|evaluation|output|format|task|role|"
    "draft)|unfair(?:ly|ness)? (?:against|to me|graded|marked)|hereby|to explain it|brevity|"
    "(?:reference|model|previous|last) answer|i know far more|grade (?:it|me|this|that|the one)|"
    "(?:type|write|repeat|say) it again"
)
_TALK = re.compile(f"{_CHINESE}|(?<![a-z])(?:{_ENGLISH})(?![a-z])")
_ADDRESS = re.compile(
    r"(?:^|[，。；！\n（(])\s*请(?!求|教|假)|\b10/10\b|\bfollow_up\b", re.MULTILINE
)
_BLOB = re.compile(
    r"[A-Za-z0-9+/]{40,}={0,2}|(?:\\u[0-9a-fA-F]{4}){3,}|(?:[0-9a-fA-F]{2}[ :]){12,}"
)
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")
_LOOKALIKES = frozenset({"CYRILLIC", "CHEROKEE", "ARMENIAN"})
_LONGEST_UNIT = 5  # μs and Δmax are honest, ignοre with a Greek letter is not
_KNOWN_SCRIPTS = ("CJK", "LATIN", "GREEK", "FULLWIDTH", "IDEOGRAPHIC")


_MORSE = re.compile(r"(?:[.·–-]{1,6}[\s/|]+){6,}")
_SAME_SIGN = re.compile(r"([^\s\d=\-*#_.~|+])\1{29,}")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_VERDICT_WORD = re.compile(r"(?<![a-z])(?:covered|partial|missing|contradicted)(?![a-z])")

_LATIN_WORD = re.compile(
    r"(?<![^\W_\u3400-\u9fff])[^\W\d_\u3400-\u9fff]{3,}(?![^\W_\u3400-\u9fff])"
)
_LEET = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]{4})[a-z0-9]*[a-z][0-9][a-z][a-z0-9]*", re.IGNORECASE)
_MOST_LEET = 2
_PIECE = re.compile(r"[^。！？!?；;\n]+")
_FEWEST_WORDS = 6
_STRANGE = 1.9
"""Pieces a word from which a sentence is in no language that the word vectors know: about 1.1 in
English, 1.6 where product names crowd, above 2 in other languages, reversed or garbled text."""

_LONG = 600
_DISTINCT = 0.35
"""Share of sentences that differ, below which a long text repeats itself for length's sake."""

_MOST_MARKS = 3


def is_suspicious(answer: str, terms: TermSource | None = None) -> bool:
    """Whether an answer talks about grades, hides something, or is written in disguise.

    `terms` knows the words of the languages that answers are in; without it that check is left
    out.
    """
    plain = fold(answer).text
    return bool(
        _TALK.search(plain)
        or len(set(_VERDICT_WORD.findall(plain))) > 1
        or _ADDRESS.search(answer)
        or _BLOB.search(answer)
        or any({*".-"} <= {*match[0]} for match in _MORSE.finditer(answer))
        or _hides_characters(answer)
        or _is_disguised(answer)
        or _is_padded(answer)
        or any(find_orders(text) for text in _decoded(answer))
        or (terms is not None and _is_strange(answer, terms))
    )


def find_asides(answer: str) -> tuple[Span, ...]:
    """The sentences that talk about the grade, the grader or the answer itself: no claims."""
    folded = fold(answer)
    hits = [
        (folded.starts[match.start()], folded.ends[match.end() - 1])
        for match in _TALK.finditer(folded.text)
    ]
    return sentences_around(answer, hits) if hits else ()


def _decoded(answer: str) -> Iterator[str]:
    """What the text says when it is read in ways that a model might be told to."""
    readings = (answer[::-1], html.unescape(answer), codecs.encode(answer, "rot13"))
    yield from (text for text in readings if text != answer)


def _is_padded(answer: str) -> bool:
    """Whether a text is long because it says the same again and again."""
    if _SAME_SIGN.search(answer):
        return True
    if len(answer) < _LONG:
        return False
    pieces = [piece.strip() for piece in _PIECE.findall(answer.replace(". ", "\n"))]
    pieces = [re.sub(r"\d+", "", piece) for piece in pieces if piece]
    return len(set(pieces)) < _DISTINCT * len(pieces)


def _is_strange(answer: str, source: TermSource) -> bool:
    """Whether a sentence is made of words that are neither Chinese nor English."""
    if len(set(_LEET.findall(answer))) > _MOST_LEET:
        return True
    for piece in _PIECE.findall(answer):
        words = list(_LATIN_WORD.finditer(piece))
        if len(words) < _FEWEST_WORDS:
            continue
        terms = source.terms(piece)
        inside = (
            int(((terms.starts >= word.start()) & (terms.ends <= word.end())).sum())
            for word in words
        )
        if sum(inside) >= _STRANGE * len(words):
            return True
    return False


def _hides_characters(answer: str) -> bool:
    hidden = sum(is_invisible(c) and c not in _HARMLESS for c in answer)
    harmless = sum(c in _HARMLESS and c != "\r" for c in answer)
    turned = _DIRECTIONS.search(answer) is not None
    return turned or hidden > MOST_INVISIBLE or harmless > max(8, len(answer) // 20)


def _is_disguised(answer: str) -> bool:
    """Whether words mix scripts, or many letters are of scripts that the product has no use for."""
    if sum(map(_is_dressed, answer)) > _MOST_MARKS:
        return True
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


def _is_dressed(character: str) -> bool:
    """Whether it is a mark over a letter, or a letter in a box, a circle or small capitals."""
    if character.isascii():
        return False
    if unicodedata.category(character) == "Mn":
        return True
    name = unicodedata.name(character, "")
    return "LETTER SMALL CAPITAL" in name or bool(_BOXED.search(name))


_BOXED = re.compile("(?:SQUARED|CIRCLED|PARENTHESIZED) LATIN")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0].split("-")[0]
