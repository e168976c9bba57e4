"""A real server process that browsers look at, and sessions opened in its database."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext

from app.domain.events import SessionMode, Wishes
from app.domain.question import Question
from app.interview.opening import open_interview
from app.settings import Settings
from app.store.opening import open_store
from app.web.security.identity import Seal
from app.web.security.secrets import read_secret
from app.wiring.stores import database_of

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


class Site:
    """`mockint serve` at one port, which it keeps when it is started again."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        self._environment = {**environment, "MOCKINT_HOME": str(home)}
        self._port = _free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._log = home.with_suffix(".log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What it has printed."""
        return self._log.read_text(encoding="utf-8")

    async def start(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.cli.main", "serve", "--port", str(self._port),
                cwd=ROOT,
                env=kept | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | self._environment,
                stdout=log,
                stderr=log,
            )  # fmt: skip
        await self._until_up()

    async def kill(self) -> None:
        """End it as kill -9 does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def open_chat(
        self,
        visitor: BrowserContext,
        questions: Sequence[Question],
        *,
        mode: SessionMode = SessionMode.PRACTICE,
        count: int = 0,
        minutes: int | None = None,
    ) -> str:
        """The address of a new interview of this visitor's, with these questions in this order."""
        owner = await self._owner_of(visitor)
        settings = Settings(home=self.home)
        store = await open_store(database_of(settings))
        try:
            host = await open_interview(
                store.of(owner),
                questions,
                Wishes(count=count or len(questions), minutes=minutes, seed="as it comes"),
                language=questions[0].language,
                mode=mode,
            )
        finally:
            await store.close()
        return f"{self.url}/sessions/{host.session.id}"

    async def _owner_of(self, visitor: BrowserContext) -> str:
        seal = Seal(read_secret(Settings(home=self.home)))
        for _ in range(2):
            for cookie in await visitor.cookies(self.url):
                found = seal.read(cookie["value"]) if cookie["name"] == seal.cookie else None
                if found is not None:
                    return found[0].owner
            await visitor.request.get(f"{self.url}/")
        raise AssertionError("the server gave this browser no identity")

    async def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(sign)
        async with asyncio.timeout(PATIENCE):
            await process.wait()

    async def _until_up(self) -> None:
        assert self._process is not None
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            while self._process.returncode is None:
                try:
                    await client.get(f"{self.url}/static/x/icon.svg")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return
        raise AssertionError(f"the server does not start:\n{self.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
