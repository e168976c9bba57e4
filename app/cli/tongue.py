"""Which language to speak and ask in."""

from collections.abc import Mapping, Sequence

from app.domain.question import Bank
from app.errors import SettingsError
from app.settings import read_settings

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
DEFAULT_LANGUAGE = "zh"


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
    """The option if given, else the setting unless `auto`, else the locale, else Chinese.

    The last two give way to the first bank where no bank has questions in that language.
    """
    if wanted:
        return wanted
    if configured != "auto":
        return configured
    spoken = [bank.language.split("-")[0] for bank in banks if bank.questions]
    language = language_of_locale(environ) or DEFAULT_LANGUAGE
    return language if language in spoken or not spoken else spoken[0]


def language_of_errors(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language for what made a command fail, whose banks may not even have been read.

    As `choose_language` without banks; the setting alone where the settings are what is wrong.
    """
    wanted = ""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = word.partition("=")
        if name == "--language":
            wanted = value or following
    try:
        configured: str = read_settings().language
    except SettingsError:
        configured = environ.get("MOCKINT_LANGUAGE", "")
    known = ("zh", "en")
    return choose_language(
        wanted if wanted in known else "",
        configured if configured in known else "auto",
        environ,
        (),
    )
