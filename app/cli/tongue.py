"""Which language to speak and ask in."""

from collections.abc import Mapping, Sequence

from app.domain.question import Bank

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGES = ("zh", "en")


def language_of_locale(environ: Mapping[str, str]) -> str:
    """`zh`, `en`, or "" where the locale names no language (C, POSIX, unset)."""
    name = next((environ[key] for key in LOCALE_VARIABLES if environ.get(key)), "")
    language = name.split(".")[0].split("_")[0].split("-")[0].lower()
    if language in ("", "c", "posix"):
        return ""
    return "zh" if language == "zh" else "en"


def choose_language(
    wanted: str, configured: str, environ: Mapping[str, str], banks: Sequence[Bank]
) -> str:
    """The option if given, else the setting unless `auto`, else the locale, else the first bank.

    What only the locale says gives way where no bank has questions in that language.
    """
    if wanted:
        return wanted
    if configured != "auto":
        return configured
    spoken = [bank.language.split("-")[0] for bank in banks if bank.questions]
    language = language_of_locale(environ)
    if spoken and language not in spoken:
        return spoken[0]
    return language or LANGUAGES[0]
