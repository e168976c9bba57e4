"""An embeddings endpoint with vectors of the bundled model, for tests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.embedding.bundled import BundledEmbedder

MOST_AT_ONCE = 10


@dataclass(slots=True)
class Reply:
    """What the endpoint answers: status, body (JSON unless it is text), headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Endpoint:
    """Speaks /v1/embeddings; `script` holds replies to give first, `seen` what was asked."""

    url: str = ""
    script: list[Reply] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    change: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda body: body)
    embedder: BundledEmbedder = field(default_factory=BundledEmbedder)

    def answer(self, asked: dict[str, Any]) -> Reply:
        self.seen.append(asked)
        if self.script:
            return self.script.pop(0)
        texts = asked["input"]
        if len(texts) > MOST_AT_ONCE:
            return Reply(400, {"error": {"message": f"at most {MOST_AT_ONCE} texts"}})
        if not all(text.strip() for text in texts):
            return Reply(400, {"error": {"message": "blank input"}})
        vectors = 3.0 * self.embedder.embed(texts)
        data = [
            {"object": "embedding", "index": place, "embedding": [float(x) for x in vector]}
            for place, vector in enumerate(vectors)
        ]
        body = {"object": "list", "model": asked["model"], "data": data[::-1], "usage": {}}
        return Reply(200, self.change(body))


@contextmanager
def serve_endpoint() -> Iterator[Endpoint]:
    """Starts on a free port of the loopback; takes 10 texts at once, gives data unordered."""
    played = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            played.keys.append(self.headers["Authorization"])
            reply = (
                played.answer(asked)
                if self.path == "/v1/embeddings"
                else Reply(404, {"error": {"message": self.path}})
            )
            body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Tests read `seen`, not a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    played.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()
