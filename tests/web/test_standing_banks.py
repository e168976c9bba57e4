"""What a server process does while changed banks are being read."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bank.importing import store_bank
from app.bank.living_shelf import LivingShelf
from app.bank.reading import read_bank
from app.bank.shelf import Shelf
from app.domain.question import Bank
from app.errors import VectorIndexError
from app.grading.similarity.grader import SimilarityGrader
from app.resources import resource_dir
from app.web import standing_banks
from app.web.standing_banks import StandingBanks
from tests.cli.material import CHINESE, ENGLISH
from tests.web.browsing import House, opened


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


async def test_an_answer_is_soon_held_against_what_the_banks_took_in_while_the_server_ran(
    tmp_path: Path,
) -> None:
    file = tmp_path / "own.md"
    store_bank(Bank("own", "Few", "zh", CHINESE), file)
    question, answer = CHINESE[0], "副本放在另一座城市，再写好恢复预案，按季度演练。"
    shipped = read_bank(resource_dir("corpus") / "ai-datacenter.zh.md")
    async with opened(bank=str(file)) as house:
        similarity = house.holdings.services.similarity
        before = similarity.measure(question, answer)
        many = Bank("own", "Many", "zh", (*CHINESE, *shipped.questions))
        store_bank(many, file, force=True)
        services = await house.holdings.banks.renewed()
        assert len(services.shelf.questions) > len(CHINESE)
        started_now = SimilarityGrader(services.index, services.embedder)
        after = similarity.measure(question, answer)
        fresh = started_now.measure(question, answer)
    assert before is not None
    assert after is not None
    assert fresh is not None
    np.testing.assert_array_equal(after.match, fresh.match)
    assert np.abs(after.match - before.match).max() > 0.01
