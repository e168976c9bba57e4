"""Metadata in Markdown banks: front matter, comments behind headings, comments behind bullets.

It is YAML with all scalars read as text; the simple form that `write_bank` writes is read without
a YAML library, which a start in half a second has no time for. Nothing in it is ever executed.
"""

import json
import re
from collections.abc import Iterable, Mapping

from app.bank.safe_yaml import load_yaml
from app.errors import BankError, filled

QUESTION_KEYS = ("id", "difficulty", "tags", "variants", "topic", "language")
KEY_POINT_KEYS = ("id", "weight")
BANK_KEYS = ("bank", "title", "language", "license", "licence")

Metadata = dict[str, object]
"""Values are text, or lists of text; deeper structure is refused where it is used."""

_ENTRY = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]+(.*)|$)")
_PLAIN = re.compile(r"(?![-?:](?:\s|$)|---)[^\s\[\]{},&*!|>'\"%@`#][^\[\]{},\"#]*")
_BEGINS_LIKE_METADATA = re.compile(r"\s*(?:#.*\n\s*)*\{?\s*[a-z_]+\s*:(?:\s|$)")


def looks_like_metadata(comment: str) -> bool:
    """Whether a comment begins with a lower-case key; `TODO: …` and prose do not."""
    return _BEGINS_LIKE_METADATA.match(comment) is not None


def parse_metadata(
    text: str, known: Iterable[str] | None, *, file: str = "", line: int = 1
) -> Metadata:
    """Keys and values of a YAML mapping that begins on `line`.

    Raises BankError for text that is no mapping, and for keys not in `known` unless that is None.
    """
    found = _parse_simple(text)
    if found is None:
        found = _parse_yaml(text, file, line)
    if known is not None:
        _check_keys(found, tuple(known), file, line)
    return found


def format_entry(key: str, value: str | tuple[str, ...]) -> str:
    """One line `key: value` that `parse_metadata` reads back exactly."""
    if isinstance(value, tuple):
        return f"{key}: [{', '.join(map(_scalar, value))}]"
    return f"{key}: {_scalar(value)}"


def _scalar(text: str) -> str:
    if _is_plain(text):
        return text
    return json.dumps(text, ensure_ascii=False).replace(">", "\\u003e")


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and ": " not in text
        and not text.endswith((":", " "))
        and "-->" not in text
    )


def _parse_simple(text: str) -> Metadata | None:
    found: Metadata = {}
    for line in text.split("\n"):
        line = line.strip()
        if not line or line.startswith("# "):
            continue
        match = _ENTRY.match(line)
        if match is None or match[1] in found:
            return None
        value = _simple_value((match[2] or "").strip())
        if value is None:
            return None
        found[match[1]] = value
    return found


def _simple_value(text: str) -> str | list[str] | None:
    if not text.startswith("["):
        return _simple_scalar(text)
    if not text.endswith("]"):
        return None
    if '"' in text:
        return _json_list(text)
    inner = text[1:-1].strip()
    items = [_simple_scalar(item.strip()) for item in inner.split(",")] if inner else []
    return [item for item in items if item] if all(items) else None


def _simple_scalar(text: str) -> str | None:
    """Text that needs no YAML; `: ` inside, which YAML refuses and people write, is text."""
    if not text or _PLAIN.fullmatch(text):
        return text
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError:
            return None
        return value if isinstance(value, str) else None
    return None


_QUOTED_OR_PLAIN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^",\[\]{}]+)\s*(?:,|$)')


def _json_list(text: str) -> list[str] | None:
    inner, items, position = text[1:-1], list[str](), 0
    while position < len(inner):
        match = _QUOTED_OR_PLAIN.match(inner, position)
        value = _simple_scalar(match[1].strip()) if match else None
        if match is None or not value:
            return None
        items.append(value)
        position = match.end()
    return items


def _parse_yaml(text: str, file: str, line: int) -> Metadata:
    if "\n" not in text and not text.lstrip().startswith("{"):
        text = "{" + text.strip() + "}"
    value = load_yaml(text, file=file, line=line)
    if not isinstance(value, Mapping):
        raise BankError(
            "The metadata here is not a list of `key: value` lines.",
            "Write one `key: value` a line, for example `difficulty: 2`.",
            file=file,
            line=line,
        )
    return {str(key): item for key, item in value.items()}


def _check_keys(found: Metadata, known: tuple[str, ...], file: str, line: int) -> None:
    for key in found:
        if key not in known:
            raise BankError(
                filled("Unknown metadata key {key!r}.", key=key),
                filled(
                    "Known here: {keys}. A remark that is no metadata begins with a capital "
                    "letter, as in `<!-- TODO: … -->`.",
                    keys=", ".join(known),
                ),
                file=file,
                line=line,
            )
