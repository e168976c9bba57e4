"""Names of key points and the question's own words: easy to come by, and no knowledge.

A clause that names key points and says nothing of them, as a list of titles, a cited answer key
or “backups are important” does, is no claim. A heading is none either, but the words behind it
explain it, so it stays.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.question import Question
from app.grading.clauses import Span, split_clauses, text_units
from app.grading.evidence import HOLLOW_WORDS, content_units, fold
from app.language.detect import HAN

FEWEST_NAMES = 2
"""Who names one key point may be terse; who names several without a word on any makes a list."""

_SAID_OF_ONE, _SAID_OF_SEVERAL = 4, 6
"""From so many `content_units` beside the names a clause says something of them."""

_LONGEST_TITLE = 14
"""In `text_units`; a longer title is a statement."""

_SENTENCE = re.compile(r"[。？！?!\n]+|\.(?=\s|$)")
_TOKEN = re.compile(rf"{HAN.pattern}|[a-z0-9]+")

_EMPTY_TALK_ZH = re.compile(
    "(?:参考|标准|正确|完整|最终)?答案(?:如下)?|参考资料|引用|原文|出处|脚注|见附(?:件|录)|关键(?:词|字)|"
    "(?:这|那)(?:几|些|两|三|四)(?:个|点|项|方面|块)?(?:词|内容)?|以上|上述|如下|分别(?:是|为)|"
    "(?:总共|一共|主要|大致|无非)?(?:有|分|分为|包括|包含|涵盖|涉及)?[一二两三四五六\\d]+(?:个|点|条|项|大)?(?:方面|要点|部分|关键)|"
    "(?:我|我们|咱们)?(?:要|想|会|来|先|再|必须|可以|应该|需要|都)*"
    "(?:说|谈|讲|提|聊|答|写|讨论|回答|考虑|关注|注意|重视|强调|补充|覆盖|涵盖|涉及|包括|包含|围绕|了解|理解|知道|清楚|熟悉|"
    "掌握|精通|听过|学过|做过|用过|搞过|具备|做|搞|抓|有)(?:到|过|的是|一下|了|好)*|"
    "(?:很|非常|十分|极其|特别|最|都|也|同样|相当)*(?:重要|关键|核心|必要|必须|有用|到位|齐全|完善|不可或缺|缺一不可|不能少)"
    "(?:性|的)?|意义|价值|作用|层面|方面|领域|概念|术语|充分|全面|深入|"
    "略过?|省略|同上|不言而喻|毋庸置疑|众所周知|懂的都懂|不用多说|不再赘述|"
    "当然|没错|等等|等|之类|以及|还有|加上|再加上|另外|此外|首先|其次|再次|最后|第[一二三四五六七八九十]"
)
"""Words that speak about a name and say nothing of it; taken out of folded text."""

_EMPTY_WORDS = """
about above again agree all also always among answer answers appreciate area areas aspect
aspects aware believe below best both buzzword buzzwords care central concept concepts consider
core correct course cover covered covers critical crucial definitely discuss discussed
discusses done else essential etc even every familiar few first five following footnote
footnotes four full fully fundamental further good great hashtag have heard heart here
importance important include included includes including indeed item items key keyword keywords
know known last like list listed main major matter matters mean mention mentioned mentions more
most much must my name namely need needed needs next no note now obviously ok okay one our ours
page part point points quote quoted quotes ref reference references relevant right say says
second section see seriously should significance significant solution some source standard
such support supports sure take talk talked terms thing things think third three todo topic
topics touch touches true two understand understood various very vital well what whole word
words worth yes these those have has had been do does properly way ways
"""
_EMPTY_TALK_EN = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause, the names that it holds, the words beside them and how much these say."""

    span: Span
    named: frozenset[str]
    words: str
    said: int

    @property
    def is_bare(self) -> bool:
        limit = _SAID_OF_ONE if len(self.named) == 1 else _SAID_OF_SEVERAL
        return bool(self.named) and self.said < limit


def names_of(question: Question) -> tuple[str, ...]:
    """The titles that say less than their details, folded, long ones first.

    The title of a key point without a detail is its statement and no name.
    """
    titles = {
        fold(point.title).text
        for point in question.key_points
        if text_units(point.title) <= _LONGEST_TITLE
        and text_units(point.detail) > 2 * text_units(point.title)
    }
    return tuple(sorted(titles - {""}, key=len, reverse=True))


def find_mentions(answer: str, question: Question) -> tuple[Span, ...]:
    """The clauses that name key points and say nothing of them, in order.

    None where fewer than `FEWEST_NAMES` key points are named so.
    """
    names = names_of(question)
    if not names:
        return ()
    bare = _bare([_weigh(answer, span, names) for span in split_clauses(answer)])
    named = frozenset[str]().union(*(clause.named for clause in bare))
    return tuple(clause.span for clause in bare) if len(named) >= FEWEST_NAMES else ()


def says_nothing(text: str) -> bool:
    """Whether all that the text says is talk about names, such as “these words I know”."""
    return not any(_telling(fold(span.of(text)).text) for span in split_clauses(text))


def asked_words(question: Question) -> tuple[str, ...]:
    """The sentences that the candidate was or may be asked with, folded."""
    texts = (question.text, *(point.follow_up for point in question.key_points))
    sentences = (piece for text in texts for piece in (text, *_SENTENCE.split(text)))
    return tuple(dict.fromkeys(fold(sentence).text for sentence in sentences if sentence.strip()))


def blank_names(text: str, names: Iterable[str]) -> str:
    """The text with every occurrence of these folded names blanked, its length unchanged."""
    folded = fold(text)
    found: list[Span] = []
    for name in names:
        at = folded.text.find(name)
        while at >= 0:
            found.append(Span(folded.starts[at], folded.ends[at + len(name) - 1]))
            at = folded.text.find(name, at + len(name))
    if not found:
        return text
    blanked = list(text)
    for span in found:
        blanked[span.start : span.end] = " " * (span.end - span.start)
    return "".join(blanked)


def variety(words: str) -> int:
    """The length of folded text in `content_units`, each word once and hollow ones not at all."""
    tokens = dict.fromkeys(_TOKEN.findall(words))
    return content_units(" ".join(token for token in tokens if token not in HOLLOW_WORDS))


def _weigh(answer: str, span: Span, names: Sequence[str]) -> _Clause:
    rest = fold(span.of(answer)).text
    named = []
    for name in names:
        if name in rest:
            named.append(name)
            rest = rest.replace(name, " ")
    words = _telling(rest)
    return _Clause(span, frozenset(named), words, variety(words))


def _telling(rest: str) -> str:
    """The words that may say something: neither empty talk nor numbers nor single letters."""
    tokens = _TOKEN.findall(_EMPTY_TALK_ZH.sub(" ", rest))
    return " ".join(
        token
        for token in tokens
        if token not in _EMPTY_TALK_EN
        and token not in HOLLOW_WORDS
        and not (token.isascii() and (len(token) == 1 or token.isdigit()))
    )


def _bare(clauses: Sequence[_Clause]) -> list[_Clause]:
    """The clauses that only name, and those that say the same of several names.

    A heading, which a clause that says something follows, is not bare.
    """
    patterns: dict[str, set[frozenset[str]]] = {}
    for clause in clauses:
        if clause.named:
            patterns.setdefault(clause.words, set()).add(clause.named)
    bare: list[_Clause] = []
    listing = False
    for at, clause in enumerate(clauses):
        following = clauses[at + 1] if at + 1 < len(clauses) else None
        explained = following and not following.is_bare and following.said >= _SAID_OF_ONE
        heading = len(clause.named) == 1 and explained and not listing
        repeated = len(patterns.get(clause.words, ())) > 1 and clause.said > 0
        listing = repeated or (clause.is_bare and not heading)
        if listing:
            bare.append(clause)
    return bare
