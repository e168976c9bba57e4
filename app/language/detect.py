"""Which language a text is written in, as far as mockint needs to know."""

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")


def detect_language(text: str, default: str = "zh") -> str:
    """`zh` or `en` by the share of Han characters and Latin words; `default` if there are none.

    A Han character counts as much as a Latin word, so that Chinese sprinkled with English terms
    stays Chinese.
    """
    han = len(HAN.findall(text))
    latin = len(LATIN_WORD.findall(text))
    if han == latin == 0:
        return default
    return "zh" if han >= latin else "en"
