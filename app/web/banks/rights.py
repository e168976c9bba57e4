"""Whether a visitor may change banks here, and what of them a page asks for."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from app.domain.question import Bank, Question
from app.errors import NotAllowed, QuestionNotFound
from app.web.deps import may_change_banks, services_of, settings_of
from app.wiring.banks import imported_banks
from app.wiring.services import Services


def must_be_changeable(request: Request) -> None:
    """Raise NotAllowed where banks are not to be changed here, or not by this visitor."""
    may_change_banks(request)
    if settings_of(request).bank:
        raise NotAllowed(
            "The setting MOCKINT_BANK names the banks of this server.",
            "Change those files; what is written there is taken up at once.",
        )


def changeable(request: Request) -> bool:
    """Whether `must_be_changeable` holds."""
    try:
        must_be_changeable(request)
    except NotAllowed:
        return False
    return True


def folder_of(request: Request) -> Path:
    """Where imported banks are kept."""
    return imported_banks(settings_of(request))


def bank_of(bank_id: str, tools: Annotated[Services, Depends(services_of)]) -> Bank:
    """The bank that an address names. Raises QuestionNotFound."""
    found = next((bank for bank in tools.shelf.banks if bank.id == bank_id), None)
    if found is None:
        raise QuestionNotFound("There is no such bank here.", "All banks are listed under Banks.")
    return found


def question_of(question_id: str, bank: Annotated[Bank, Depends(bank_of)]) -> Question:
    """The question that an address names, in its bank. Raises QuestionNotFound."""
    found = next((one for one in bank.questions if one.id == question_id), None)
    if found is None:
        raise QuestionNotFound(
            "There is no such question in this bank.", "It may have been removed or renamed."
        )
    return found


MustBeChangeable = Depends(must_be_changeable)
Changeable = Annotated[bool, Depends(changeable)]
Folder = Annotated[Path, Depends(folder_of)]
OneBank = Annotated[Bank, Depends(bank_of)]
OneQuestion = Annotated[Question, Depends(question_of)]
