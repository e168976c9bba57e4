"""A job description or a résumé, cut into requirements: the pieces that a question can serve.

Items of lists and sentences of prose are pieces. What every job description says, whatever the
job (pay, benefits, the company, how to apply), is left out: whole sections by their heading, and
single pieces by what stands in them. It is text and nothing else: a sentence that orders
something about becomes at most a requirement that no question serves.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.grading.invisible import is_invisible
from app.interview.documents import read_file, read_source
from app.language.detect import HAN, LATIN_WORD, detect_language

MOST_REQUIREMENTS = 40
LONGEST = 240
_LEAST_HAN, _LEAST_WORDS = 4, 2

_BULLET = re.compile(
    r"^\s*(?:[-*+•·●○▪■◆►‣–—]\s*|\d{1,2}\s*[.、)）]\s*|[(（]\d{1,2}[)）]\s*|[①-⑳]\s*"
    r"|[一二三四五六七八九十]{1,2}\s*[、.]\s*|[a-zA-Z][.)]\s+)"
)
_HEADING_MARK = re.compile(r"^\s*#{1,6}\s*|^\s*【|】\s*[:：]?\s*$|\*\*|__")
_SENTENCE_END = re.compile(r"(?<=[。！？；;!?])\s*|(?<=[.])\s+(?=[A-Z\d\u4e00-\u9fff])")
_LONGEST_HEADING = 32
_PAGE_WIDTH = 50
"""Cells; a Han character takes two."""

_IDLE_SECTIONS = re.compile(
    r"benefit|perks|compensation|salary|what we offer|we offer|about (?:us|the company|our)|who we "
    r"are|our (?:company|culture|values|mission)|equal opportunit|how to apply|application|contact|"
    r"location|personal (?:details|information)|hobbies|interests|references|education|languages|"
    r"福利|薪资|薪酬|待遇|公司(?:简介|介绍|概况)|关于我们|团队介绍|我们提供|工作地[点址]|联系方式|"
    r"投递|应聘方式|个人信息|基本信息|自我评价|兴趣爱好|教育(?:背景|经历)|语言能力",
    re.IGNORECASE,
)
_WORK_SECTIONS = re.compile(
    r"experience|employment|projects?|skills|responsibilit|requirement|qualification|what you|"
    r"your (?:role|profile)|the role|nice to have|must have|"
    r"经[历验]|项目|技能|职责|要求|任职|岗位|加分|优先",
    re.IGNORECASE,
)
_IDLE_PIECES = re.compile(
    r"equal opportunity|without regard to|competitive (?:salary|pay)|health insurance|paid (?:time|"
    r"vacation|leave)|stock options|401\(?k|remote[- ]friendly|free (?:lunch|snacks)|apply (?:now|"
    r"today|at|via)|send your (?:cv|resume|résumé)|we are (?:a|an|the) |founded in|our mission|"
    r"(?:bachelor|master|phd)\W.*degree|degree in|years? of (?:\w+ ){0,3}experience\W*$|"
    r"team player|communication skills|fast[- ]paced|curriculum vitae|date of birth|"
    r"五险一金|六险一金|年终奖|带薪|股票期权|弹性工作|下午茶|双休|薪资|月薪|年薪|公司成立|我们是一家|"
    r"行业领先|本科|硕士|博士|学历|责任心|团队(?:合作|协作)|沟通能力|抗压|吃苦|学习能力|简历|投递|"
    r"出生|籍贯|性别|政治面貌|"
    r"\S+@\S+\.\w+|https?://|(?:\+?\d[\d\s()-]{8,}\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Requirements:
    """The pieces in the order of the text; `language` is the text's, `zh` or `en`.

    `cut` counts the pieces beyond the most that are taken, `idle` those left out as boilerplate.
    """

    pieces: tuple[str, ...]
    language: str = "zh"
    idle: int = 0
    cut: int = 0


def read_requirements(source: str, *, standard_input: BinaryIO | None = None) -> Requirements:
    """The requirements in a file, in standard input (`-`) or in the text itself.

    Raises DocumentError where there is nothing that can be read.
    """
    return cut_requirements(read_source(source, standard_input))


def read_requirements_file(path: Path) -> Requirements:
    """The requirements in a file. Raises DocumentError."""
    return cut_requirements(read_file(path))


def cut_requirements(text: str) -> Requirements:
    """Cut a text into requirements; nothing is asked twice."""
    pieces: dict[str, str] = {}
    idle = 0
    for piece, is_idle in _pieces(_seen(text)):
        if is_idle or _IDLE_PIECES.search(piece):
            idle += 1
        elif _says_something(piece):
            pieces.setdefault(piece.casefold(), piece)
    kept = tuple(pieces.values())
    return Requirements(
        kept[:MOST_REQUIREMENTS],
        detect_language(text),
        idle,
        max(len(kept) - MOST_REQUIREMENTS, 0),
    )


def _seen(text: str) -> str:
    """What a reader sees of the text."""
    lines = ("".join(sign for sign in line if not is_invisible(sign)) for line in text.splitlines())
    return "\n".join(lines)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces, each with whether it stands under the heading of an idle section."""
    idle = False
    for paragraph, is_item in _paragraphs(text):
        heading = _heading(paragraph, is_item)
        if heading is not None:
            idle = bool(_IDLE_SECTIONS.search(heading))
            continue
        for piece in _sentences(paragraph):
            yield piece, idle


def _paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """Lines, those of a broken paragraph joined; and whether the line is an item of a list."""
    held, held_item, last = "", False, ""
    for line in (*text.splitlines(), ""):
        body = line.strip()
        starts_item = bool(_BULLET.match(body))
        continues = bool(held and body and not starts_item and not _is_heading_line(body))
        if continues and _looks_broken_off(last):
            glue = "" if HAN.match(held[-1]) and HAN.match(body[0]) else " "
            held, last = held + glue + body, body
            continue
        if held:
            yield held, held_item
        held, held_item, last = body, starts_item, body
    if held:
        yield held, held_item


def _looks_broken_off(line: str) -> bool:
    """Whether a line goes on in the next: it is as long as a page is wide, and ends nowhere."""
    cells = len(line) + len(HAN.findall(line))
    return cells >= _PAGE_WIDTH and not line.endswith(tuple("。；;.!？！?:："))


def _is_heading_line(line: str) -> bool:
    bare = _HEADING_MARK.sub("", line).strip()
    return line.lstrip().startswith(("#", "【")) or (
        len(bare) <= _LONGEST_HEADING and bare.endswith((":", "："))
    )


def _heading(line: str, is_item: bool) -> str | None:
    """The heading that a line is, or None."""
    bare = _HEADING_MARK.sub("", _BULLET.sub("", line)).strip()
    if _is_heading_line(line) or (line.startswith("**") and line.rstrip("：: ").endswith("**")):
        return bare
    short = len(bare) <= _LONGEST_HEADING and not re.search(r"[。；;.!?！？，,]", bare)
    known = _IDLE_SECTIONS.search(bare) or _WORK_SECTIONS.search(bare)
    if short and not is_item and known and len(LATIN_WORD.findall(bare)) <= 4:
        return bare
    numbered = is_item and bool(re.match(r"\s*[一二三四五六七八九十]", line))
    return bare if short and numbered and len(bare) <= 10 else None


def _sentences(paragraph: str) -> Iterator[str]:
    body = _HEADING_MARK.sub("", _BULLET.sub("", paragraph))
    for sentence in _SENTENCE_END.split(body):
        piece = " ".join(sentence.split()).strip(" \t。；;.、,，")
        if piece:
            yield piece[:LONGEST]


def _says_something(piece: str) -> bool:
    return len(HAN.findall(piece)) >= _LEAST_HAN or len(LATIN_WORD.findall(piece)) >= _LEAST_WORDS
