"""Browsers without a screen, and a server in this process."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from app.settings import Settings
from app.web.app import create_app
from app.web.holdings import Holdings
from app.web.security.secrets import link_key, read_secret

HERE = "http://127.0.0.1:8642"
_TOKEN = re.compile(r'name="form_token" value="(\w+)"')


class Browser(httpx.AsyncClient):
    """Keeps cookies, sends its language, and fills in forms that it got from a page.

    `address` is where its requests come from.
    """

    def __init__(
        self, app: FastAPI, *, base: str = HERE, address: str = "127.0.0.1", language: str = "en"
    ) -> None:
        transport = httpx.ASGITransport(
            app=app, client=(address, 50000), raise_app_exceptions=False
        )
        headers = {"Accept": "text/html", "Accept-Language": language, "Origin": base}
        super().__init__(transport=transport, base_url=base, headers=headers, timeout=30)

    async def token(self, page: str = "/") -> str:
        """The token in the forms of a page."""
        found = _TOKEN.search((await self.get(page, follow_redirects=True)).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    async def fill_in(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        page: str = "/",
        files: Any = None,
    ) -> httpx.Response:
        """Send the form at `path` with what stands in it on `page`."""
        data = {"form_token": await self.token(page)} | dict(fields or {})
        return await self.post(path, data=data, files=files)


class House:
    """A server in this process."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    @property
    def holdings(self) -> Holdings:
        """What it holds."""
        held: Holdings = self.app.state.holdings
        return held

    def browser(self, **options: str) -> Browser:
        """Somebody else's browser each time."""
        return Browser(self.app, **options)

    async def owner_of(self, browser: Browser) -> str:
        """Whom the server takes a browser for."""
        found = self.holdings.seal.read(browser.cookies.get(self.holdings.seal.cookie) or "")
        assert found is not None
        return found[0].owner

    def link(self) -> str:
        """The path of the link to the terminal's sessions."""
        return f"/open/{link_key(read_secret(self.holdings.settings))}"


@asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[House]:
    """A server with these settings."""
    app = create_app(Settings(**settings))
    async with app.router.lifespan_context(app):
        yield House(app)
