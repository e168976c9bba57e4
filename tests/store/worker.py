"""A process of its own on a store, for tests that start several or kill one.

Usage: worker.py LOCATION JOB [ARGUMENT...]; what it has done it prints, line by line.
"""

import asyncio
import os
import sys
from pathlib import Path

from app.domain.events import Judge, SessionMode
from app.store.opening import open_store
from app.store.repository import SqlRepository
from tests.store.made import assessment, question


async def open_only(mine: SqlRepository) -> None:
    """Open the store and a session, then end."""
    name = f"opened-by-{os.getpid()}"
    await mine.open_session(name, mode=SessionMode.PRACTICE, language="zh", plan=())
    say(name)


async def open_and_list_modules(mine: SqlRepository) -> None:
    """Use a store that is up to date, and tell what that imported."""
    await mine.sessions()
    for name in sorted(sys.modules):
        say(name)


async def grade_all(mine: SqlRepository, session_id: str) -> None:
    """Grade whatever waits, as often as there is something."""
    while (await mine.load(session_id)).waiting:
        for waiting in await mine.waiting():
            claim = await mine.claim(
                waiting.session_id, waiting.number, holder=str(os.getpid()), seconds=30
            )
            if claim is None:
                continue
            await asyncio.sleep(0.01)
            if await mine.assess(claim, assessment(5.0), judged_by=Judge.SIMILARITY):
                say(str(waiting.number))


async def claim_and_hang(mine: SqlRepository, session_id: str, number: str) -> None:
    """Take something to grade and never finish."""
    claim = await mine.claim(session_id, int(number), holder="hanging", seconds=1)
    say("claimed" if claim else "refused")
    await asyncio.sleep(600)


async def answer_on_and_on(mine: SqlRepository, session_id: str) -> None:
    """Ask and answer until killed; a number is printed once its answer is stored."""
    for position in range(1, 10_000):
        await mine.ask(session_id, question(position), position=position)
        await mine.answer(session_id, f"答案 {position}", position=position, key=f"k{position}")
        say(str(position))


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


JOBS = {
    job.__name__: job
    for job in (open_only, open_and_list_modules, grade_all, claim_and_hang, answer_on_and_on)
}


async def main(location: str, job: str, *arguments: str) -> None:
    """Run one job on a store."""
    store = await open_store(location if "://" in location else Path(location))
    try:
        await JOBS[job](store.of("local"), *arguments)
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
