"""The application: routes, the doorway before them, and what a process opens and closes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from app import __version__
from app.errors import MockintError
from app.settings import Settings, read_settings
from app.web.api.routers import API_ROUTERS, describe
from app.web.deps import follow_banks, guard_form
from app.web.failures import reply_to_defect, reply_to_error, reply_to_http, reply_to_invalid
from app.web.head import HeadAsGet
from app.web.holdings import Holdings
from app.web.live.room import open_room
from app.web.navigation import NavItem, items_for
from app.web.pages import PageMaker
from app.web.routes import (
    account,
    bank_editing,
    bank_import,
    banks,
    chat,
    history,
    report,
    review,
    start,
    teams,
)
from app.web.routes import settings as settings_pages
from app.web.security.access import Entrance
from app.web.security.doorway import Doorway
from app.web.security.headers import add_headers
from app.web.security.identity import Seal
from app.web.security.limits import Limits
from app.web.security.origin import Names
from app.web.security.passwords import Passwords
from app.web.security.secrets import read_secret
from app.web.standing_banks import open_banks
from app.web.static_files import static_files
from app.wiring.stores import open_store


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; its lifespan opens index and store. Settings are read where none are given.

    Importing and calling this opens nothing; a MockintError of the lifespan says what is wrong.
    """
    made_with = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        nav = items_for(route.path or "" for route in iter_route_contexts(app.routes))
        async with _opened(made_with, nav) as holdings:
            app.state.holdings = holdings
            yield

    app = FastAPI(
        title="mockint",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # both load their scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(guard_form), Depends(follow_banks)],
    )
    app.add_middleware(Doorway)
    app.add_middleware(HeadAsGet)
    _answer_errors(app)
    app.mount("/static", GZipMiddleware(static_files()))
    for room in (start, chat, account, teams, settings_pages):
        app.include_router(room.router)
    for room in (report, history, review, banks, bank_import, bank_editing):
        app.include_router(room.router)
    for router in API_ROUTERS:
        app.include_router(router)
    describe(app)
    return app


@asynccontextmanager
async def _opened(settings: Settings, nav: tuple[NavItem, ...]) -> AsyncIterator[Holdings]:
    secret = read_secret(settings)
    seal = Seal(secret)
    store = await open_store(settings)
    try:
        banks = await asyncio.to_thread(open_banks, settings)
        try:
            async with open_room(settings, banks.services, store) as room:
                banks.watch(room.use)
                yield Holdings(
                    settings=settings,
                    seal=seal,
                    names=Names(settings),
                    entrance=Entrance(settings, secret),
                    limits=Limits(store.counters, settings.request_limit),
                    passwords=Passwords(),
                    pages=PageMaker(seal, nav),
                    banks=banks,
                    store=store,
                    room=room,
                )
        finally:
            await banks.close()
    finally:
        await store.close()


def _answer_errors(app: FastAPI) -> None:
    def pages(request: Request) -> PageMaker:
        holdings: Holdings = request.app.state.holdings
        return holdings.pages

    @app.exception_handler(MockintError)
    async def on_error(request: Request, error: MockintError) -> Response:
        return reply_to_error(request, error, pages(request))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        return reply_to_http(request, error, pages(request))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        return reply_to_invalid(request, error, pages(request))

    @app.exception_handler(Exception)
    async def on_defect(request: Request, error: Exception) -> Response:
        reply = reply_to_defect(request, error, pages(request))
        # This reply is made outside the doorway.
        add_headers(MutableHeaders(raw=reply.raw_headers), secure=False)
        return reply
