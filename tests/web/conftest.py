"""A server with a small bank, in this process; and one that everybody on a network reaches."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bank.writing import write_bank
from app.domain.question import Bank
from tests.cli.material import CHINESE, ENGLISH
from tests.store.conftest import location, made_before  # noqa: F401 - fixtures
from tests.web.browsing import House, opened
from tests.web.serving import database, indexed_home, start  # noqa: F401 - fixtures

TOKEN = "open-sesame-please"


@pytest.fixture(scope="session")
def made_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bank of two questions in each language, and a home with its index.

    To be copied, since making an index takes a while.
    """
    folder = tmp_path_factory.mktemp("made-house")
    for language, questions in (("zh", CHINESE), ("en", ENGLISH)):
        text = write_bank(Bank(f"small-{language}", language, language, questions))
        (folder / f"{language}.md").write_text(text, encoding="utf-8")

    async def make() -> None:
        async with opened(home=folder / "home", bank=banks_in(folder)):
            pass

    asyncio.run(make())
    return folder


def banks_in(folder: Path) -> str:
    """The setting that names the banks of a folder."""
    return os.pathsep.join(str(file) for file in sorted(folder.glob("*.md")))


@pytest.fixture
def small_banks(made_house: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which two questions in each language are ready to be asked."""
    shutil.copytree(made_house / "home", home)
    monkeypatch.setenv("MOCKINT_BANK", banks_in(made_house))
    return home


@pytest.fixture
async def house(small_banks: Path) -> AsyncIterator[House]:
    """A server for this machine."""
    async with opened() as made:
        yield made


@pytest.fixture
async def guarded(small_banks: Path) -> AsyncIterator[House]:
    """A server that asks for an access token."""
    async with opened(access_token=TOKEN, host="0.0.0.0") as made:
        yield made
