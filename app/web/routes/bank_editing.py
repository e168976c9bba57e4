"""Writing questions with their key points in a form."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from app.bank.changing import (
    Place,
    add_question,
    change_question,
    place_of,
    remove_question,
    replace_bank,
)
from app.bank.findings import Finding, require_values
from app.bank.identity import slug
from app.bank.lint import lint_bank
from app.domain.question import Bank, Question
from app.errors import BankChanged, BankError
from app.language.messages import translator
from app.web.banks.complaints import complaint_of
from app.web.banks.question_form import (
    MOST_ROWS,
    QuestionForm,
    form_of,
    read_form,
    rearranged,
    with_clean_lines,
)
from app.web.banks.rights import Folder, MustBeChangeable, OneBank, OneQuestion
from app.web.deps import Here, Page, RenderPage, Say, Tongue, Tools
from app.web.forms import PageForm
from app.wiring.services import Services

SAVE = "save"

router = APIRouter(include_in_schema=False, dependencies=[MustBeChangeable])


class NewBankForm(QuestionForm):
    """A question, and the bank that begins with it."""

    title: str = Field(default="", max_length=200)
    bank_id: str = Field(default="", max_length=80)


class RemovalForm(PageForm):
    """`basis` is the question's digest as it was seen."""

    basis: str = Field(default="", max_length=64)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The page of a form, as it was filled in, with what there is to say about it.

    `bank` is None for one that is yet to be made, `old` for a question that is.
    """

    page: RenderPage
    path: str
    bank: Bank | None = None
    place: Place | None = None
    old: Question | None = None

    def show(self, form: QuestionForm, *, status: int = 200, **told: Any) -> HTMLResponse:
        """`told` are problems by field, an error, lint findings, or another's version."""
        nothing: dict[str, Any] = {"problems": {}, "error": None, "findings": None, "theirs": None}
        return self.page(
            "bank/form.html.j2",
            status=status,
            form=form,
            path=self.path,
            bank=self.bank,
            old=self.old,
            place=self.place,
            most_rows=MOST_ROWS,
            **(nothing | told),
        )


@router.get("/banks/-/new")
async def ask_for_bank(page: Page, tongue: Tongue) -> HTMLResponse:
    """The form for a bank with its first question."""
    form = NewBankForm(language=tongue).with_rows(form_of(None).rows)
    return _Sheet(page, "/banks/-/new").show(form)


@router.post("/banks/-/new")
async def make_bank(
    form: Annotated[NewBankForm, Form()],
    page: Page,
    folder: Folder,
    tools: Tools,
    here: Here,
    say: Say,
    tongue: Tongue,
) -> Response:
    """Make a bank of one question."""
    sheet = _Sheet(page, "/banks/-/new")
    question, reply = await _read(sheet, form, tools, say, tongue)
    if question is None:
        return reply
    bank_id = form.bank_id.strip() or slug(form.title)
    if not form.title.strip():
        return sheet.show(form, status=422, problems={"title": say("Give the bank a name.")})
    if any(bank.id == bank_id for bank in tools.shelf.banks):
        taken = {"bank_id": say("There is a bank with this id already.")}
        return sheet.show(form, status=422, problems=taken)
    question = replace(question, id=question.id or f"{bank_id}-01")
    bank = Bank(bank_id, form.title, question.language, (question,))
    try:
        require_values(bank)
        await asyncio.to_thread(replace_bank, bank, folder, basis="", others=tools.shelf.banks)
    except BankError as error:
        return sheet.show(form, status=422, error=complaint_of(error, tongue))
    await here.banks.renewed()
    return RedirectResponse(f"/banks/{bank_id}", 303)


@router.get("/banks/{bank_id}/add")
async def ask_for_question(bank: OneBank, page: Page, folder: Folder) -> HTMLResponse:
    """The form for a further question."""
    sheet = _Sheet(page, f"/banks/{bank.id}/add", bank, await _place(bank, folder))
    return sheet.show(form_of(None, bank.language))


@router.post("/banks/{bank_id}/add")
async def add(
    bank: OneBank,
    form: Annotated[QuestionForm, Form()],
    page: Page,
    folder: Folder,
    tools: Tools,
    here: Here,
    say: Say,
    tongue: Tongue,
) -> Response:
    """Put a further question behind the last."""
    sheet = _Sheet(page, f"/banks/{bank.id}/add", bank, await _place(bank, folder))
    question, reply = await _read(sheet, form, tools, say, tongue)
    if question is None:
        return reply
    try:
        written = await asyncio.to_thread(
            add_question, bank, folder, question, others=tools.shelf.banks
        )
    except BankError as error:
        return sheet.show(form, status=422, error=complaint_of(error, tongue))
    await here.banks.renewed()
    return RedirectResponse(f"/banks/{bank.id}/questions/{written.id}?done=added", 303)


@router.get("/banks/{bank_id}/questions/{question_id}/edit")
async def ask_for_changes(
    bank: OneBank, question: OneQuestion, page: Page, folder: Folder
) -> HTMLResponse:
    """The form with a question in it."""
    place = await _place(bank, folder)
    return _Sheet(page, _path(bank, question.id), bank, place, question).show(form_of(question))


@router.post("/banks/{bank_id}/questions/{question_id}/edit")
async def change(
    bank: OneBank,
    question_id: str,
    form: Annotated[QuestionForm, Form()],
    page: Page,
    folder: Folder,
    tools: Tools,
    here: Here,
    say: Say,
    tongue: Tongue,
) -> Response:
    """Change a question; where somebody else did so meanwhile, both versions are shown."""
    old = _find(bank, question_id)
    sheet = _Sheet(page, _path(bank, question_id), bank, await _place(bank, folder), old)
    question, reply = await _read(sheet, form, tools, say, tongue)
    if question is None:
        return reply
    others = tools.shelf.banks
    try:
        if old is None:
            if form.basis:
                raise BankChanged(
                    "The question has been removed meanwhile.", "Save again to add it anew."
                )
            new = replace(question, id=question_id)
            await asyncio.to_thread(add_question, bank, folder, new, others=others)
        else:
            await asyncio.to_thread(
                change_question, bank, folder, question, basis=form.basis, others=others
            )
    except BankChanged as error:
        theirs = _find((await here.banks.renewed()).shelf.bank(bank.id), question_id)
        kept = form.model_copy(update={"basis": theirs.digest if theirs else ""})
        return sheet.show(kept, status=409, error=complaint_of(error, tongue), theirs=theirs)
    except BankError as error:
        return sheet.show(form, status=422, error=complaint_of(error, tongue))
    await here.banks.renewed()
    return RedirectResponse(f"/banks/{bank.id}/questions/{question_id}?done=saved", 303)


@router.post("/banks/{bank_id}/questions/{question_id}/remove")
async def remove(
    bank: OneBank,
    question: OneQuestion,
    form: Annotated[RemovalForm, Form()],
    folder: Folder,
    here: Here,
) -> RedirectResponse:
    """Take a question out of its bank."""
    await asyncio.to_thread(remove_question, bank, folder, question.id, basis=form.basis)
    await here.banks.renewed()
    return RedirectResponse(f"/banks/{bank.id}", 303)


async def _read(
    sheet: _Sheet, form: QuestionForm, tools: Services, say: Say, tongue: Tongue
) -> tuple[Question | None, Response]:
    """The question that is to be saved; or None, and the page to go on with."""
    form = with_clean_lines(form)
    moved = rearranged(form)
    if moved is not None:
        return None, sheet.show(moved)
    read = read_form(form, sheet.old, say)
    if read.question is None:
        return None, sheet.show(form, status=422, problems=read.problems)
    if form.do != SAVE:
        findings = await asyncio.to_thread(_look_over, read.question, tools, tongue)
        return None, sheet.show(form, findings=findings)
    return read.question, Response()


def _look_over(question: Question, tools: Services, language: str) -> list[Finding]:
    alone = Bank("new", questions=(replace(question, id=question.id or "new-01"),))
    return lint_bank(alone, tools.embedder, translator("bank", language))


async def _place(bank: Bank, folder: Path) -> Place:
    return await asyncio.to_thread(place_of, bank, folder)


def _path(bank: Bank, question_id: str) -> str:
    return f"/banks/{bank.id}/questions/{question_id}/edit"


def _find(bank: Bank, question_id: str) -> Question | None:
    return next((one for one in bank.questions if one.id == question_id), None)
