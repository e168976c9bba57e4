"""The chat page: its weight, the server's time for each page, an answer's way to its card, load.

Run: python -m bench.web [page | load] [--candidates N] [--seconds S] [--workers N]

Everything runs on this machine: a real server process, a scripted model that takes two seconds
for a reply, and the simulated candidates of `bench.web_load`, which share its processors. Page
times are those of a client on loopback; nothing of a page comes from a cache.
"""

import argparse
import asyncio
import re
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import asyncpg
from sqlalchemy.engine import make_url

from bench import store as kept
from bench.table import row
from bench.web_load import Load, run_load, slow_model
from tests.web.server import Client, Server

ROUNDS = 30
ANSWER = "检查点要定期保存到两座城市，出故障以后从最近的检查点恢复，每个季度演练一次。"
_LINKED = re.compile(r'<(?:link|script|img)\b[^>]*\b(?:href|src)="([^"]+)"')
_IMPORTED = re.compile(r'(?:from|import)\s*\(?"(\.[^"]+\.js)"|@import\s+(?:url\()?"([^"]+)"')


def weigh(client: Client, path: str) -> tuple[int, int, int]:
    """Bytes of a page with all that it loads, how many files, and how many from elsewhere."""
    here = str(client.http.base_url)
    waiting, seen, size, strange = [urljoin(here, path)], set[str](), 0, 0
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        if urlsplit(url).netloc != urlsplit(here).netloc:
            strange += 1
            continue
        response = client.http.get(url, headers={"accept": "text/html"}, follow_redirects=True)
        size += len(response.content)
        pattern = _LINKED if len(seen) == 1 else _IMPORTED
        for found in pattern.finditer(response.text):
            name = next(group for group in found.groups() if group)
            waiting.append(urljoin(url, name))
    return size, len(seen), strange


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of several runs, after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def measure_pages(server: Server) -> None:
    """Weight of the first page, and the time of every page of a visitor with a session."""
    client = server.client(local=True)
    size, files, strange = weigh(client, "/")
    row("start page with all it loads", size / 1000, "kB", f"{files} files; aim: under 60")
    row("of these from elsewhere", strange, "requests", "aim: 0")
    session = client.open(count=2)
    size, files, _ = weigh(client, f"/sessions/{session['id']}")
    row("chat page with all it loads", size / 1000, "kB", f"{files} files")
    client.answer(session, ANSWER)
    client.until_judged(session["id"])
    bank = client.get("/banks")[0]["id"]
    question = client.get(f"/banks/{bank}/questions", limit=1)[0]["id"]
    pages = {
        "start": "/",
        "chat, one answer graded": f"/sessions/{session['id']}",
        "report": f"/sessions/{session['id']}/report",
        "history": "/history",
        "review": "/review",
        "banks": "/banks",
        "one bank": f"/banks/{bank}",
        "one question": f"/banks/{bank}/questions/{question}",
        "settings": "/settings",
        "API: session": f"/api/v1/sessions/{session['id']}",
    }
    for name, path in pages.items():

        def get(path: str = path) -> None:
            client.http.get(path, headers={"accept": "text/html"}).raise_for_status()

        row(f"page: {name}", median_ms(get), "ms")


def measure_first_card(server: Server) -> None:
    """From sending an answer to its first verdict and to the whole card, graded by similarity."""
    client = server.client()
    chips, cards = [], []
    for number in range(ROUNDS // 3):
        session = client.open(count=1, seed=str(number))
        with client.stream(session["id"]) as events:
            while next(events)["event"] != "question":
                pass
            start = time.perf_counter()
            client.answer(session, ANSWER)
            kinds: dict[str, float] = {}
            while "assessment" not in kinds:
                kinds.setdefault(next(events)["event"], time.perf_counter() - start)
        cards.append(kinds["assessment"])
        chips.append(kinds.get("verdict", kinds["assessment"]))
    row("answer to first chip, similarity", 1000 * statistics.median(chips), "ms")
    row("answer to full card, similarity", 1000 * statistics.median(cards), "ms")


def show(name: str, load: Load, workers: int) -> None:
    """The rows of a load run."""
    what = f"{len(load.candidates)} candidates, {workers} workers"
    row(f"{name}: requests", len(load.times), "requests", what)
    row(f"{name}: answers sent", load.sent, "answers", f"in {load.seconds:.0f} s")
    row(f"{name}: errors", len(load.errors), "requests", "aim: 0")
    row(f"{name}: answers lost or not graded once", load.lost, "answers", "aim: 0")
    row(f"{name}: time of a request, p50", load.quantile(50), "ms")
    row(f"{name}: time of a request, p95", load.quantile(95), "ms", "aim: under 250")
    row(f"{name}: answer to card, p50 (2 s are the model's)", load.card_quantile(50), "ms")
    row(f"{name}: answer to card, p95", load.card_quantile(95), "ms")
    each = 1000 * load.processor / max(load.sent, 1)
    row(f"{name}: processor time of the server, an answer", each, "ms", "requests and grading")
    row(f"{name}: memory of a worker, most", load.megabytes, "MB")
    for error in sorted(set(load.errors))[:5]:
        print(f"  {error}")


def measure_load(options: argparse.Namespace) -> None:
    """The load run on SQLite, then on PostgreSQL where a server answers."""
    with slow_model() as model:
        with tempfile.TemporaryDirectory() as home:
            show("SQLite", run_load(home, model, options, {}), options.workers)
        server = make_url(kept.SERVER)
        name = f"mockint_bench_{secrets.token_hex(4)}"
        made = f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"
        try:
            asyncio.run(kept.on_server(server, made))
        except (OSError, asyncpg.PostgresError) as error:
            print(f"PostgreSQL was not measured, no server at {server!r}: {error}")
            return
        try:
            url = server.set(database=name).render_as_string(hide_password=False)
            database = {"MOCKINT_DATABASE_URL": url}
            with tempfile.TemporaryDirectory() as home:
                show("PostgreSQL", run_load(home, model, options, database), options.workers)
        finally:
            asyncio.run(kept.on_server(server, f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    """What the command line asks for; all of it without arguments."""
    parser = argparse.ArgumentParser(prog="python -m bench.web")
    parser.add_argument("what", nargs="?", choices=("page", "load"))
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.what != "load":
        measure_page()
    if options.what != "page":
        measure_load(options)


def measure_page() -> None:
    """What one visitor sees, graded by similarity."""
    with tempfile.TemporaryDirectory() as home:
        server = Server({"MOCKINT_HOME": str(Path(home) / "home")})
        try:
            measure_pages(server)
            measure_first_card(server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
