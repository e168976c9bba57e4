"""What a server process does while changed banks are being read."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.bank.importing import store_bank
from app.bank.living_shelf import LivingShelf
from app.bank.shelf import Shelf
from app.domain.question import Bank
from app.errors import VectorIndexError
from app.web import standing_banks
from app.web.standing_banks import StandingBanks
from tests.cli.material import ENGLISH
from tests.web.browsing import House


class Gated(LivingShelf):
    """Reads only when it is let, as if the file were large."""

    def __init__(self, folder: Path) -> None:
        super().__init__("", folder / "shipped", folder)
        self.gate = threading.Event()
        self.reads = 0

    def read(self) -> Shelf:
        self.reads += 1
        self.gate.wait(10)
        return super().read()


@pytest.fixture
def living(tmp_path: Path) -> Gated:
    store_bank(Bank("own", "Before", "en", ENGLISH), tmp_path / "own.md")
    made = Gated(tmp_path)
    made.gate.set()
    return made


@pytest.fixture
def banks(house: House, living: Gated, monkeypatch: pytest.MonkeyPatch) -> StandingBanks:
    monkeypatch.setattr(standing_banks, "PATIENCE", 0.05)
    services = replace(house.holdings.services, shelf=living.read())
    living.reads = 0
    return StandingBanks(living, services)


def change(folder: Path, title: str) -> None:
    store_bank(Bank("own", title, "en", ENGLISH), folder / "own.md", force=True)


async def test_requests_go_on_with_the_banks_before_and_read_only_once(
    banks: StandingBanks, living: Gated, tmp_path: Path
) -> None:
    seen: list[str] = []
    banks.watch(lambda shelf: seen.append(shelf.banks[0].title))
    living.gate.clear()
    change(tmp_path, "After")
    for _ in range(3):
        assert (await banks.current()).shelf.bank("own").title == "Before"
    assert (seen, living.reads) == ([], 1)
    living.gate.set()
    assert (await banks.renewed()).shelf.bank("own").title == "After"
    assert (seen, living.reads) == (["After"], 1)


async def test_a_change_while_another_is_read_is_not_missed(
    banks: StandingBanks, living: Gated, tmp_path: Path
) -> None:
    change(tmp_path, "Second")
    await banks.current()
    change(tmp_path, "Third")
    assert (await banks.renewed()).shelf.bank("own").title == "Third"


async def test_an_index_that_fails_leaves_the_banks_in_force_and_is_tried_again(
    banks: StandingBanks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise VectorIndexError("Another mockint has the index.")

    monkeypatch.setattr(standing_banks, "RETRY_SECONDS", 0.2)
    with monkeypatch.context() as broken:
        broken.setattr(type(banks.services.index), "sync", fail)
        change(tmp_path, "After")
        assert (await banks.current()).shelf.bank("own").title == "Before"
        assert (await banks.current()).shelf.bank("own").title == "Before"
    await asyncio.sleep(0.25)
    assert (await banks.renewed()).shelf.bank("own").title == "After"
