"""Banks, questions and key points as plain values."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

LEAD_IN_ENDINGS = (":", "：")


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One thing that a good answer says.

    `id` is unique within its question (`kp1`, `kp2`, … when not authored). `detail` explains the
    point; its first sentence alone states what must be said. `weight` is positive, 1 by default.
    `follow_up` is an authored question that leads a candidate to this point without giving it
    away, or "". `wordings` are other ways in which a candidate may say it, each a whole statement
    in everyday words. `line` is where it stands in its file, from 1, or 0 if unknown; it takes no
    part in comparison.
    """

    id: str
    title: str
    detail: str = ""
    weight: float = 1.0
    follow_up: str = ""
    wordings: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def statement(self) -> str:
        """Title and detail as one text, the form that answers are compared with."""
        return f"{self.title}：{self.detail}" if self.detail else self.title


@dataclass(frozen=True, slots=True)
class Question:
    """One interview question with its reference answer and key points.

    `difficulty` is 1 (recall) to 3 (depth). `language` is a BCP 47 primary tag such as `zh` or
    `en`. Questions that share a non-empty `variants` name ask the same thing; a session asks at
    most one of them. `line` is where the question starts in its file, from 1, or 0 if unknown;
    it takes no part in comparison.
    """

    id: str
    text: str
    topic: str = ""
    difficulty: int = 2
    language: str = "zh"
    reference: str = ""
    key_points: tuple[KeyPoint, ...] = ()
    tags: tuple[str, ...] = ()
    variants: str = ""
    line: int = field(default=0, compare=False)

    @property
    def has_own_reference(self) -> bool:
        """Whether `reference` is an answer and not just the line that leads to the key points."""
        text = self.reference.strip()
        return bool(text) and not text.endswith(LEAD_IN_ENDINGS)

    @property
    def full_reference(self) -> str:
        """The reference answer to show: the authored prose, else lead-in and key points."""
        if self.has_own_reference:
            return self.reference.strip()
        points = (f"- {point.statement}" for point in self.key_points)
        return "\n".join(part for part in (self.reference.strip(), *points) if part)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything that grading or search may depend on."""
        digest = hashlib.sha256()
        for part in self._parts():
            digest.update(part.encode(errors="surrogatepass"))
            digest.update(b"\0")
        return digest.hexdigest()

    def _parts(self) -> Iterator[str]:
        yield from (self.id, self.text, self.topic, str(self.difficulty), self.language)
        yield from (self.reference, self.variants, "\x1f".join(self.tags))
        for point in self.key_points:
            yield from (point.id, point.title, point.detail, repr(point.weight), point.follow_up)
            if point.wordings:  # so that banks without any keep their digests
                yield "\x1f".join(("wordings", *point.wordings))


@dataclass(frozen=True, slots=True)
class Bank:
    """A set of questions from one file.

    `id` names the bank in the index and in settings; `title` is for people. `source` is the
    path it was read from, or ""; it takes no part in comparison.
    """

    id: str
    title: str = ""
    language: str = "zh"
    questions: tuple[Question, ...] = ()
    licence: str = ""
    source: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the digests of all questions, in order."""
        digest = hashlib.sha256(self.id.encode(errors="surrogatepass"))
        for question in self.questions:
            digest.update(question.digest.encode())
        return digest.hexdigest()
