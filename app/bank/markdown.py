"""Reads banks in Markdown: the project's own form, and the notes that people already have.

docs/banks.md describes the form. Reading is by lines and needs no Markdown library, so that every
question and key point keeps its line number, and 50 questions are read in milliseconds.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NoReturn

from app.bank import grammar
from app.bank.answer import Answer, parse_answer
from app.bank.identity import Numbering, slug
from app.bank.metadata import (
    BANK_KEYS,
    QUESTION_KEYS,
    Metadata,
    looks_like_metadata,
    parse_metadata,
)
from app.bank.normal import clean, one_line, question_text, tag_list
from app.bank.sections import Entry, Kind, Section, indent_of, split_sections
from app.bank.values import difficulty_of, language_of, tags_of
from app.domain.question import Bank, Question
from app.errors import BankError, filled
from app.language.detect import detect_language

_ANSWER_MARK = "答案："


def parse_markdown(text: str, *, name: str, file: str = "") -> Bank:
    """A bank in normal form from Markdown text; `name` makes the id where none is authored.

    Values are typed but not checked for range or uniqueness: `findings.check_values` does that.
    Raises BankError, with `file` and line, for broken metadata and where there is no question.
    """
    lines = clean(text).split("\n")
    front, end = _front_matter(lines, file)
    sections = split_sections(lines[end:], first_line=end + 1, file=file)
    outline = _outline(sections)
    if not outline.questions:
        raise BankError(
            "There is no question in this file.",
            "Write each question as a heading such as `### 1. How do you …?` with its answer "
            "below; docs/banks.md shows the forms that can be read.",
            file=file,
        )
    bank_id = front.get("bank") or slug(name)
    language = _language(front, file)
    questions = _questions(outline, str(bank_id), language, file)
    spoken = language or Counter(q.language for q in questions).most_common(1)[0][0]
    return Bank(
        id=str(bank_id),
        title=one_line(str(front.get("title") or outline.title)),
        language=spoken,
        questions=tuple(questions),
        licence=one_line(str(front.get("license") or front.get("licence") or "")),
        source=file,
    )


def _front_matter(lines: list[str], file: str) -> tuple[Metadata, int]:
    """Front matter and the index of the line behind it.

    Unknown keys are an error only in a file that says `bank:`; other tools have their own.
    """
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[start].rstrip() != "---":
        return {}, 0
    end = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() == "---"), None)
    if end is None:
        return {}, start + 1
    text = "\n".join(lines[start + 1 : end])
    front = parse_metadata(text, None, file=file, line=start + 2)
    if "bank" in front:
        parse_metadata(text, BANK_KEYS, file=file, line=start + 2)
    for key in BANK_KEYS:
        if not isinstance(front.get(key, ""), str):
            _fail(filled("The front matter's {key} is not plain text.", key=key), file, start + 2)
    return front, end + 1


def _language(front: Metadata, file: str) -> str | None:
    if not front.get("language"):
        return None
    try:
        return language_of(front["language"])
    except ValueError as error:
        _fail(filled("The bank's {error}.", error=error), file, 1)


@dataclass(slots=True)
class _Asked:
    section: Section
    text: str
    number: str | None
    topic: str


@dataclass(slots=True)
class _Outline:
    title: str = ""
    questions: list[_Asked] = field(default_factory=list)


def _outline(sections: list[Section]) -> _Outline:
    """Which headings are questions, and which topics.

    A heading below a question's that is none itself belongs to the question's answer.
    """
    outline = _Outline()
    topic = ""
    levels = [section.level for section in sections[1:]]
    titled = sections[1] if levels[:1] == [1] == [level for level in levels if level == 1] else None
    current: _Asked | None = None
    for place, section in enumerate(sections[1:], 2):
        following = sections[place] if place < len(sections) else None
        asked = _as_question(section, following)
        if asked is not None:
            number, text = asked
            current = _Asked(section, text, number, topic)
            outline.questions.append(current)
        elif current is not None and _belongs_below(section, current.section):
            current.section.body.extend(_as_body(section))
        else:
            if section is titled:
                outline.title = _topic(section)
            else:
                topic = _topic(section)
            current = None
    if any(not asked.section.is_question_line for asked in outline.questions):
        outline.questions = [
            asked
            for asked in outline.questions
            if asked.section.has_text or not asked.section.is_question_line
        ]
    return outline


def _as_question(section: Section, following: Section | None) -> tuple[str | None, str] | None:
    if section.is_question_line:
        return section.number, section.text
    found: tuple[str | None, str] | None = grammar.numbered(section.text)
    if found is None and grammar.asks(section.text) and not section.text.startswith("\\"):
        found = None, section.text
    if found is None:
        if grammar.is_answer_heading(section.text) or not _has_answer_mark(section):
            return None
        return None, section.text
    if following is None or section.has_text or following.level <= section.level:
        return found
    is_chapter = following.is_question_line or _as_question(following, None) is not None
    return None if is_chapter else found


def _has_answer_mark(section: Section) -> bool:
    return any(
        entry.kind is Kind.TEXT and grammar.answer_line(entry.text.strip(), short=False) is not None
        for entry in section.body
    )


def _belongs_below(section: Section, question: Section) -> bool:
    return section.level > question.level or grammar.is_answer_heading(section.text)


def _as_body(section: Section) -> list[Entry]:
    is_mark = grammar.is_answer_heading(section.text)
    text = _ANSWER_MARK if is_mark else section.text
    return [Entry(section.line, Kind.TEXT, ""), Entry(section.line, Kind.TEXT, text), *section.body]


def _topic(section: Section) -> str:
    text = section.text
    if found := grammar.numbered(text):
        text = found[1]
    elif text.startswith("\\") and grammar.is_heading_mark(text.lstrip("\\")):
        text = text[1:]
    return one_line(grammar.unescape_inside(text))


def _questions(outline: _Outline, bank_id: str, language: str | None, file: str) -> list[Question]:
    metadata = [_metadata(asked.section, file) for asked in outline.questions]
    numbering = Numbering(bank_id, {str(found["id"]) for found in metadata if "id" in found})
    questions = []
    for asked, found in zip(outline.questions, metadata, strict=True):
        section = asked.section
        answer = parse_answer(section.body, is_question_line=section.is_question_line, file=file)
        authored = found.get("id")
        question_id = numbering.next_id(asked.number, str(authored) if "id" in found else None)
        try:
            questions.append(_question(asked, answer, found, question_id, language))
        except ValueError as error:
            _fail(filled("The question's {error}.", error=error), file, section.line)
    return questions


def _question(
    asked: _Asked, answer: Answer, found: Metadata, question_id: str, language: str | None
) -> Question:
    text = grammar.unescape_inside(asked.text)
    if answer.question:
        text = f"{text}\n{answer.question}"
    text = question_text(text)
    if "language" in found:
        language = language_of(found["language"])
    elif language is None:
        points = " ".join(point.title for point in answer.key_points)
        language = detect_language(f"{text} {answer.reference} {points}")
    return Question(
        id=question_id,
        text=text,
        topic=one_line(str(found.get("topic", asked.topic))),
        difficulty=difficulty_of(found.get("difficulty", 2)),
        language=language,
        reference=answer.reference,
        key_points=answer.key_points,
        tags=tag_list(tags_of(found.get("tags", ""))),
        variants=one_line(str(found.get("variants", ""))),
        line=asked.section.line,
    )


def _metadata(section: Section, file: str) -> Metadata:
    found: Metadata = {}
    for entry in section.body:
        if entry.kind is not Kind.COMMENT or indent_of(entry.text) >= 2:
            continue
        if not looks_like_metadata(entry.text):
            continue
        new = parse_metadata(entry.text, QUESTION_KEYS, file=file, line=entry.line)
        if twice := found.keys() & new.keys():
            _fail(filled("The question has {key!r} twice.", key=min(twice)), file, entry.line)
        if nested := [key for key, value in new.items() if key != "tags" and _is_nested(value)]:
            _fail(filled("{key!r} is not plain text.", key=nested[0]), file, entry.line)
        found |= new
    return found


def _is_nested(value: object) -> bool:
    return not isinstance(value, str)


def _fail(message: str, file: str, line: int) -> NoReturn:
    raise BankError(
        message, "Correct it; docs/banks.md describes the metadata.", file=file, line=line
    )
