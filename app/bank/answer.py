"""What stands under a question in Markdown: more question, reference answer, key points."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.bank import grammar
from app.bank.metadata import KEY_POINT_KEYS, Metadata, looks_like_metadata, parse_metadata
from app.bank.normal import detail_text, one_line, paragraphs, wording_list
from app.bank.prose import head_and_rest, key_points_of_prose
from app.bank.sections import Entry, Kind, indent_of
from app.bank.values import weight_of
from app.domain.question import KeyPoint
from app.errors import BankError, filled


@dataclass(slots=True)
class Item:
    """A list item on its way to a key point.

    `lines` are as written, the first without bullet; `nested` is what a deeper line goes on with:
    the follow-up or the wordings, or None before either.
    """

    line: int
    indent: int
    lines: list[str]
    raw: list[str]
    bold: str | None = None
    follow_up: list[str] = field(default_factory=list)
    wordings: list[str] = field(default_factory=list)
    nested: list[str] | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The parts of a question's body, in normal form."""

    question: str
    reference: str
    key_points: tuple[KeyPoint, ...]


def parse_answer(entries: Sequence[Entry], *, is_question_line: bool, file: str = "") -> Answer:
    """Split a body at its answer mark; without one, all of it is the answer."""
    mark = _find_mark(entries, is_question_line)
    position, rest = mark or (-1, "")
    reader = _AnswerReader(file)
    if mark is not None:
        reader.take(Entry(entries[position].line, Kind.TEXT, rest))
    for entry in entries[position + 1 :]:
        reader.take(entry)
    reference, points = reader.finish()
    return Answer(_plain(entries[: max(position, 0)]), reference, points)


def _find_mark(entries: Sequence[Entry], is_question_line: bool) -> tuple[int, str] | None:
    """Index of the answer mark and what follows it.

    `A:` and `答：` count only as the first text under a question, or behind a question line.
    """
    seen_text = False
    for position, entry in enumerate(entries):
        if entry.kind is Kind.COMMENT or not entry.text.strip():
            continue
        if entry.kind is Kind.TEXT:
            short = is_question_line or not seen_text
            rest = grammar.answer_line(entry.text.strip(), short=short)
            if rest is not None:
                return position, rest
        seen_text = True
    return None


def _plain(entries: Sequence[Entry]) -> str:
    return paragraphs(
        "\n".join(
            entry.text if entry.kind is Kind.CODE else _unescape(entry.text)
            for entry in entries
            if entry.kind is not Kind.COMMENT
        )
    )


def _unescape(line: str) -> str:
    """A line outside of key points as text."""
    if "\\" not in line:
        return line
    text = line.lstrip()
    if text.startswith("\\") and grammar.is_structure(text.lstrip("\\")):
        line = line[: len(line) - len(text)] + text[1:]
    return grammar.unescape_inside(line)


def _unescape_nested(line: str) -> str:
    if "\\" not in line:
        return line
    text = line.lstrip()
    if text.startswith("\\") and grammar.is_nested_structure(text.lstrip("\\")):
        line = line[: len(line) - len(text)] + text[1:]
    return grammar.unescape_inside(line)


class _AnswerReader:
    """Tells prose and list items apart, line by line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._blocks: list[Item | list[str]] = []
        self._item: Item | None = None
        self._after_blank = False

    def take(self, entry: Entry) -> None:
        if entry.kind is Kind.COMMENT:
            self._take_comment(entry)
        elif entry.kind is Kind.CODE:
            self._take_code(entry.text)
        elif not entry.text.strip():
            self._after_blank = True
            self._sink().append("")
        else:
            self._take_line(entry)
            self._after_blank = False

    def _sink(self) -> list[str]:
        if self._item is not None:
            return self._item.lines
        if not self._blocks or isinstance(self._blocks[-1], Item):
            self._blocks.append([])
        block = self._blocks[-1]
        assert not isinstance(block, Item)
        return block

    def _take_comment(self, entry: Entry) -> None:
        if self._item is not None and indent_of(entry.text) >= self._item.indent + 2:
            self._add_metadata(self._item, entry.text, entry.line)

    def _take_code(self, text: str) -> None:
        inside = self._item is not None and (
            indent_of(text) >= self._item.indent + 2 or not self._after_blank
        )
        if not inside:
            self._item = None
        self._sink().extend(text.split("\n"))
        self._after_blank = False

    def _take_line(self, entry: Entry) -> None:
        line = entry.text
        indent = indent_of(line)
        if self._item is not None and indent >= self._item.indent + 2:
            self._take_nested(self._item, line, entry.line)
            return
        text = line.strip()
        rest = grammar.item_text(text) if indent <= 3 or self._item is not None else None
        if rest is not None:
            self._open(entry, indent, rest.strip())
        elif self._item is not None and not self._after_blank and not grammar.is_rule(text):
            self._take_nested(self._item, "  " + text, entry.line)
        else:
            self._item = None
            self._sink().append("" if grammar.is_rule(text) else _unescape(line))

    def _open(self, entry: Entry, indent: int, text: str) -> None:
        if self._item is not None and _open_nested(self._item, "- " + text):
            return
        item = Item(entry.line, indent, [], [entry.text])
        text, comment = grammar.split_comment(text)
        if comment is not None:
            self._add_metadata(item, comment, entry.line)
        item.bold, text = _split_bold(text)
        item.lines.append(grammar.unescape_inside(text))
        self._item = item
        self._blocks.append(item)

    def _take_nested(self, item: Item, line: str, number: int) -> None:
        item.raw.append(line)
        line, comment = grammar.split_comment(line)
        if comment is not None:
            self._add_metadata(item, comment, number)
        text = line.strip()
        if _open_nested(item, text):
            return
        deeper = indent_of(line) >= item.indent + 4 and not self._after_blank
        if item.nested is not None and deeper:
            item.nested[-1] += " " + grammar.unescape_inside(text)
        elif text:
            item.lines.append(_unescape_nested(line))

    def _add_metadata(self, item: Item, comment: str, line: int) -> None:
        if looks_like_metadata(comment):
            if not any(mark in comment for mark in "{}[]\"'\n"):
                comment = comment.replace(", ", "\n")
            item.metadata |= parse_metadata(comment, KEY_POINT_KEYS, file=self._file, line=line)

    def finish(self) -> tuple[str, tuple[KeyPoint, ...]]:
        """The reference and the key points.

        Plain items are key points too, unless bold ones come after them: then they are part of
        the reference.
        """
        has_bold = any(isinstance(block, Item) and block.bold is not None for block in self._blocks)
        items: list[Item] = []
        pieces: list[str] = []
        for block in self._blocks:
            if not isinstance(block, Item):
                pieces.extend(block)
            elif has_bold and not items and block.bold is None:
                pieces.extend(map(_unescape, block.raw))
            else:
                items.append(block)
                pieces.append("")
        reference = paragraphs("\n".join(pieces))
        points = tuple(self._key_point(item, number) for number, item in enumerate(items, 1))
        return reference, points or key_points_of_prose(reference)

    def _key_point(self, item: Item, number: int) -> KeyPoint:
        text = detail_text("\n".join(item.lines))
        title, detail = (item.bold, text) if item.bold is not None else head_and_rest(text)
        try:
            weight = weight_of(item.metadata.get("weight", 1.0))
        except ValueError as error:
            raise BankError(
                filled("The key point's {error}.", error=error),
                "Write a positive number, as in <!-- weight: 1.5 -->.",
                file=self._file,
                line=item.line,
            ) from error
        return KeyPoint(
            id=str(item.metadata.get("id", f"kp{number}")),
            title=title,
            detail=detail,
            weight=weight,
            follow_up=one_line(" ".join(item.follow_up)),
            wordings=wording_list(item.wordings),
            line=item.line,
        )


def _open_nested(item: Item, text: str) -> bool:
    """Take up a line that begins a follow-up or wordings; False where it begins neither."""
    for found, lines in (
        (grammar.follow_up_text(text), item.follow_up),
        (grammar.wordings_text(text), item.wordings),
    ):
        if found is not None:
            lines.append(grammar.unescape_inside(found))
            item.nested = lines
            return True
    return False


def _split_bold(text: str) -> tuple[str | None, str]:
    """Title and rest of `**title：** rest`; None and the text where it is not bold.

    Without a colon or dash the bold words are a part of the sentence: they become the title, and
    the whole sentence stays.
    """
    split = grammar.split_title(text)
    if split is None:
        return None, text
    inner, behind = split
    rest = behind.strip()
    if inner.endswith((":", "：")):
        inner = inner[:-1]
    elif rest.startswith((":", "：")):
        rest = rest[1:].strip()
    elif rest.startswith(("- ", "– ", "— ", "——")):
        rest = rest.lstrip("-–— ")
    elif rest:
        rest = inner.replace("\\*", "*") + behind
    return one_line(grammar.unescape_title(inner)), rest


def point_of_text(text: str) -> tuple[str, str]:
    """Title and detail of a key point written on its own: bullet and bold type may be there."""
    text = text.strip()
    inner = grammar.item_text(text)
    text = text if inner is None else inner.strip()
    title, rest = _split_bold(text)
    return head_and_rest(text) if title is None else (title, rest)
