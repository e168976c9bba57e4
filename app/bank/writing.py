"""Writes a bank in the project's Markdown form, so that reading it gives the same bank."""

from collections.abc import Callable, Iterator

from app.bank import grammar
from app.bank.metadata import format_entry
from app.bank.normal import normal_bank
from app.domain.question import Bank, KeyPoint, Question

_CHINESE = "zh"


def write_bank(bank: Bank) -> str:
    """The bank as Markdown. `parse_markdown` of it equals `normal_bank(bank)`."""
    return "\n".join(_lines(normal_bank(bank))) + "\n"


def question_lines(question: Question, number: int, language: str, topic: str) -> list[str]:
    """The lines that `write_bank` writes of a question in normal form, a blank one first.

    `number` counts from 1, `language` is the bank's and `topic` the last one that was headed.
    """
    return list(_question(question, number, language, topic))


def _lines(bank: Bank) -> Iterator[str]:
    yield "---"
    yield format_entry("bank", bank.id)
    if bank.title:
        yield format_entry("title", bank.title)
    yield format_entry("language", bank.language)
    if bank.licence:
        yield format_entry("license", bank.licence)
    yield "---"
    if bank.title:
        yield from ("", f"# {_heading(bank.title)}")
    topic = ""
    for number, question in enumerate(bank.questions, 1):
        if question.topic and question.topic != topic:
            topic = question.topic
            yield from ("", f"## {_heading(topic)}")
        yield from _question(question, number, bank.language, topic)


def _question(question: Question, number: int, language: str, topic: str) -> Iterator[str]:
    is_chinese = question.language == _CHINESE
    first, _, rest = question.text.partition("\n")
    yield from ("", f"### {_close(f'{number}. {grammar.escape_inside(first)}')}", "", "<!--")
    yield format_entry("id", question.id)
    yield format_entry("difficulty", str(question.difficulty))
    if question.tags:
        yield format_entry("tags", question.tags)
    if question.variants:
        yield format_entry("variants", question.variants)
    if question.topic != topic:
        yield format_entry("topic", question.topic)
    if question.language != language:
        yield format_entry("language", question.language)
    yield from ("-->", "")
    if body := rest.strip("\n"):
        yield from (*_text(body), "")
    yield "**答案：**" if is_chinese else "**Answer:**"
    if question.reference:
        yield from ("", *_text(question.reference))
    if question.key_points:
        yield ""
    for place, point in enumerate(question.key_points, 1):
        yield from _key_point(point, place, is_chinese)


def _key_point(point: KeyPoint, place: int, is_chinese: bool) -> Iterator[str]:
    first, *rest = point.detail.split("\n")
    head = f"- **{grammar.escape_title(point.title)}{'：' if is_chinese else ':'}**"
    metadata = []
    if point.id != f"kp{place}":
        metadata.append(f"id: {point.id}")
    if point.weight != 1:
        metadata.append(f"weight: {repr(point.weight).removesuffix('.0')}")
    parts = [head, grammar.escape_inside(first)]
    if metadata:
        parts.append(f"<!-- {', '.join(metadata)} -->")
    yield " ".join(part for part in parts if part)
    for line in _escaped(rest, grammar.is_nested_structure):
        yield f"  {line}" if line else ""
    if point.follow_up:
        mark = "追问：" if is_chinese else "Follow-up: "
        yield f"  - {mark}{grammar.escape_inside(point.follow_up)}"
    if point.wordings:
        mark, gap = ("也可以说：", "；") if is_chinese else ("Also said: ", "; ")
        yield f"  - {mark}{grammar.escape_inside(gap.join(point.wordings))}"


def _text(text: str) -> Iterator[str]:
    return _escaped(text.split("\n"), grammar.is_structure)


def _escaped(lines: list[str], is_structure: Callable[[str], bool]) -> Iterator[str]:
    """Lines of text that are read as text; fenced blocks that are closed stay as they are."""
    position = 0
    while position < len(lines):
        line = lines[position]
        text = line.lstrip()
        if end := _fence_end(lines, position, text):
            yield from lines[position:end]
            position = end
            continue
        escaped = grammar.escape_inside(text)
        if is_structure(escaped.lstrip("\\")):
            escaped = "\\" + escaped
        yield line[: len(line) - len(text)] + escaped
        position += 1


def _fence_end(lines: list[str], position: int, text: str) -> int | None:
    run = grammar.opens_fence(text)
    if run is None:
        return None
    for end in range(position + 1, len(lines)):
        if grammar.closes_fence(lines[end].strip(), run):
            return end + 1
    return None


def _heading(text: str) -> str:
    """The text of a heading that shall be neither a question nor an answer."""
    text = grammar.escape_inside(text)
    if grammar.is_heading_mark(text.lstrip("\\")):
        text = "\\" + text
    return _close(text)


def _close(text: str) -> str:
    """A heading's text whose own `#` at the end is not taken for closing marks."""
    bare = text.rstrip("#")
    stem = bare.rstrip("\\")
    if len(bare) < len(text) and (not stem or stem.endswith(" ")):
        return f"{bare}\\{text[len(bare) :]}"
    return text
