"""Words in an answer that speak to the grader instead of answering the question.

Such a sentence is never evidence, and an answer that holds one is graded strictly where a
language model judges: no verdict better than similarity supports. Candidates have no reason to
speak to the grader, and a rare honest one ("ignore previous instructions" as an example of an
attack) loses only what similarity cannot see. The list names moves, not wordings: it is one of
several defences and not a complete one.
"""

import re
from bisect import bisect_right

from app.grading.clauses import Span, text_units
from app.grading.evidence import HOLLOW_WORDS, fold
from app.language.detect import HAN

_CONFUSABLE = str.maketrans(
    "абвеһіјкмнорстухѕԁɡʏνοαερτυικχ",
    "abbehijkmhopctyxsdgyvoaeptuikx",
)

_MARKS = "满分|高分|最高分|十分|10分|100分|一百分|通过|全对|答对"
_GRADER = "评分员|评分系统|评分模型|评分者|评委|考官|阅卷|判卷|打分员|批改|监考|复核员"
_VERDICTS = "covered|partial|missing|contradicted"
_DROP = "忽略|无视|忘掉|忘记|不要理会|不用管|作废|绕过|推翻"
_RULES = "评分|指令|指示|规则|要求|说明|设定|标准|上文"
_SECRETS = "提示词|系统提示|指令|评分标准|评分规则|要点|参考答案|标准答案|第一条消息|开头那段"

_CHINESE = (
    rf"(?:{_DROP}).{{0,4}}(?:以上|之前|前面|上述|此前|先前|所有|一切|任何|原有|你的|这些|那些)"
    rf".{{0,8}}(?:{_RULES})|(?:{_DROP})掉?(?:{_RULES})",
    r"(?:以上|之前|前面|此前|先前|原有|收到).{0,6}(?:指令|指示|规则|设定|说明).{0,6}(?:无效|作废|失效)",
    rf"(?:请|务必|直接|必须|一律|求|拜托|给我|判我|判为|打).{{0,8}}(?:{_MARKS})",
    rf"(?:给|打|评|得|到|要|值)(?:一个|个)?(?:{_MARKS.split('|通过')[0]})",
    rf"(?:判|标记?|记|算|评|视|填|写).{{0,6}}(?:{_VERDICTS}|已?覆盖|答到|已?讲到|掌握|全对)",
    rf"(?:{_GRADER}).{{0,3}}(?:请|注意|您|你|必须|务必|批语|批注|意见|已|确认|认为|说明)"
    rf"|(?:致|给|亲爱的|尊敬的|各位|请)(?:{_GRADER})",
    r"(?:你|您)(?:现在|从现在起|接下来)?(?:是|扮演|充当)(?:一个|一名|一位)?"
    r".{0,8}(?:模型|助手|系统|老师|教授|管理员|开发者|机器人)",
    r"开发者模式|管理员模式|调试模式|(?:系统|开发者|管理员)(?:通知|公告|备注|消息)",
    rf"(?:输出|复述|重复|打印|泄露|告诉我|贴给我|翻译|逐字|原样|全文).{{0,12}}(?:{_SECRETS})"
    rf"|(?:{_SECRETS}).{{0,12}}(?:贴给我|打印出来|逐字|原样|全文)",
    rf"(?:verdict|reason|quote|strengths|improvements|follow up|反馈|评语).{{0,8}}"
    rf"(?:字段|取|填|写|{_VERDICTS})",
)

_ENGLISH = (
    "(?:ignore|disregard|forget|override|bypass)>.{0,40}<(?:instructions?|rules?|rubric|prompts?|"
    "above|criteria|guidelines|key points?)",
    "(?:give|award|grant|assign|deserves?)>.{0,24}<(?:full|top|maximum|perfect|highest|high|10|"
    "ten)>.{0,12}<(?:marks?|scores?|grades?|credit)",
    "(?:full|maximum|perfect|top) (?:marks?|scores?|credit|grades?)",
    f"(?:mark|grade|judge|label|treat|count|report|return|output|record|consider)>.{{0,40}}"
    f"<(?:as )?(?:{_VERDICTS})",
    "(?:mark|grade|judge|treat|count|record|consider|take)> (?:[a-z]+ ){0,3}(?:answers?|points?|"
    "everything|this|all|candidate|response)> (?:[a-z]+ ){0,4}(?:correct|passed|perfect|complete|"
    "answered|full|addressed|present)",
    "(?:dear|attention|note to|message to|hello|hi) (?:the )?(?:[a-z]+ )?(?:grader|examiner|"
    "evaluator|judge|assessor|model|marker|ai)s?",
    "(?:grader|assessor|grading (?:system|model|assistant|engine))",
    "you are (?:now |actually |no longer )?(?:an? |the )?(?:[a-z]+ ){0,3}(?:assistant|examiner|"
    "grader|developer|bot|administrator)",
    "(?:developer|admin|debug|maintenance) (?:mode|note|notice|override)",
    "(?:reveal|print|repeat|show|leak|tell me|read)>.{0,30}<(?:prompt|instructions|rubric|"
    "key points|text above|were told)",
    "(?:teacher|examiner|reviewer|panel|reader)s? (?:note|report|comment|verdict|remark)s?",
    "in the (?:strengths|reason|improvements|follow up|quote) (?:field|section)",
)
"""`<` and `>` stand for the edges of a word, which Chinese characters do not hide."""


def _on_word_edges(pattern: str) -> str:
    inner = pattern.replace("<", "(?<![a-z0-9])").replace(">", "(?![a-z0-9])")
    return f"(?<![a-z0-9])(?:{inner})(?![a-z0-9])"


_ORDERS = re.compile("|".join((*_CHINESE, *map(_on_word_edges, _ENGLISH))))

_MARKUP = re.compile(
    rf"""["'“”]?(?:verdict|key_points|score|total)["'“”]?\s*[:：=]\s*["'“”]?(?:{_VERDICTS}|\d|\[)"""
    rf"|\bkp\s*\d+\s*[:：=＝]+\s*[\"'“”]?(?:{_VERDICTS})"
    r"|<\s*[|｜]|[|｜]\s*>|\[/?\s*(?:INST|SYS)\b|<<\s*SYS|<\s*/?\s*(?:answer|system|assistant)\b"
    r"|(?:^|(?<=[。！？.!?;；]))\s*(?:\#+\s*)?(?:system|assistant|developer|user|系统|助手|开发者|评分结果|复核结果)\s*[:：]"
    r"|\b[A-Za-z0-9+/]{48,}={0,2}",
    re.IGNORECASE | re.MULTILINE,
)

_TAG_QUESTION = re.compile(
    r"(?:对吧|是吧|好吧|行吧|对不对|right|isn['’]t it|ok(?:ay)?)\s*[?？]+[\s”’\"')）]*$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[?？][\s”’\"')）]*$")

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]*")
_WHOLE_SENTENCE = re.compile(r"(?:[^。！？!?\n.]|\.(?!\s))+[。！？!?\n.]*")
_QUOTED = re.compile(r"\s*(?:“[^”]*”|「[^」]*」|\".*?\"(?=\s|$)|‘[^’]*’)")


def find_orders(answer: str) -> tuple[Span, ...]:
    """The sentences of an answer that speak to the grader, in order, without overlap."""
    folded = fold(answer)
    plain = folded.text.translate(_CONFUSABLE)
    hits = [
        (folded.starts[match.start()], folded.ends[match.end() - 1])
        for match in _ORDERS.finditer(plain)
        if match.end() > match.start()
    ]
    hits += [match.span() for match in _MARKUP.finditer(answer)]
    return sentences_around(answer, hits) if hits else ()


def find_questions(answer: str) -> tuple[Span, ...]:
    """The sentences that ask instead of claiming; a tag such as "right?" is no question.

    What stands in quotation marks right behind a question is asked as well.
    """
    asked: list[Span] = []
    for match in _WHOLE_SENTENCE.finditer(answer):
        span = Span(*match.span())
        if not _ASKED.search(span.of(answer)) or _TAG_QUESTION.search(span.of(answer)):
            continue
        quoted = _QUOTED.match(answer, span.end)
        asked.append(Span(span.start, quoted.end()) if quoted else span)
    return tuple(asked)


_ITEM = re.compile(r"[、，,|·•;；\n\t/]+|(?<=[\u4e00-\u9fff])[^\S\n]+(?=[\u4e00-\u9fff])")
_WORD = re.compile(r"[a-z][a-z'’-]*", re.IGNORECASE)
_FEWEST_ITEMS = 5
_LONGEST_ITEM = 7
_USUAL_ITEM = 4.5
_FEWEST_WORDS = 7


def find_lists(answer: str) -> tuple[Span, ...]:
    """The sentences that string terms together and say nothing about any of them."""
    spans = (Span(*match.span()) for match in _SENTENCE.finditer(answer) if match[0])
    return tuple(span for span in spans if _is_list(span.of(answer)))


def _is_list(sentence: str) -> bool:
    """Short items in a row, or English words without one that would join them to a sentence."""
    if not HAN.search(sentence):
        words = [word.casefold() for word in _WORD.findall(sentence)]
        return len(words) >= _FEWEST_WORDS and not _JOINING.intersection(words)
    sizes = [size for item in _ITEM.split(sentence) if (size := text_units(item))]
    return (
        len(sizes) >= _FEWEST_ITEMS
        and max(sizes) <= _LONGEST_ITEM
        and sum(sizes) <= _USUAL_ITEM * len(sizes)
    )


_MORE_JOINING = """
has have had not no than when where which who may should must would could their our my each every
all any use uses used using into over under after before across between without via per more less
only also both one two make makes keep keeps let lets because while until whether
"""
_JOINING = HOLLOW_WORDS | frozenset(_MORE_JOINING.split())


def blank_out(answer: str, spans: tuple[Span, ...]) -> str:
    """The answer with these spans blanked; all other words keep their places."""
    blanked = list(answer)
    for span in spans:
        blanked[span.start : span.end] = "\n" * (span.end - span.start)
    return "".join(blanked)


def sentences_around(answer: str, hits: list[tuple[int, int]]) -> tuple[Span, ...]:
    """The whole sentences that places in an answer, from start to end, touch."""
    sentences = [match.span() for match in _SENTENCE.finditer(answer) if match[0]]
    starts = [start for start, _ in sentences]
    touched: set[int] = set()
    for start, end in hits:
        first = max(bisect_right(starts, start) - 1, 0)
        last = max(bisect_right(starts, max(end - 1, start)) - 1, first)
        touched.update(range(first, last + 1))
    return tuple(Span(*sentences[index]) for index in sorted(touched))
