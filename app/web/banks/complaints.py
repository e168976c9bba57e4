"""Why a bank was refused, in the language of the page."""

from dataclasses import dataclass

from app.errors import BankError
from app.language.failures import said
from app.web.remedies import told_on_page


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a bank was refused: `line` counts from 1, 0 where none is known."""

    line: int
    text: str
    remedy: str


def complaint_of(error: BankError, language: str) -> Complaint:
    """The complaint; the place of the file on the server is left out."""
    return Complaint(
        error.line or 0, said(error.what, language), told_on_page(error, language).remedy
    )
