"""The language of the page: chosen, or the browser's."""

from enum import StrEnum

from starlette.requests import Request

LANGUAGE_COOKIE = "mockint-language"


class Language(StrEnum):
    """The languages that the pages speak."""

    CHINESE = "zh"
    ENGLISH = "en"


TAGS = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en"}


def language_of(request: Request) -> Language:
    """What was chosen on the page, else the first of the browser's languages that we speak.

    English for browsers that want neither, Chinese where nothing is said.
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in list(Language):
        return Language(chosen)
    wanted = _wanted(request.headers.get("accept-language", ""))
    known = (Language(tag) for tag in wanted if tag in list(Language))
    return next(known, Language.ENGLISH if wanted else Language.CHINESE)


def _wanted(header: str) -> list[str]:
    """Primary tags in an Accept-Language header, the most wanted first; `*` says nothing."""
    found: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        primary = tag.strip().split("-")[0].lower()
        if primary.isalpha() and quality > 0:
            found.append((-quality, primary))
    found.sort(key=lambda one: one[0])
    return [tag for _, tag in found]
