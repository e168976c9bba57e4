"""What an error says, in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import Filled, MockintError
from app.language.messages import Translate, translator

DOMAIN = "errors"


@dataclass(frozen=True, slots=True)
class Told:
    """Message and remedy of an error, translated; `remedy` is "" where there is none."""

    message: str
    remedy: str


def told(error: MockintError, language: str, remedies: Mapping[str, str] | None = None) -> Told:
    """The error in a language; `remedies` has what a face says in place of a remedy's template."""
    remedy = (remedies or {}).get(template_of(error.remedy), error.remedy)
    return Told(said(error.message, language), said(remedy, language))


def said(text: str, language: str) -> str:
    """A message or remedy in a language, with what was filled into it; English if unknown."""
    return _said(text, translator(DOMAIN, language)) if text else ""


def template_of(text: str) -> str:
    """What a text is looked up by: its template, or a plain text itself."""
    return text.template if isinstance(text, Filled) else text


def _said(text: str, translate: Translate) -> str:
    form = template_of(text)
    form = translate(form) if form else ""
    if not isinstance(text, Filled) or not text.values:
        return form
    return form.format(
        **{
            name: _said(value, translate) if isinstance(value, Filled) else value
            for name, value in text.values.items()
        }
    )
