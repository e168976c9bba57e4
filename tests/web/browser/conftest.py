"""One Chromium, a server that grades by similarity, and one with a scripted model behind it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.browser.chromium import FLAGS, find_chromium
from tests.scripted_llm.personas import heuristic
from tests.scripted_llm.server import ScriptedLLM
from tests.web.browser.site import Site
from tests.web.conftest import banks_in

OpenContext = Callable[..., Awaitable[BrowserContext]]
PATIENCE_MS = 30_000  # other tests share the processor; what is there already is not waited for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them share one event loop, since the browser belongs to it."""
    mark = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(mark, append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each page has a context, and so an identity, of its own."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium is here; `python -m tests.browser.chromium` installs one")
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def model() -> AsyncIterator[ScriptedLLM]:
    """The model behind `judged`; a test may give it another persona, and it gets its own back."""
    async with ScriptedLLM(heuristic) as server:
        yield server


@pytest.fixture
def persona(model: ScriptedLLM) -> Any:
    """Sets what the model is like for one test."""

    def become(character: Any) -> None:
        model.persona = character

    yield become
    model.persona = heuristic


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def similar(made_house: Path, tmp_path_factory: Any) -> AsyncIterator[Site]:
    """A server without a model."""
    async for site in _running(made_house, tmp_path_factory.mktemp("similar"), {}):
        yield site


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def judged(
    made_house: Path, tmp_path_factory: Any, model: ScriptedLLM
) -> AsyncIterator[Site]:
    """A server whose grades come from the scripted model."""
    environment = {
        "MOCKINT_LLM_MODEL": "scripted",
        "OPENAI_BASE_URL": model.base_url,
        "MOCKINT_LLM_DEADLINE": "20",
        "MOCKINT_LLM_ATTEMPTS": "1",
        "MOCKINT_LLM_DAILY_TOKENS": "0",
    }
    async for site in _running(made_house, tmp_path_factory.mktemp("judged"), environment):
        yield site


async def _running(
    made_house: Path, folder: Path, environment: dict[str, str]
) -> AsyncIterator[Site]:
    home = folder / "home"
    shutil.copytree(made_house / "home", home)
    more = {"MOCKINT_BANK": banks_in(made_house), "MOCKINT_REQUEST_LIMIT": "100000"}
    site = Site(home, {**more, **environment})
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def open_context(chromium: Browser) -> AsyncIterator[OpenContext]:
    """Makes visitors; what a page complains about fails the test, unless it is `forgiven`."""
    made: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_one(*, forgiven: bool = False, **options: Any) -> BrowserContext:
        context = await chromium.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        if not forgiven:
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            context.on(
                "console",
                lambda said: (
                    complaints.append(f"{said.location['url']}: {said.text}")
                    if said.type == "error"
                    else None
                ),
            )
        made.append(context)
        return context

    yield open_one
    for context in made:
        await context.close()
    assert complaints == []
