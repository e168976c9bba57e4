"""What remembering costs: storing one answer, and looking back over 10,000 stored turns.

Run: python -m bench.store

The history is one session of eight turns, copied 1,250 times through an export file. PostgreSQL is
measured in a database of its own, made on the server at MOCKINT_TEST_POSTGRES_URL and dropped
afterwards; where no server answers that is said, and only SQLite is measured.
"""

import asyncio
import hashlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

from app.domain.assessment import (
    Assessment,
    Band,
    Evidence,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.events import Judge, PlannedQuestion, SessionMode, new_session_id
from app.domain.question import KeyPoint, Question
from app.store.opening import open_store
from app.store.repository import SqlRepository

SESSIONS, TURNS, ROUNDS = 1_250, 8, 7
ANSWER = "我们每天凌晨做增量备份，每周做一次全量，备份完自动校验，每个月还会真的还原一遍。" * 4
SERVER = os.environ.get(
    "MOCKINT_TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
IMPORTS = (
    "import time; wall, own = time.perf_counter(), time.process_time(); import {};"
    "print(time.perf_counter() - wall, time.process_time() - own)"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took in milliseconds: on the clock, and of this process's processor time."""

    wall: float
    own: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.own - other.own)


async def cost_of(work: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> Cost:
    """The median of several runs, after one that is not counted; a single run for one round."""
    costs = []
    for _ in range(rounds + (rounds > 1)):
        wall, own = time.perf_counter(), time.process_time()
        await work()
        costs.append((time.perf_counter() - wall, time.process_time() - own))
    walls, owns = zip(*costs[rounds > 1 :], strict=True)
    return Cost(1000 * statistics.median(walls), 1000 * statistics.median(owns))


def row(name: str, cost: Cost, aim: str = "") -> None:
    """Print one line."""
    print(f"{name:36} {cost.wall:9.1f} ms {cost.own:9.1f} ms  {aim}".rstrip())


def question(number: int) -> Question:
    """A question with four key points."""
    points = tuple(KeyPoint(f"kp{n}", f"要点 {n}", "说明" * 20) for n in range(1, 5))
    topic = f"主题 {number % 3}"
    return Question(f"bench-{number:02}", f"第 {number} 题？", topic, key_points=points)


def assessment(number: int) -> Assessment:
    """What a grader makes of an answer."""
    points = tuple(
        KeyPointResult(
            f"kp{n}", f"要点 {n}", 1.0, Verdict.PARTIAL, 0.5, Evidence(ANSWER[:20], 0, 20), "理由"
        )
        for n in range(1, 5)
    )
    info = GraderInfo(Mode.SIMILARITY, "bundled", "default")
    return Assessment(
        f"bench-{number:02}", Status.GRADED, 5.0, Band.FAIR, 0.7, info, points, strengths=("好",)
    )


async def interview(mine: SqlRepository) -> str:
    """One session of eight turns, each with a regrade; every second with a follow-up."""
    plan = [PlannedQuestion(question(n).id, "没问过") for n in range(1, TURNS + 1)]
    name = new_session_id()
    await mine.open_session(name, mode=SessionMode.PRACTICE, language="zh", plan=plan)
    for n in range(1, TURNS + 1):
        await mine.ask(name, question(n), position=n)
        sent = [await mine.answer(name, ANSWER, position=n, key=f"a{n}", seconds=60)]
        if n % 2:
            await mine.follow_up(name, "然后呢？", position=n, step=1, key_point_id="kp2")
            sent.append(await mine.answer(name, ANSWER, position=n, key=f"f{n}", step=1))
        for answer in (*sent, sent[0]):
            claim = await mine.claim(name, answer.seq, holder="bench", seconds=60, again=True)
            assert claim is not None
            await mine.assess(claim, assessment(n), judged_by=Judge.SIMILARITY)
    return name


def copied(exported: Path) -> None:
    """Turn the export of one session into one of many."""
    head, session = exported.read_text().splitlines()[:2]
    with exported.open("wb") as file:
        digest = hashlib.sha256()
        for line in (head, *(renamed(session, n) for n in range(SESSIONS))):
            raw = f"{line}\n".encode()
            digest.update(raw)
            file.write(raw)
        end = {"end": {"lines": SESSIONS + 1, "sha256": digest.hexdigest()}}
        file.write(f"{json.dumps(end)}\n".encode())


def renamed(session: str, number: int) -> str:
    """The same session under another name, a day later."""
    data = json.loads(session)
    data["session"]["id"] = f"bench-{number:06}"
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    data["session"]["created_at"] = start.isoformat()
    return json.dumps(data, ensure_ascii=False)


async def measure(name: str, location: str | Path, folder: Path) -> None:
    """Print all figures for one database."""
    print(f"\n{name:36} {'time':>12} {'own CPU':>12}")

    async def reopen() -> None:
        await (await open_store(location)).close()

    row("open, making the tables", await cost_of(reopen, rounds=1))
    row("open again", await cost_of(reopen))
    store = await open_store(location)
    mine = store.of("bench")
    try:
        await measure_store(mine, folder)
    finally:
        await mine.forget_all()
        await store.close()


async def measure_store(mine: SqlRepository, folder: Path) -> None:
    """Fill a store and look back."""
    first = await interview(mine)
    exported = folder / "bench.jsonl"
    await mine.export_to(exported)
    copied(exported)
    row(
        f"import {SESSIONS * TURNS:,} turns",
        await cost_of(lambda: mine.import_from(exported), rounds=1),
    )
    row(
        f"export {SESSIONS * TURNS:,} turns",
        await cost_of(lambda: mine.export_to(exported), rounds=1),
    )
    await measure_one(mine, first)
    row("history: list of sessions", await cost_of(mine.sessions), "(aim: under 1,000 ms)")
    row("history: all results", await cost_of(mine.results), "(aim: under 1,000 ms)")
    row("questions asked before", await cost_of(mine.asked))
    row("answers not reviewed", await cost_of(mine.unreviewed))
    row("answers waiting for a grade", await cost_of(mine.waiting))


async def measure_one(mine: SqlRepository, name: str) -> None:
    """One session among many: what a candidate waits for."""
    position = TURNS

    async def ask() -> None:
        nonlocal position
        position += 1
        await mine.ask(name, question(position % TURNS), position=position)

    async def answer() -> None:
        await ask()
        await mine.answer(name, ANSWER, position=position, key=f"k{position}")

    asking = await cost_of(ask)
    row("store one answer", await cost_of(answer) - asking)
    row("report: one session as it stands", await cost_of(lambda: mine.load(name)))


def main() -> None:
    """Measure SQLite, and PostgreSQL if there is one."""
    for module in ("app.store.base", "app.store.opening", "alembic.command"):
        code = IMPORTS.format(module)
        out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603
        wall, own = (1000 * float(seconds) for seconds in out.stdout.split())
        row(f"import {module}", Cost(wall, own))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure("SQLite", Path(folder) / "mockint.db", Path(folder)))
        asyncio.run(measure_postgresql(Path(folder)))


async def measure_postgresql(folder: Path) -> None:
    """The same in a database that is made for it."""
    server = make_url(SERVER)
    name = f"mockint_bench_{secrets.token_hex(4)}"
    try:
        await on_server(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    except (OSError, asyncpg.PostgresError) as error:
        print(f"\nPostgreSQL was not measured, no server at {server!r}: {error}")
        return
    try:
        url = server.set(database=name).render_as_string(hide_password=False)
        await measure("PostgreSQL", url, folder)
    finally:
        await on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


async def on_server(server: URL, statement: str) -> None:
    """Run one statement outside the store."""
    dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
