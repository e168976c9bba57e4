"""Characters that a reader cannot see and a model can."""

import unicodedata
from functools import lru_cache

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
KEPT = frozenset("\n\t")


@lru_cache(maxsize=8192)
def is_invisible(character: str) -> bool:
    """Whether it is a control, format, private or unassigned character, a filler or a selector.

    Line feed and tab are layout and not counted. U+FFFD and lone surrogates are no text either.
    """
    if character in KEPT or (character.isascii() and character.isprintable()):
        return False
    if character in _FILLERS or any(ord(character) in selectors for selectors in _SELECTORS):
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
