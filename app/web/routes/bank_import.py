"""Taking in a bank from a file: first looked over, then kept if somebody says so."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from app.bank.changing import remove_bank, replace_bank
from app.bank.reading import READERS
from app.errors import BankChanged, BankError
from app.language.messages import translator
from app.settings import Settings
from app.web.banks.complaints import complaint_of
from app.web.banks.inspection import MOST_BY_MEANING, MOST_SHOWN, Inspection, inspect_upload
from app.web.banks.rights import Folder, MustBeChangeable, OneBank
from app.web.banks.staging import Staging, Upload
from app.web.deps import Config, Here, Page, Tongue, Tools, Visitor
from app.web.forms import PageForm
from app.wiring.services import Services

router = APIRouter(include_in_schema=False, dependencies=[MustBeChangeable])


class UploadForm(PageForm):
    """The file."""

    file: UploadFile | None = None


class DecisionForm(PageForm):
    """`basis` is the digest of the bank that is replaced or removed, as it was seen."""

    basis: str = Field(default="", max_length=64)


@router.get("/banks/-/import")
async def ask_for_file(page: Page, config: Config) -> HTMLResponse:
    """The form for a file."""
    return page("bank/import.html.j2", problem=None, **_limits(config))


@router.post("/banks/-/import")
async def take_file(
    form: Annotated[UploadForm, Form()],
    page: Page,
    config: Config,
    visitor: Visitor,
    tools: Tools,
    folder: Folder,
    tongue: Tongue,
) -> Response:
    """Read the file; what cannot be read is not kept, not even for a while."""
    if form.file is None or not form.file.filename:
        return RedirectResponse("/banks/-/import", 303)
    upload = Upload("", form.file.filename, await form.file.read())
    try:
        await _inspected(upload, tools, folder, tongue)
    except BankError as error:
        problem = complaint_of(error, tongue)
        return page("bank/import.html.j2", status=422, problem=problem, **_limits(config))
    staging = _staging(config)
    token = await asyncio.to_thread(staging.keep, visitor.owner, upload.name, upload.data)
    return RedirectResponse(f"/banks/-/import/{token}", 303)


@router.get("/banks/-/import/{token}")
async def show_findings(
    token: str,
    page: Page,
    config: Config,
    visitor: Visitor,
    tools: Tools,
    folder: Folder,
    tongue: Tongue,
    changed: bool = False,
) -> HTMLResponse:
    """What there is to say about an upload; nothing is kept yet.

    `changed` says that what it would replace is another bank by now than the one shown before.
    """
    upload = await asyncio.to_thread(_staging(config).find, visitor.owner, token)
    found = await _inspected(upload, tools, folder, tongue)
    return page(
        "bank/preview.html.j2",
        upload=upload,
        found=found,
        changed=changed,
        told=translator("bank", tongue),
        most_by_meaning=MOST_BY_MEANING,
        most_shown=MOST_SHOWN,
    )


@router.post("/banks/-/import/{token}")
async def keep_upload(
    token: str,
    form: Annotated[DecisionForm, Form()],
    config: Config,
    visitor: Visitor,
    tools: Tools,
    here: Here,
    folder: Folder,
    tongue: Tongue,
) -> RedirectResponse:
    """Keep an upload as a bank, which is in force at once."""
    staging = _staging(config)
    upload = await asyncio.to_thread(staging.find, visitor.owner, token)
    found = await _inspected(upload, tools, folder, tongue)
    if found.problem:
        return RedirectResponse(f"/banks/-/import/{token}", 303)
    others = tools.shelf.banks
    try:
        await asyncio.to_thread(replace_bank, found.bank, folder, basis=form.basis, others=others)
    except BankChanged:
        return RedirectResponse(f"/banks/-/import/{token}?changed=true", 303)
    await here.banks.renewed()
    await asyncio.to_thread(staging.drop, visitor.owner, token)
    return RedirectResponse(f"/banks/{found.bank.id}", 303)


@router.post("/banks/-/import/{token}/drop")
async def drop_upload(
    token: str, form: Annotated[PageForm, Form()], config: Config, visitor: Visitor
) -> RedirectResponse:
    """Let an upload go."""
    del form
    await asyncio.to_thread(_staging(config).drop, visitor.owner, token)
    return RedirectResponse("/banks", 303)


@router.post("/banks/{bank_id}/remove")
async def take_away(
    bank: OneBank, form: Annotated[DecisionForm, Form()], here: Here, folder: Folder
) -> RedirectResponse:
    """Remove an imported bank; a shipped one that it stood in for is in force again."""
    await asyncio.to_thread(remove_bank, bank, folder, basis=form.basis)
    await here.banks.renewed()
    return RedirectResponse("/banks", 303)


async def _inspected(upload: Upload, tools: Services, folder: Path, tongue: str) -> Inspection:
    say = translator("bank", tongue)
    return await asyncio.to_thread(
        inspect_upload, upload, tools.shelf, folder, tools.embedder, say, tongue
    )


def _staging(settings: Settings) -> Staging:
    return Staging(settings.home / "uploads")


def _limits(settings: Settings) -> dict[str, object]:
    return {"endings": list(READERS), "megabytes": settings.body_limit // 1_000_000}
