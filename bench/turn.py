"""What a candidate waits for between sending an answer and the next prompt, in similarity mode.

Part of `python -m bench.interview`: an interview over the shipped questions, its answers of usual
length, with the grader, the index and the store that ship.
"""

import statistics
import time
from pathlib import Path

from app.bank.reading import read_bank
from app.domain.events import Wishes
from app.embedding.bundled import BundledEmbedder
from app.grading.similarity.grader import SimilarityGrader
from app.index.chroma import ChromaIndex
from app.index.connection import EmbeddedConnection
from app.interview.host import Host
from app.interview.preparing import prepare_plan
from app.resources import resource_dir
from app.store.base import Repository
from bench.table import row

QUESTIONS = 20
LENGTH = 300


async def measure_turns(name: str, mine: Repository, folder: Path) -> None:
    """Print the median of each step over the turns of one interview."""
    bank = read_bank(resource_dir("corpus") / "ai-datacenter.zh.md")
    embedder = BundledEmbedder()
    index = ChromaIndex(embedder, EmbeddedConnection(folder / "index"))
    index.sync(bank)
    grader = SimilarityGrader(index, embedder)
    by_id = {question.id: question for question in bank.questions}
    wishes = Wishes(count=QUESTIONS, seed="bench")
    host = await Host.begin(mine, await prepare_plan(bank.questions, wishes, language="zh"))
    steps: dict[str, list[float]] = {"stored": [], "graded": [], "next question": []}
    asked = True
    while asked:
        text = host.turn.question.full_reference[:LENGTH]
        moments = [time.perf_counter()]
        await host.send(text, key=str(host.turn.position))
        moments.append(time.perf_counter())
        await host.grade(grader, host.turn.attempt.main)
        moments.append(time.perf_counter())
        asked = (await host.ask_next(by_id.__getitem__))[0] is not None
        moments.append(time.perf_counter())
        for place, times in enumerate(steps.values()):
            times.append(1000 * (moments[place + 1] - moments[place]))
    index.close()
    for step, times in steps.items():
        row(f"{name}: sending an answer, until {step}", statistics.median(times), "ms")
    whole = [sum(parts) for parts in zip(*steps.values(), strict=True)]
    row(f"{name}: sending an answer, until the next prompt", statistics.median(whole), "ms")
