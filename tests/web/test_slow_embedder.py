"""While an embedder lets one visitor wait, the server goes on answering everybody else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.domain.events import Wishes
from app.interview.opening import open_interview
from app.store.base import Repository
from tests.cli.material import CHINESE
from tests.embedding.endpoint import Endpoint, serve_endpoint
from tests.web.browsing import Browser, House, opened
from tests.web.conftest import banks_in

PATIENCE = 20.0
"""How long the endpoint holds an answer back at most: a server that stands still fails by that."""


@dataclass(slots=True)
class Gate:
    """Holds back the vectors that are asked for while it is closed; `is_held` while it does."""

    open: threading.Event
    is_held: bool = False

    def pass_through(self, body: dict[str, Any]) -> dict[str, Any]:
        """The endpoint's reply, when it is let."""
        self.is_held = not self.open.is_set()
        self.open.wait(PATIENCE)
        self.is_held = False
        return body


@pytest.fixture
def gate() -> Gate:
    made = Gate(threading.Event())
    made.open.set()
    return made


@pytest.fixture
def endpoint(gate: Gate) -> Iterator[Endpoint]:
    with serve_endpoint() as made:
        made.change = gate.pass_through
        yield made


@pytest.fixture
async def house(home: Path, made_house: Path, endpoint: Endpoint) -> AsyncIterator[House]:
    """A server that has an endpoint embed, warmed up."""
    async with opened(
        bank=banks_in(made_house), embedder="openai:slow", openai_base_url=endpoint.url
    ) as house:
        similarity = house.holdings.services.similarity
        await asyncio.to_thread(similarity.view, CHINESE[0], "定期备份，异地备份。")
        yield house


async def send(browser: Browser, mine: Repository) -> None:
    """An answer that waits to be graded."""
    host = await open_interview(mine, CHINESE[:1], Wishes(count=1), language="zh")
    place = {"position": "1", "attempt": "1", "step": "0", "key": "0123456789"}
    await browser.fill_in(
        f"/sessions/{host.session.id}/answer", {**place, "text": "副本放到另一座城市去。"}
    )
    async with asyncio.timeout(PATIENCE + 10):
        while (await mine.load(host.session.id)).waiting:  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.02)


async def check(browser: Browser, mine: Repository) -> None:
    """The page that shows the nearest words to check a grade by."""
    session = (await mine.sessions())[0]
    page = await browser.get(f"/sessions/{session.id}?check=1")
    assert 'name="verdict:kp1"' in page.text


async def search(browser: Browser, _: Repository) -> None:
    """A search by meaning."""
    assert (await browser.get("/banks?q=把副本放到远处")).status_code == 200


async def search_by_program(browser: Browser, _: Repository) -> None:
    """The same over the API."""
    found = await browser.get("/api/v1/search", params={"text": "怎样恢复"})
    assert found.status_code == 200


async def assess(browser: Browser, _: Repository) -> None:
    """An answer without a session."""
    body = {"question_id": CHINESE[0].id, "answer": "每个季度都要演练一次。"}
    assert (await browser.post("/api/v1/assessments", json=body)).status_code == 200


Ask = Callable[[Browser, Repository], Awaitable[None]]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(send, id="grading"),
        pytest.param(check, id="self-check"),
        pytest.param(search, id="search"),
        pytest.param(search_by_program, id="search-api"),
        pytest.param(assess, id="assessment-api"),
    ],
)
async def test_another_request_is_answered_while_vectors_are_waited_for(
    house: House, gate: Gate, ask: Ask
) -> None:
    async with house.browser(language="zh") as browser, house.browser() as other:
        await browser.get(house.link())
        mine = house.holdings.store.of("local")
        if ask is check:
            await send(browser, mine)
        gate.open.clear()
        asked = asyncio.create_task(ask(browser, mine))
        try:
            async with asyncio.timeout(PATIENCE / 2):
                while not gate.is_held:  # noqa: ASYNC110 - set by the endpoint's thread
                    await asyncio.sleep(0.01)
            assert (await other.get("/history")).status_code == 200
            assert gate.is_held
            assert not asked.done()
        finally:
            gate.open.set()
        await asked
