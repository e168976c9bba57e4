"""`mockint serve` as a real process: where it listens, what it prints, how it stops."""

import asyncio
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.store.opening import open_store
from app.store.people import Role
from app.web.security.passwords import Passwords

ROOT = Path(__file__).parents[2]
PATIENCE = 60


class Served:
    """A running `mockint serve`."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "serve", "--port", "0", *arguments],
            cwd=ROOT,
            env=os.environ | {"MOCKINT_LANGUAGE": "en"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://[^/\s]+", line)
        assert found is not None, line + (self.process.communicate()[1] if not line else "")
        self.base = found[0]
        self.link = line.split()[-1]

    def stop(self, how: int = signal.SIGINT) -> tuple[int, str]:
        """The exit code, and all that was said."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out + err


@pytest.fixture
def serve(small_banks: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*arguments: str, **environment: str) -> Served:
        started.append(Served(*arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def refused(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", "serve", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_the_printed_link_opens_the_page_and_no_secret_is_logged(serve) -> None:
    served = serve()
    with httpx.Client(timeout=PATIENCE) as browser:
        reply = browser.get(served.link, follow_redirects=True)
        assert reply.status_code == 200
        assert str(reply.url) == f"{served.base}/"
        key = served.link.rpartition("/")[2]
        assert key not in reply.text
    code, said = served.stop()
    assert code == 130  # as every command that Ctrl-C ends
    assert "Traceback" not in said
    assert key not in said  # beyond the line that was read


def test_it_listens_at_this_machine_only(serve) -> None:
    served = serve()
    port = int(served.base.rpartition(":")[2])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in {address for address in others if not address.startswith(("127.", "::1"))}:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
            client.settimeout(2)
            assert client.connect_ex((address, port)) != 0


def test_its_key_is_readable_by_its_owner_only(serve, home: Path) -> None:
    serve()
    assert stat.S_IMODE((home / "web-secret").stat().st_mode) == 0o600


def test_an_identity_outlives_a_restart(serve) -> None:
    first = serve()
    with httpx.Client(timeout=PATIENCE) as browser:
        browser.get(first.base)
        first.stop(signal.SIGKILL)
        second = serve()
        assert "set-cookie" not in browser.get(second.base).headers


def test_several_workers_know_each_others_visitors(serve) -> None:
    served = serve("--workers", "2")
    cookies = httpx.get(served.base, timeout=PATIENCE).cookies
    for _ in range(20):  # a new connection each time, to either worker
        with httpx.Client(timeout=PATIENCE, cookies=cookies) as browser:
            reply = browser.get(served.base)
        assert reply.status_code == 200
        assert "set-cookie" not in reply.headers
    code, said = served.stop()
    assert "Traceback" not in said
    assert code == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_an_open_address_without_protection_is_refused(home: Path, host: str) -> None:
    done = refused("--host", host)
    assert done.returncode == 1
    assert "MOCKINT_ACCESS_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_open_address_with_a_token_asks_for_it(serve) -> None:
    served = serve("--host", "0.0.0.0", MOCKINT_ACCESS_TOKEN="open-sesame-please")
    reply = httpx.get(served.base, timeout=PATIENCE)
    assert (reply.status_code, reply.headers["location"]) == (303, "/access")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        pytest.param({"MOCKINT_ACCESS_TOKEN": "short"}, "MOCKINT_ACCESS_TOKEN", id="token"),
        pytest.param({"MOCKINT_SESSION_SECRET": "short"}, "MOCKINT_SESSION_SECRET", id="secret"),
        pytest.param({"MOCKINT_PUBLIC_URL": "nowhere"}, "MOCKINT_PUBLIC_URL", id="address"),
        pytest.param({"MOCKINT_DATABASE_URL": "x://y"}, "MOCKINT_DATABASE_URL", id="database"),
        pytest.param({"MOCKINT_BANK": "/nowhere.md"}, "nowhere.md", id="bank"),
    ],
)
def test_what_cannot_be_used_is_named_before_anything_starts(
    home: Path, environment: dict[str, str], named: str
) -> None:
    done = refused("--port", "0", **environment)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = refused("--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "MOCKINT_PORT" in done.stderr


async def make_account(home: Path) -> None:
    store = await open_store(home / "mockint.db")
    try:
        kept = await Passwords().hash("correct horse battery")
        await store.people.register("李老师", kept, owner="local", role=Role.OWNER)
    finally:
        await store.close()


def test_with_an_account_an_open_address_needs_no_token_and_asks_for_the_name(
    serve, home: Path
) -> None:
    asyncio.run(make_account(home))
    served = serve("--host", "0.0.0.0")
    with httpx.Client(timeout=PATIENCE, base_url=served.base, follow_redirects=True) as browser:
        page = browser.get("/history")
        assert page.url.path == "/sign-in"
        found = re.search(r'name="form_token" value="(\w+)"', page.text)
        assert found is not None
        fields = {
            "form_token": found[1],
            "name": "李老师",
            "password": "correct horse battery",
            "then": "/history",
        }
        reply = browser.post("/sign-in", data=fields, headers={"Origin": served.base})
        assert (reply.status_code, reply.url.path) == (200, "/history")


def test_behind_a_proxy_that_does_tls_the_cookie_is_secure(serve) -> None:
    served = serve()
    reply = httpx.get(served.base, headers={"X-Forwarded-Proto": "https"}, timeout=PATIENCE)
    assert "; Secure" in reply.headers["set-cookie"]
