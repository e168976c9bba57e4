"""Planning with a job description, one turn, and looking back over 10,000 turns.

Run: python -m bench.interview [questions …, 50 5000 50000 if none are given]

The history is made as in bench.store; PostgreSQL is measured where a server answers.
"""

import asyncio
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from app.domain.events import Wishes
from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.index.chroma import ChromaIndex
from app.index.connection import EmbeddedConnection
from app.interview.preparing import prepare_plan
from app.interview.requirements import cut_requirements
from app.interview.review import record_reviews
from app.report.gathering import gather_history, gather_report
from app.report.page import html_report
from app.store.opening import open_store
from bench import store as kept
from bench.index import make_bank
from bench.table import row
from bench.turn import measure_turns

SIZES = (50, 5_000, 50_000)
ROUNDS = 3
JOB = """
岗位职责：
1、负责智算中心的规划与建设，包括供电、制冷与机柜布局；
2、负责GPU集群网络的设计与调优，熟悉RDMA、InfiniBand；
3、优化机房能耗，降低PUE；
4、设计海量训练数据与检查点的存储方案；
任职要求：
1、本科及以上学历，计算机相关专业；
2、熟悉分布式训练，了解数据并行、模型并行；
3、了解模型量化、剪枝、蒸馏等压缩方法；
4、具备数据安全与隐私保护经验；
5、熟悉容灾备份与故障恢复；
6、会弹钢琴，能陪客户打高尔夫球；
"""


async def milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    """The shortest of some runs, after one that is not counted."""
    await work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def bank_of(size: int) -> tuple[Question, ...]:
    """Questions of twenty topics and three difficulties."""
    return tuple(
        replace(question, topic=f"主题 {number % 20}", difficulty=number // 20 % 3 + 1)
        for number, question in enumerate(make_bank(size).questions)
    )


async def measure_planning(size: int, folder: Path) -> None:
    """Print the rows of a bank of this size."""
    questions = bank_of(size)
    embedder = BundledEmbedder()
    index = ChromaIndex(embedder, EmbeddedConnection(folder))
    index.sync(replace(make_bank(size), questions=questions))
    pieces = cut_requirements(JOB).pieces
    plain = Wishes(count=8, seed="bench")
    asked = replace(plain, requirements=pieces)
    name = f"{size:,} questions:"
    row(
        f"{name} plan of 8, no job description",
        await milliseconds(lambda: prepare_plan(questions, plain, language="zh")),
        "ms",
    )
    row(
        f"{name} plan of 8 for {len(pieces)} requirements",
        await milliseconds(
            lambda: prepare_plan(questions, asked, language="zh", index=index, embedder=embedder)
        ),
        "ms",
        "aim: 300 at 50,000",
    )
    index.close()


async def measure_looking_back(name: str, location: str | Path, folder: Path) -> None:
    """Print the rows of one database."""
    questions = tuple(kept.question(number) for number in range(1, kept.TURNS + 1))
    store = await open_store(location)
    mine = store.of("bench")
    try:
        await measure_turns(name, mine, folder / name)
        await mine.forget_all()
        await kept.interview(mine)
        exported = folder / "bench.jsonl"
        await mine.export_to(exported)
        kept.copied(exported)
        await mine.import_from(exported)
        turns = f"{kept.SESSIONS * kept.TURNS:,} turns; aim: 1000"

        async def history() -> object:
            return await gather_history(mine, questions)

        async def report() -> object:
            return html_report(await gather_report(mine, "last"))

        row(f"{name}: history, none of it reviewed yet", await milliseconds(history), "ms", turns)
        row(f"{name}: report as a page", await milliseconds(report), "ms", turns)
        start = time.perf_counter()
        await record_reviews(mine)
        row(f"{name}: first review of all of it", time.perf_counter() - start, "s", "once")
        row(f"{name}: history", await milliseconds(history), "ms", turns)
    finally:
        await mine.forget_all()
        await store.close()


async def measure_postgresql(folder: Path) -> None:
    """The same in a database that is made for it."""
    server = make_url(kept.SERVER)
    name = f"mockint_bench_{secrets.token_hex(4)}"
    try:
        await kept.on_server(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    except (OSError, asyncpg.PostgresError) as error:
        print(f"PostgreSQL was not measured, no server at {server!r}: {error}")
        return
    try:
        url = server.set(database=name).render_as_string(hide_password=False)
        await measure_looking_back("PostgreSQL", url, folder)
    finally:
        await kept.on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    """Each size in a process of its own, then the databases."""
    if len(sys.argv) == 3 and sys.argv[1] == "--plan":
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure_planning(int(sys.argv[2]), Path(folder)))
        return
    for size in map(int, sys.argv[1:] or SIZES):
        command = (sys.executable, "-m", "bench.interview", "--plan", str(size))
        subprocess.run(command, check=True)  # noqa: S603 - our own module
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure_looking_back("SQLite", Path(folder) / "mockint.db", Path(folder)))
        asyncio.run(measure_postgresql(Path(folder)))


if __name__ == "__main__":
    main()
