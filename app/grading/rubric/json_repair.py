"""Reading the JSON object in a model's reply, mending only what can be mended without a guess.

Mended are: code fences and prose around the object, thoughts before it, trailing commas,
typographic quotes and full-width commas and colons between the values, and raw line breaks
inside strings. A cut reply or a bare quote inside a string is not mended: what it meant is lost.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

LONGEST: Final = 400_000
MOST_STARTS: Final = 200

_OPENING = "“”＂„"
_CLOSING = "”“＂"
_SIGNS = {"，": ",", "：": ":", "｛": "{", "｝": "}", "［": "[", "］": "]"}
_DECODER: Final = json.JSONDecoder(strict=False)


def read_object(text: str, *, needs: str) -> dict[str, Any] | None:
    """The last JSON object in the text that has the field `needs`, or None.

    The last, since a model that thinks aloud may repeat an object of the answer before its own.
    """
    text = text[:LONGEST].lstrip("\ufeff")
    for candidate in (text, mend(text)):
        if found := list(_objects(candidate, needs)):
            return found[-1]
    return None


def _objects(text: str, needs: str) -> Iterator[dict[str, Any]]:
    """Objects with the field, in order; where none is outermost, one level inside another."""
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        found, end = _decode(text, at)
        if isinstance(found, dict):
            inner = (value for value in found.values() if isinstance(value, dict))
            yield from (value for value in ([found] if needs in found else inner) if needs in value)
        at = text.find("{", max(end, at + 1))


def _decode(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that starts at `at` and its end, or (None, at)."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, at


def mend(text: str) -> str:
    """The text with JSON's own signs between values, where look-alikes stood.

    Nothing inside a string is touched.
    """
    out: list[str] = []
    closers = ""
    escaped = False
    for character in text:
        if closers:
            ends = not escaped and character in closers
            out.append('"' if ends else _inside(character, closers, escaped))
            escaped = character == "\\" and not escaped
            closers = "" if ends else closers
        elif character == '"' or character in _OPENING:
            closers = '"' if character == '"' else _CLOSING
            out.append('"')
        else:
            out.append(_SIGNS.get(character, character))
            if out[-1] in "]}":
                _drop_trailing_comma(out)
    return "".join(out)


def _inside(character: str, closers: str, escaped: bool) -> str:
    """A plain quote within typographic ones is content, and JSON wants it escaped."""
    return '\\"' if character == '"' and '"' not in closers and not escaped else character


def _drop_trailing_comma(out: list[str]) -> None:
    at = len(out) - 2
    while at >= 0 and out[at].isspace():
        at -= 1
    if at >= 0 and out[at] == ",":
        out[at] = " "


_OBJECT_START = re.compile(r'[{}"\\]')


class StreamScanner:
    """Finds the objects of a JSON text as they close, while the text still streams in."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything: the text starts anew."""
        self._text = ""
        self._read = 0
        self._open: list[int] = []
        self._quoted = False

    def feed(self, piece: str) -> Iterator[str]:
        """The texts of all objects, inner before outer, that this piece closes."""
        self._text += piece
        while match := _OBJECT_START.search(self._text, self._read):
            sign, at = match[0], match.start()
            if sign == "\\":
                if at + 1 >= len(self._text):
                    return  # what is escaped has not arrived
                self._read = at + (2 if self._quoted else 1)
                continue
            self._read = at + 1
            if sign == '"':
                self._quoted = not self._quoted
            elif not self._quoted and sign == "{":
                self._open.append(at)
            elif not self._quoted and self._open:
                yield self._text[self._open.pop() : at + 1]
        self._read = len(self._text)
