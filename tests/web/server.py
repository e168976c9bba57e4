"""A real server process, and a client that talks to it as a browser or a program does."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

Json = dict[str, Any]


class Server:
    """`mockint serve` at any free port; `url` is where it listens, `key` opens the local owner."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "serve", "--port", "0", *arguments],
            cwd=ROOT,
            env=kept | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output: list[str] = []
        self._clients: list[httpx.Client] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url, self.key = self._find_link()
        self._wait_until_up()

    @property
    def pid(self) -> int:
        return self._process.pid

    def processes(self) -> list[int]:
        """The process itself and its workers."""
        found = [self.pid]
        for children in Path(f"/proc/{self.pid}/task").glob("*/children"):
            found.extend(map(int, children.read_text().split()))
        return found

    def kill(self) -> None:
        """End it and its workers as kill -9 does."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._clean_up()

    def stop(self) -> int:
        """Tell it to stop, and wait until it has; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server does not stop:\n{self.text}") from None
        finally:
            self._clean_up()

    @property
    def text(self) -> str:
        """What it has printed."""
        return "".join(self.output)

    def client(self, *, local: bool = False) -> "Client":
        """A visitor of its own, or with `local` the person at the machine."""
        headers = {"Authorization": f"Bearer {self.key}"} if local else {}
        self._clients.append(httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE))
        return Client(self._clients[-1])

    def _clean_up(self) -> None:
        self._reader.join(5)
        for client in self._clients:
            client.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self.output.append(line)

    def _find_link(self) -> tuple[str, str]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            found = re.search(r"(http://\S+)/open/(\w+)", self.text)
            if found:
                return found[1], found[2]
            time.sleep(0.05)
        raise AssertionError(f"the server printed no link:\n{self.text}")

    def _wait_until_up(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                httpx.get(f"{self.url}/api/v1/grader", timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server does not answer:\n{self.text}")


class Client:
    """One visitor. Refusals come back as they are; `session` is the session opened last."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, expect: int = 200, **params: Any) -> Any:
        return self._checked(self.http.get(f"/api/v1{path}", params=params), expect)

    def post(self, path: str, body: Json | None = None, expect: int = 200) -> Any:
        return self._checked(self.http.post(f"/api/v1{path}", json=body or {}), expect)

    def open(self, **wishes: Any) -> Json:
        """A new session."""
        made: Json = self.post(
            "/sessions", {"key": os.urandom(8).hex(), "language": "zh", **wishes}, 201
        )
        return made

    def answer(self, session: Json, text: str, key: str = "one", expect: int = 202) -> Json:
        """Send an answer to what `session` shows as put last."""
        body = {"text": text, "key": key, "at": session["place"], "certain": True}
        sent: Json = self.post(f"/sessions/{session['id']}/answers", body, expect)
        return sent

    def until_judged(self, session_id: str, patience: float = PATIENCE) -> Json:
        """The session, once nothing in it waits to be judged."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            session: Json = self.get(f"/sessions/{session_id}")
            if not any(one["waiting"] for one in exchanges(session)):
                return session
            time.sleep(0.1)
        raise AssertionError(f"never judged: {session}")

    @contextmanager
    def stream(self, session_id: str, cursor: str = "") -> Iterator[Iterator[Json]]:
        """The events of a session: dicts of `id`, `event` and `data`; pings are left out."""
        headers = {"Last-Event-ID": cursor} if cursor else {}
        path = f"/api/v1/sessions/{session_id}/stream"
        with self.http.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield _events(response)

    @staticmethod
    def _checked(response: httpx.Response, expect: int) -> Any:
        assert response.status_code == expect, (response.status_code, response.text)
        return response.json() if response.content else None


def exchanges(session: Json) -> list[Json]:
    """All exchanges of all turns."""
    return [
        exchange
        for turn in session["turns"]
        for attempt in turn["attempts"]
        for exchange in attempt["exchanges"]
    ]


def _events(response: httpx.Response) -> Iterator[Json]:
    event: Json = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line == "":
            if "data" in event:
                yield {"id": None, **event}
            event = {}
        elif name == "data":
            event["data"] = json.loads(value)
        elif name in ("id", "event"):
            event[name] = value
