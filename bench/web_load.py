"""Simulated candidates: each in a browser of its own, answering, watching, going on.

A candidate opens an interview of five questions, follows its stream, thinks for a while, sends an
answer, looks at the card when it is there, and goes to the next question; after the last one it
opens another interview. All of them start within the first seconds. A request's time is what the
candidate waits for the reply; the model is never behind a reply, so all of it is mockint's own.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.web.server import Server, exchanges

ROOT = Path(__file__).parents[1]
MODEL_SECONDS = 2.0
THINKING = (10.0, 30.0)
"""Seconds to think and type, as (least, most); who types a real answer takes minutes."""

READING = (3.0, 8.0)
RAMP = 8.0
SETTLING = 60.0
ANSWERS = (
    "检查点要定期保存，出故障以后从最近的检查点恢复训练。",
    "供电要双路加柴油机，机柜按功率密度布局，冷热通道隔开。",
    "网络用无损以太网或者InfiniBand，拥塞要能看见、能调。",
    "数据先去重再清洗，敏感信息脱敏，版本要能追溯。",
)
Json = dict[str, Any]


@dataclass
class Candidate:
    """One simulated person; `sent` are texts by session and number of the answer."""

    http: httpx.AsyncClient
    chance: random.Random
    load: "Load"
    sent: dict[tuple[str, int], str] = field(default_factory=dict)

    async def practise(self, until: float) -> None:
        """Interview after interview, until a moment on the monotonic clock."""
        await asyncio.sleep(self.chance.uniform(0, RAMP))
        while time.monotonic() < until:
            body = {"key": self.chance.randbytes(8).hex(), "language": "zh"}
            session = await self._ask("POST", "/sessions", body)
            if session is None:
                await asyncio.sleep(1)
                continue
            await self._hold(session, until)

    async def _hold(self, session: Json, until: float) -> None:
        arrived: dict[int, asyncio.Event] = {}
        watching = asyncio.create_task(self._watch(session["id"], arrived))
        try:
            while session["status"] == "open" and session["step"] == "answer":
                await asyncio.sleep(self.chance.uniform(*THINKING))
                if time.monotonic() > until:
                    return
                answer = await self._send(session)
                if answer is None:
                    return
                began = time.monotonic()
                card = arrived.setdefault(answer["seq"], asyncio.Event())
                await card.wait()
                self.load.cards.append(time.monotonic() - began)
                await asyncio.sleep(self.chance.uniform(*READING))
                path = f"/sessions/{session['id']}/next"
                moved = await self._ask("POST", path, {"position": session["place"]["position"]})
                if moved is None:
                    return
                session |= moved
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _send(self, session: Json) -> Json | None:
        text = f"{self.chance.choice(ANSWERS)}（{self.chance.randrange(1_000_000)}）"
        body = {
            "text": text,
            "key": self.chance.randbytes(8).hex(),
            "at": session["place"],
            "certain": True,
        }
        sent = await self._ask("POST", f"/sessions/{session['id']}/answers", body)
        if sent is None:
            return None
        self.sent[session["id"], sent["answer"]["seq"]] = text
        answer: Json = sent["answer"]
        return answer

    async def _watch(self, session_id: str, arrived: dict[int, asyncio.Event]) -> None:
        """Follow the session as a browser does, coming back where the stream broke off."""
        cursor = ""
        while True:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            path = f"/api/v1/sessions/{session_id}/stream"
            try:
                async with self.http.stream("GET", path, headers=headers) as response:
                    if response.status_code != 200:
                        return
                    async for line in response.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            cursor = value
                        elif name == "data" and '"kind":"assessment"' in value:
                            number = json.loads(value)["answer"]
                            arrived.setdefault(number, asyncio.Event()).set()
            except httpx.TransportError as error:
                self.load.errors.append(f"stream: {type(error).__name__}")
            await asyncio.sleep(1)

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Json | None:
        start = time.perf_counter()
        try:
            response = await self.http.request(method, f"/api/v1{path}", json=body)
        except httpx.TransportError as error:
            self.load.errors.append(f"{method} {_kind(path)}: {type(error).__name__}")
            return None
        self.load.times.append(time.perf_counter() - start)
        if response.status_code >= 400:
            said = f"{response.status_code} {response.text[:120]}"
            self.load.errors.append(f"{method} {_kind(path)}: {said}")
            return None
        answer: Json = response.json()
        return answer

    async def check(self) -> int:
        """How many of the answers are not there with exactly one grade, once all had time."""
        wrong = 0
        for session_id in {name for name, _ in self.sent}:
            session = (await self.http.get(f"/api/v1/sessions/{session_id}")).json()
            graded = {
                one["answer"]["seq"]: one
                for one in exchanges(session)
                if one["answer"] and len(one["assessments"]) == 1
            }
            for (name, number), text in self.sent.items():
                if name == session_id:
                    found = graded.get(number)
                    wrong += found is None or found["answer"]["text"] != text
        return wrong


@dataclass
class Load:
    """What a run came to. Times are in seconds, quantiles in milliseconds.

    `processor` is the server's processor time, settling included: unlike the rest it says the same
    on a machine that others use too.
    """

    seconds: float
    candidates: list[Candidate] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    processor: float = 0.0
    megabytes: float = 0.0

    @property
    def sent(self) -> int:
        """Answers that the server said it has."""
        return sum(len(candidate.sent) for candidate in self.candidates)

    def quantile(self, percent: int) -> float:
        """Of the requests' times."""
        return _quantile(self.times, percent)

    def card_quantile(self, percent: int) -> float:
        """Of the times from an answer to its card."""
        return _quantile(self.cards, percent)


def run_load(home: str, model: str, options: argparse.Namespace, database: dict[str, str]) -> Load:
    """One run against a server of its own."""
    environment = {
        "MOCKINT_HOME": str(Path(home) / "home"),
        "MOCKINT_LLM_MODEL": "scripted",
        "OPENAI_BASE_URL": model,
        "MOCKINT_LLM_CONCURRENCY": "128",
        "MOCKINT_REQUEST_LIMIT": "1000000",
    }
    server = Server(environment | database, "--workers", str(options.workers))
    try:
        return asyncio.run(_run(server, options))
    finally:
        server.stop()


async def _run(server: Server, options: argparse.Namespace) -> Load:
    await asyncio.to_thread(_begin, server, options.workers)
    load = Load(options.seconds)
    limits = httpx.Limits(max_connections=4, max_keepalive_connections=4)
    load.candidates = [
        Candidate(
            httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits),
            random.Random(number),  # noqa: S311 - a simulation, the same each time
            load,
        )
        for number in range(options.candidates)
    ]
    until = time.monotonic() + options.seconds
    watching = asyncio.create_task(_weigh(server, load))
    before = sum(map(_processor, server.processes()))
    await asyncio.gather(*(candidate.practise(until) for candidate in load.candidates))
    await _settle(load)
    load.processor = sum(map(_processor, server.processes())) - before
    watching.cancel()
    for candidate in load.candidates:
        load.lost += await candidate.check()
        await candidate.http.aclose()
    return load


def _begin(server: Server, workers: int) -> None:
    """Have every worker answer and grade something, so that its start is not counted."""
    for number in range(4 * workers):
        client = server.client()
        session = client.open()
        client.answer(session, ANSWERS[number % len(ANSWERS)])
        client.until_judged(session["id"])


async def _settle(load: Load) -> None:
    """Give what is under way the time to be graded."""
    end = time.monotonic() + SETTLING
    while time.monotonic() < end:
        if sum([await one.check() for one in load.candidates]) == 0:
            return
        await asyncio.sleep(2)


async def _weigh(server: Server, load: Load) -> None:
    """Note the most memory that a process of the server has."""
    while True:
        load.megabytes = max(load.megabytes, *(_resident(pid) for pid in server.processes()))
        await asyncio.sleep(1)


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has had."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


@contextmanager
def slow_model() -> Iterator[str]:
    """The base URL of an endpoint in a process of its own that takes its time."""
    command = (sys.executable, "-m", "tests.scripted_llm", "--port", "0")
    process = subprocess.Popen(  # noqa: S603 - our own module
        [*command, "--delay", str(MODEL_SECONDS)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+/v1", process.stdout.readline())
        assert found is not None, "the scripted model did not start"
        yield found[0].rstrip(";")
    finally:
        process.kill()
        process.communicate()


def _kind(path: str) -> str:
    return re.sub(r"[0-9a-f]{12}", "ID", path)


def _quantile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return 1000 * sum(values)
    return 1000 * statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
