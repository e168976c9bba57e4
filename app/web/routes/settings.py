"""Settings: the look of the pages, what grades, and what is kept of the visitor."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.background import BackgroundTask
from starlette.responses import Response

from app.errors import ChatModelError, ExportUnusable, Filled
from app.language.failures import told
from app.llm.probe import probe
from app.web.deps import Config, Here, Mine, Page, SignedIn, Tongue, Tools, Visitor
from app.web.forms import PageForm
from app.web.grading_words import grading_in_force
from app.web.languages import LANGUAGE_COOKIE, Language
from app.web.navigation import local_path
from app.web.pages import THEME_COOKIE
from app.web.security.access import address_of
from app.web.security.identity import LIFETIME
from app.web.security.limits import check_spending, tokens_left
from app.wiring.services import open_hurried_model

router = APIRouter(include_in_schema=False)


class LookForm(PageForm):
    """Language or theme of the pages; `back` is the page to return to."""

    language: Language | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    back: str = "/"


class ImportForm(PageForm):
    """A file that `mockint export` or the page made."""

    export: UploadFile


class ForgetForm(PageForm):
    """That somebody means to delete everything."""

    sure: Literal["yes"]


@router.post("/look")
async def choose_look(form: Annotated[LookForm, Form()], request: Request) -> RedirectResponse:
    """Remember language or theme in a cookie, and go back."""
    reply = RedirectResponse(local_path(form.back), 303)
    for name, value in ((LANGUAGE_COOKIE, form.language), (THEME_COOKIE, form.theme)):
        if value is not None:
            reply.set_cookie(
                name, value, LIFETIME, secure=request.url.scheme == "https", samesite="lax"
            )
    return reply


@router.get("/settings")
async def show_settings(
    page: Page,
    mine: Mine,
    tools: Tools,
    config: Config,
    visitor: Visitor,
    account: SignedIn,
    done: str = "",
) -> HTMLResponse:
    """What is in force, what is kept, and who is signed in."""
    return page(
        "settings.html.j2",
        grading=grading_in_force(config, tools),
        embedder=tools.embedder.name,
        notices=tools.shelf.notices,
        banks=tools.shelf.banks,
        sessions=len(await mine.sessions()),
        tokens_left=await tokens_left(mine, config.llm_daily_tokens),
        visitor=visitor,
        account=account,
        done=done,
    )


@router.post("/settings/model")
async def try_model(
    page: Page,
    mine: Mine,
    config: Config,
    here: Here,
    request: Request,
    tongue: Tongue,
    _: Annotated[PageForm, Form()],
) -> HTMLResponse:
    """Send the language model one tiny request, and show what came back."""
    await here.limits.count_try(f"model {mine.owner}", f"model {address_of(request)}")
    await check_spending(mine, config.llm_daily_tokens)
    model = open_hurried_model(config)
    failure, replied = None, ""
    try:
        reply = await probe(model)
        await mine.add_usage(reply.usage, purpose="probe", model=reply.model)
        replied = reply.model or model.name
    except ChatModelError as error:
        failure = told(error, tongue)
    finally:
        await model.aclose()
    return page("model_test.html.j2", failure=failure, replied=replied)


@router.get("/settings/export")
async def export(mine: Mine) -> FileResponse:
    """Everything that is kept of the visitor, as a file."""
    folder = tempfile.mkdtemp(prefix="mockint-export-")
    clean_up = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "mockint-export.jsonl"
    try:
        await mine.export_to(path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        path, filename=path.name, media_type="application/jsonl", background=clean_up
    )


@router.post("/settings/import")
async def import_data(form: Annotated[ImportForm, Form()], mine: Mine, page: Page) -> HTMLResponse:
    """Take in an exported file as the visitor's own."""
    with tempfile.TemporaryDirectory(prefix="mockint-import-") as folder:
        path = Path(folder) / "import.jsonl"
        with path.open("wb") as file:
            while piece := await form.export.read(1 << 20):
                file.write(piece)
        try:
            transfer = await mine.import_from(path)
        except ExportUnusable as error:
            # The visitor knows the file by its name, not by where it lay here.
            message = error.message
            if isinstance(message, Filled):
                message = message.with_values(path=(form.export.filename or "")[-100:])
            raise ExportUnusable(message, error.remedy) from error
    return page("import.html.j2", transfer=transfer)


@router.post("/settings/forget")
async def forget(_: Annotated[ForgetForm, Form()], mine: Mine) -> Response:
    """Delete everything that is kept of the visitor."""
    await mine.forget_all()
    return RedirectResponse("/settings?done=forgotten", 303)
