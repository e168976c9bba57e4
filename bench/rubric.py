"""What a rubric assessment costs beside the model: against a local endpoint that answers at once.

Run: python -m bench.rubric

The endpoint is a process of its own. Its bare round trip (the same request and reply, without
mockint) is measured in the same run and taken off; what is left is mockint's own work.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.bank.reading import read_bank
from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.grading.rubric.grader import RubricGrader
from app.grading.rubric.prompting import Prompts
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.llm.dialect import Dialect
from app.llm.openai_compatible import OpenAICompatibleModel
from app.resources import resource_dir
from bench.table import against

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 40
AIM_MILLISECONDS = 30
ANSWER = (
    "我们每天凌晨做增量备份，每周做一次全量，备份完自动校验，每个月还会抽一份真的还原一遍。"
    "另外在外省租了一个机房，数据异步复制过去，主机房整个没了也还有一份。"
    "灾难恢复预案写了切换步骤和负责人，每季度演练一次，记录恢复用了多久。"
)


def start_endpoint() -> tuple["subprocess.Popen[str]", str]:
    """The scripted endpoint and its base URL."""
    command = [sys.executable, "-m", "tests.scripted_llm", "--port", "0", "--persona", "instant"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    return process, process.stdout.readline().split(" at ")[1].split(";")[0]


async def median_ms(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Medians of many runs in milliseconds, after five that are not counted: wall, own CPU.

    The CPU time tells more where other work keeps the machine busy.
    """
    walls, busy = [], []
    for _ in range(ROUNDS + 5):
        wall, cpu = time.perf_counter(), time.process_time()
        await work()
        walls.append(1000 * (time.perf_counter() - wall))
        busy.append(1000 * (time.process_time() - cpu))
    return statistics.median(walls[5:]), statistics.median(busy[5:])


async def measure(base_url: str, question: Question, similarity: SimilarityGrader) -> None:
    """Print one row a figure."""
    prompts = Prompts()
    model = OpenAICompatibleModel("scripted", base_url=base_url)
    grader = RubricGrader(model, similarity, prompts)
    request = prompts.grade(question, ANSWER)
    body = json.dumps(Dialect().body("scripted", request, stream=False)).encode()

    async def bare() -> None:
        call = urllib.request.Request(f"{base_url}/chat/completions", body)  # noqa: S310 - loopback
        with urllib.request.urlopen(call) as answer:  # noqa: S310, ASYNC210 - the bare cost is meant
            answer.read()

    async def seen() -> None:
        similarity.view(question, ANSWER)

    async def asked() -> None:
        await model.reply(request)

    calls = (await grader.assess(question, ANSWER)).usage
    trip = await median_ms(bare)
    rows = {
        "bare round trip to the endpoint": trip,
        "the same through the openai library": await median_ms(asked),
        "similarity view": await median_ms(seen),
        "rubric assessment, whole": await median_ms(lambda: grader.assess(question, ANSWER)),
        "rubric assessment, streamed": await median_ms(
            lambda: grader.assess(question, ANSWER, lambda _result: None)
        ),
    }
    print(f"calls an assessment: {calls.calls if calls else 0}")
    print(f"{'':38} {'wall':>7}    {'CPU':>7}")
    for name, (wall, cpu) in rows.items():
        print(f"{name:38} {wall:7.1f} ms {cpu:7.1f} ms")
    wall, cpu = rows["rubric assessment, whole"]
    own = wall - trip[0] * (calls.calls if calls else 1)
    print(f"{'own overhead':38} {own:7.1f} ms {cpu:7.1f} ms  {against(own, AIM_MILLISECONDS)}")
    await grader.aclose()


def main() -> None:
    """Start the endpoint, measure, stop it."""
    bank = read_bank(resource_dir("corpus") / "ai-datacenter.zh.md")
    embedder = BundledEmbedder()
    index = InMemoryIndex(embedder)
    index.sync(bank)
    question = next(question for question in bank.questions if question.id == "ai-datacenter-07")
    process, base_url = start_endpoint()
    try:
        asyncio.run(measure(base_url, question, SimilarityGrader(index, embedder)))
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
