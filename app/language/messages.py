"""The texts that mockint itself says, in the language of the person it speaks to.

English is written in the code as the message id; translations are gettext catalogues under
`app/locale/LANGUAGE/LC_MESSAGES/DOMAIN.mo`, made by `make messages` from the `.po` beside them.
"""

import gettext
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

Translate = Callable[[str], str]

LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"


@lru_cache(maxsize=16)
def translator(domain: str, language: str) -> Translate:
    """A function from English text to `language`; text without a translation stays English.

    `domain` is a catalogue's name (`grading`, `cli`, …), `language` a tag such as `zh` or `en`.
    Placeholders are `{name}` and are filled by the caller with `str.format`.
    """
    return gettext.translation(
        domain, LOCALE_DIR, languages=[language.split("-")[0]], fallback=True
    ).gettext
