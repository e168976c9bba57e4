"""Answers that come from an argument or a pipe."""

import locale
import re
import sys

from app.errors import MockintError

STDIN = "-"
NO_TEXT = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` with plain line feeds, and U+FFFD for each byte that was no text."""
    return NO_TEXT.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def answer_from(argument: str | None) -> str:
    """The argument itself, or all of standard input for `-` and None.

    Standard input is UTF-8, or else in the locale's encoding. Raises MockintError for bytes that
    are neither.
    """
    if argument is not None and argument != STDIN:
        return clean(argument)
    data = sys.stdin.buffer.read()
    for encoding in ("utf-8-sig", locale.getpreferredencoding(do_setlocale=False)):
        try:
            return clean(data.decode(encoding)).rstrip("\n")
        except UnicodeDecodeError:
            continue
    raise MockintError(
        "The answer on standard input is not text in UTF-8.",
        "Convert it first, for example with: iconv -f GB18030 -t UTF-8",
    )
