"""Passages that a speaker takes up only to deny them: “it is not true that …”, “并不是……”.

A bag of words hears the denied statement as if it had been made. Only phrases that deny a whole
statement count; a plain “not” belongs to the words beside it and is for `polarity`.
"""

import re
from collections.abc import Iterator

from app.grading.clauses import Span

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")

_WRONG = (
    r"(?:是?(?:错误?的|不对的?|不正确的?|不成立的?|有误的?|误解|误区|谣言|胡说)|"
    r"站不住脚|不是(?:真的|事实|这样的?))"
)
_CLAIM = (
    r"(?:这|那|该|此|以上|上面)(?:种|个|些|类|一)?(?:说法|观点|看法|想法|理解|认识|结论|做法|话)?"
)
_VERDICT_ZH = rf"{_CLAIM}(?:就|都|完全|根本|其实|明显)*{_WRONG}(?:了|啊|吧)?"
_VERDICT_EN = (
    r"(?:(?:this|that|which) is|that['’]s|(?:this|that|the) (?:claim|idea|statement|view|notion|"
    r"belief|advice)(?: that .+)? is) (?:(?:simply|just|completely|plainly|quite) )?"
    r"(?:false|wrong|untrue|incorrect|not (?:true|right|correct|the case)|a (?:myth|misconception))"
)
_AFTER = re.compile(rf"{_VERDICT_ZH}|\b{_VERDICT_EN}(?=\W*$)", re.I)
"""Says of what stands before it that it is wrong."""

_BEFORE = re.compile(
    r"(?:(?:我|我们|本人)(?:并不|不|从不)|并不)(?:认为|觉得|同意|赞成|赞同|相信|认可|支持)(?!的)"
    r"|(?:我|我们)反对|(?:并不是|并非|绝非|绝不是)(?!所有|每|全|只|仅|单|说|越|完全|什么|绝对)"
    r"|不是说(?!不)|谁说|别信"
    r"|\bit(?: is|['’]s) (?:simply |just )?(?:not (?:true|right|correct|the case|so) that|"
    r"(?:false|wrong|untrue|incorrect|a myth|a mistake|a misconception) "
    r"(?:that|to (?:say|think|claim|believe)))"
    r"|\bit isn['’]t (?:true|right|correct|the case|so) that"
    r"|\b(?:i|we) (?:do not|don['’]t|would not|wouldn['’]t|never) "
    r"(?:think|believe|agree|accept|say|claim)\b"
    r"|\b(?:i|we) (?:disagree|deny) (?:that|with)|\bby no means\b",
    re.I,
)
"""Denies what stands behind it."""

_TURN = re.compile(
    r"[，,、：:—\s](?:而|要|得|应|必须|关键|重点|其实|实际|事实|主要|但|不过|只是|是|反而|正确|真正|"
    r"需要|还|恰恰|相反|正好)|\b(?:but|rather|instead)\b|"
    r"[,;:—–-]\s*(?:however|in fact|actually|it is|it['’]s|you|we|they|the (?:point|truth|key))\b",
    re.I,
)
"""Where the speaker turns to what does hold."""

_LEAD = 12
"""Characters that may stand before a denying phrase for it to open its sentence."""


def disowned_spans(text: str) -> tuple[Span, ...]:
    """The passages that the speaker denies, in order."""
    spans: list[Span] = []
    before: Span | None = None
    for sentence in _sentences(text):
        spans += _denied(text, sentence, before)
        before = sentence
    return tuple(spans)


def _denied(text: str, sentence: Span, before: Span | None) -> Iterator[Span]:
    start = sentence.start
    if verdict := _AFTER.search(text, sentence.start, sentence.end):
        start = verdict.end()
        if any(map(str.isalnum, text[sentence.start : verdict.start()])):
            yield Span(sentence.start, verdict.start())
        elif before and not _BEFORE.search(text, start, min(start + _LEAD, sentence.end)):
            yield before
    if opener := _BEFORE.search(text, start, sentence.end):
        turn = _TURN.search(text, opener.end() + 1, sentence.end)
        firm = start > sentence.start  # the speaker has already called it wrong
        end = turn.start() if turn and not firm else sentence.end
        if end > opener.end():
            yield Span(opener.end(), end)


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.start() > start:
            yield Span(start, match.start())
        start = match.end()
    if start < len(text):
        yield Span(start, len(text))
