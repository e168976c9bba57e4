"""Changes to an answer that must not move its grade, and changes that must lower it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from app.domain.assessment import Evidence
from app.errors import EvalError, filled

Synonyms = Mapping[str, Mapping[str, str]]
"""By language, the word to replace and the word to put there."""

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_CLAUSE_END = re.compile(r"(?<=[，,。！？!?；;])|(?<=\.)(?=\s)")

_FILLERS = {
    "zh": ("嗯，", "那个，", "就是说，", "怎么说呢，"),
    "en": ("well, ", "um, ", "you know, ", "basically, "),
}
_DENIALS = {"zh": "这种说法是错的，并不是", "en": "It is not true that "}

_FULL_WIDTH_SHIFT = 0xFEE0


class Harmless(StrEnum):
    """Edits that leave every claim as it is."""

    FULL_WIDTH = "full_width"
    LINE_BREAKS = "line_breaks"
    FILLERS = "fillers"
    SYNONYMS = "synonyms"
    SPACES = "spaces"


@dataclass(frozen=True, slots=True)
class Editor:
    """Edits answers; `synonyms` are those of evals/synonyms.yaml."""

    synonyms: Synonyms

    def harmless(self, edit: Harmless, answer: str, language: str) -> str:
        """The answer with the same claims in another form; the same text where nothing applies."""
        edits: dict[Harmless, Callable[[], str]] = {
            Harmless.FULL_WIDTH: lambda: _full_width(answer),
            Harmless.LINE_BREAKS: lambda: "\n".join(_clauses(answer)),
            Harmless.FILLERS: lambda: _with_fillers(answer, language),
            Harmless.SYNONYMS: lambda: self._with_synonyms(answer, language),
            Harmless.SPACES: lambda: "  " + re.sub(r"([，。；！？,;!?])", r"\1  ", answer) + " \n",
        }
        return edits[edit]()

    def _with_synonyms(self, answer: str, language: str) -> str:
        words = self.synonyms.get(language, {})
        if not words:
            return answer
        choice = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        pattern = rf"\b(?:{choice})\b" if language == "en" else choice
        return re.sub(pattern, lambda match: words[match[0]], answer)


def read_synonyms(path: Path) -> Synonyms:
    """The word lists by language; raises EvalError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            str(language): {str(word): str(other) for word, other in words.items()}
            for language, words in data.items()
        }
    except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise EvalError(
            filled(
                "The synonyms in {path!r} cannot be read: {error}.", path=str(path), error=error
            ),
            "Give a YAML file with `zh:` and `en:` and a `word: synonym` on each line.",
        ) from error


def without_sentence(answer: str, evidence: Evidence) -> str | None:
    """The answer without the sentences that the evidence lies in; None where nothing is left."""
    start, end = _sentences_around(answer, evidence)
    rest = (answer[:start] + answer[end:]).strip()
    return rest if any(map(str.isalnum, rest)) else None


def negated(answer: str, evidence: Evidence, language: str) -> str:
    """The answer with the sentences of the evidence denied in so many words."""
    start, _ = _sentences_around(answer, evidence)
    while start < len(answer) and answer[start].isspace():
        start += 1
    denial = _DENIALS.get(language, _DENIALS["en"])
    rest = answer[start:]
    if language == "en" and rest[:2].istitle():
        rest = rest[0].lower() + rest[1:]
    return answer[:start] + denial + rest


def _sentences_around(answer: str, evidence: Evidence) -> tuple[int, int]:
    ends = [match.end() for match in _SENTENCE_END.finditer(answer)]
    start = max((end for end in ends if end <= evidence.start), default=0)
    stop = min((end for end in ends if end >= evidence.end), default=len(answer))
    return start, stop


def _clauses(answer: str) -> list[str]:
    return [piece.strip() for piece in _CLAUSE_END.split(answer) if piece.strip()]


def _with_fillers(answer: str, language: str) -> str:
    fillers = _FILLERS.get(language, _FILLERS["en"])
    gap = " " if language == "en" else ""
    pieces = _clauses(answer)
    return gap.join(
        fillers[place // 2 % len(fillers)] + piece if place % 2 == 0 else piece
        for place, piece in enumerate(pieces)
    )


def _full_width(answer: str) -> str:
    return "".join(
        chr(ord(character) + _FULL_WIDTH_SHIFT) if "!" <= character <= "~" else character
        for character in answer
    )
