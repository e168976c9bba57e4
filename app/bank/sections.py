"""A Markdown bank cut into sections: each heading, or question line, with what stands under it."""

from dataclasses import dataclass, field
from enum import Enum, auto

from app.bank import grammar
from app.errors import BankError

QUESTION_LINE_LEVEL = 7
"""The level of a section that a line such as `Q: …` began: below all headings."""
NUMBERED_LINE_LEVEL = 8
"""The same for a line such as `3. …？`."""


class Kind(Enum):
    """What an entry of a section's body is."""

    TEXT = auto()
    CODE = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of text, a whole fenced block (fences included), or the inside of a comment."""

    line: int
    kind: Kind
    text: str


@dataclass(slots=True)
class Section:
    """A heading and its body. `number` is None for a heading without one.

    The first section of a file has level 0 and holds what stands before the first heading.
    """

    line: int
    level: int
    text: str
    number: str | None = None
    body: list[Entry] = field(default_factory=list)

    @property
    def is_question_line(self) -> bool:
        """Whether no heading but a line such as `Q: …` began it."""
        return self.level >= QUESTION_LINE_LEVEL

    @property
    def may_be_topic(self) -> bool:
        """Whether the heading alone does not make it a question."""
        return not (self.is_question_line or grammar.asks(self.text) or grammar.numbered(self.text))

    @property
    def has_text(self) -> bool:
        """Whether anything but blank lines and comments stands under the heading."""
        return any(entry.kind is not Kind.COMMENT and entry.text.strip() for entry in self.body)


def indent_of(line: str) -> int:
    """Columns of blanks before the text, a tab up to the next multiple of four."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(4)) if "\t" in lead else len(lead)


def split_sections(lines: list[str], *, first_line: int = 1, file: str = "") -> list[Section]:
    """All sections in order. Raises BankError for a comment that is never closed."""
    return _Splitter(lines, first_line, file).split()


class _Splitter:
    def __init__(self, lines: list[str], first_line: int, file: str) -> None:
        self._lines = lines
        self._first_line = first_line
        self._file = file
        self._unclosed: dict[str, int] = {}
        self._sections = [Section(first_line, 0, "")]

    def split(self) -> list[Section]:
        position = 0
        lines = self._lines
        while position < len(lines):
            line = lines[position]
            text = line.lstrip()
            if text.startswith(("```", "~~~")) and (end := self._fence_end(position, text)):
                self._add(position, Kind.CODE, "\n".join(lines[position:end]))
                position = end
            elif text.startswith("<!--"):
                position = self._comment(position, text)
            else:
                for piece in grammar.split_tokens(line) if "<|" in line else (line,):
                    self._text(position, piece)
                position += 1
        return self._sections

    def _add(self, position: int, kind: Kind, text: str) -> None:
        self._sections[-1].body.append(Entry(position + self._first_line, kind, text))

    def _fence_end(self, position: int, text: str) -> int | None:
        """Index behind the closing fence, or None if the fence is never closed.

        Remembers the shortest run that found no end, so that a file of open fences stays linear.
        """
        run = grammar.opens_fence(text)
        if run is None or len(run) >= self._unclosed.get(run[0], len(run) + 1):
            return None
        for end in range(position + 1, len(self._lines)):
            line = self._lines[end]
            if run[:3] in line and grammar.closes_fence(line.strip(), run):
                return end + 1
        self._unclosed[run[0]] = len(run)
        return None

    def _comment(self, position: int, text: str) -> int:
        indent = self._lines[position][: -len(text)]
        inside: list[str] = []
        rest = text[4:]
        for end in range(position, len(self._lines)):
            if end > position:
                rest = self._lines[end]
            close = rest.find("-->")
            if close < 0:
                inside.append(rest)
                continue
            inside.append(rest[:close])
            self._add(position, Kind.COMMENT, indent + "\n".join(inside))
            if behind := rest[close + 3 :].strip():
                self._text(end, indent + behind)
            return end + 1
        raise BankError(
            "The comment that begins here is never closed.",
            "Write --> behind it.",
            file=self._file,
            line=position + self._first_line,
        )

    def _text(self, position: int, line: str) -> None:
        text = line.strip()
        if text and indent_of(line) <= 1:
            section = self._heading(text) if text[0] == "#" else self._question_line(text)
            if section is not None:
                self._open(position, section)
                return
        self._add(position, Kind.TEXT, line)

    def _open(self, position: int, section: Section) -> None:
        section.line = position + self._first_line
        section.text, comment = grammar.split_comment(section.text)
        self._sections.append(section)
        if comment is not None:
            self._add(position, Kind.COMMENT, comment)

    def _heading(self, text: str) -> Section | None:
        level = len(text) - len(text.lstrip("#"))
        rest = text[level:]
        if level > 6 or not (rest == "" or rest[0].isspace() or _may_follow_marks(level, rest)):
            return None
        return Section(0, level, _without_closing_marks(rest.strip()))

    def _question_line(self, text: str) -> Section | None:
        """A line such as `Q: …`, unless it stands in an answer under a question's heading.

        A numbered line is one only before or after its like: answers hold numbered lists too.
        """
        found = grammar.question_line(text)
        if found is None:
            return None
        last = self._sections[-1]
        is_open = last.level == 0 or last.may_be_topic
        if text.lstrip("*")[0] in "Qq问题":
            level, is_open = QUESTION_LINE_LEVEL, is_open or last.is_question_line
            is_open = is_open or not last.has_text
        else:
            level, is_open = NUMBERED_LINE_LEVEL, is_open or last.level == NUMBERED_LINE_LEVEL
        return Section(0, level, found[1], found[0]) if is_open else None


def _may_follow_marks(level: int, rest: str) -> bool:
    """`##3. …` and `##题目` are headings for those who write them; `#tag` is not."""
    return level > 1 and (rest[0].isdigit() or rest[0] >= "\u2e80")


def _without_closing_marks(text: str) -> str:
    bare = text.rstrip("#")
    if len(bare) == len(text):
        return text
    if bare.endswith("\\"):
        stem = bare.rstrip("\\")
        return bare[:-1] + text[len(bare) :] if stem.endswith(" ") or not stem else text
    return bare.rstrip() if bare.endswith((" ", "\t")) or not bare else text
