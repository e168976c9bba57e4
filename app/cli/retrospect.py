"""What the commands that look back share: the store for one task, and the words of two rooms."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.domain.events import LOCAL_OWNER
from app.language.messages import Translate, translator
from app.settings import Settings
from app.store.base import Repository
from app.wiring.stores import open_store

T = TypeVar("T")


def with_store(settings: Settings, task: Callable[[Repository], Awaitable[T]]) -> T:
    """Run a task on the repository of this machine's person, and close the store."""

    async def run() -> T:
        store = await open_store(settings)
        try:
            return await task(store.of(LOCAL_OWNER))
        finally:
            await store.close()

    return asyncio.run(run())


def speaker(language: str) -> Translate:
    """Translates the words of reports, else those of the terminal."""
    report, terminal = translator("report", language), translator("cli", language)

    def say(text: str) -> str:
        said = report(text)
        return said if said != text else terminal(text)

    return say


def print_json(data: dict[str, Any]) -> None:
    """One JSON object on standard output, as UTF-8 whatever the locale says."""
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(errors="replace"))
