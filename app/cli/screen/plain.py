"""Making text from outside safe to print."""

import unicodedata

CONTROL_PICTURES = 0x2400
DELETE_PICTURE = "\u2421"
REPLACEMENT = "\ufffd"
SPACES = "\t\u2028\u2029"
# These reorder what follows them, so that text reads otherwise than it is.
BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def visible(text: str) -> str:
    """`text` with everything a terminal would obey replaced by a sign, one for one.

    Line feeds stay. Length and offsets are kept, so that spans of the original fit the result.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def one_line(text: str) -> str:
    """`visible`, with all runs of white space and line feeds as one space."""
    return " ".join(visible(text).split())


def _visible(sign: str) -> str:
    if sign == "\n" or sign.isprintable():
        return sign
    if sign in SPACES:
        return " "
    if ord(sign) < ord(" "):
        return chr(CONTROL_PICTURES + ord(sign))
    if sign == "\x7f":
        return DELETE_PICTURE
    if unicodedata.category(sign) in ("Cc", "Cs") or sign in BIDIRECTIONAL:
        return REPLACEMENT
    return sign
