"""Real processes on real terminals, and whole screens kept as text files."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pexpect
import pyte
import pytest

ROOT = Path(__file__).parents[2]
SCREENS = Path(__file__).parent / "screens"
PATIENCE = 60.0
KEYS = {
    "enter": "\r",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "ctrl-u": "\x15",
    "up": "\x1b[A",
    "alt-enter": "\x1b\r",
}


class _AnsweringScreen(pyte.Screen):
    """A screen that answers the program's questions about it, as terminals do."""

    reply: Callable[[str], object] = staticmethod(lambda _: None)

    def write_process_input(self, data: str) -> None:
        self.reply(data)


class Terminal:
    """A process on a terminal of `columns` by `rows`, seen as the person sees it."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], columns: int, rows: int
    ) -> None:
        self._screen = _AnsweringScreen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self.raw = ""
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=dict(env),
            cwd=str(ROOT),
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
        )
        self._screen.reply = self._child.send

    @property
    def text(self) -> str:
        """The screen without trailing blanks."""
        lines = (line.rstrip() for line in self._screen.display)
        return "\n".join(lines).strip("\n")

    def wait_for(self, text: str) -> None:
        """Read until `text` is on the screen; line breaks in it may fall anywhere."""
        wanted = _unbroken(text)
        end = time.monotonic() + PATIENCE
        while wanted not in _unbroken(self.text):
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} never came up on:\n{self.text}")

    def wait_until_gone(self, text: str) -> None:
        """Read until `text` is no longer on the screen."""
        end = time.monotonic() + PATIENCE
        while _unbroken(text) in _unbroken(self.text):
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} stayed on:\n{self.text}")

    def type(self, text: str) -> None:
        """Type `text`, and wait until the screen shows it."""
        self._child.send(text)
        self.wait_for(text)

    def press(self, *keys: str) -> None:
        """Press keys by name, each in a write of its own as fingers do."""
        for key in keys:
            self._child.send(KEYS[key])
            self._settle()

    def paste(self, text: str, *, bracketed: bool = True) -> None:
        """Paste `text`; a terminal sends a carriage return for each line feed."""
        sent = text.replace("\n", "\r")
        self._child.send(f"\x1b[200~{sent}\x1b[201~" if bracketed else sent)

    def end(self) -> int:
        """Read to the end of the process; its exit code, minus the signal if one killed it."""
        end = time.monotonic() + PATIENCE
        while self._read():
            if time.monotonic() > end:
                raise AssertionError(f"The process does not end:\n{self.text}")
        self._child.close()
        if self._child.exitstatus is not None:
            return int(self._child.exitstatus)
        return -int(self._child.signalstatus or 0)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def kill(self) -> None:
        """End the process with kill -9."""
        self._child.kill(signal.SIGKILL)
        self._child.close()

    def _settle(self) -> None:
        """Give the program time to take the key before the next one comes."""
        until = time.monotonic() + 0.15
        while (left := until - time.monotonic()) > 0:
            if not self._read(left):
                break

    def _read(self, timeout: float = 0.5) -> bool:
        """Take what the process has written; False at its end."""
        try:
            chunk = self._child.read_nonblocking(65_536, timeout=timeout)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += chunk
        self._stream.feed(chunk)
        return True


def _unbroken(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a UTF-8 terminal, no settings and an empty data folder."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "MOCKINT_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, environment: dict[str, str]) -> str:
    """The database that the person's settings name, with nothing in it."""
    name = str(request.param)
    if name == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgresql")
        environment["MOCKINT_DATABASE_URL"] = make()
    return name


Start = Callable[..., Terminal]


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Starts `python -m MODULE ARGUMENTS` on a terminal; ends it after the test."""
    started: list[Terminal] = []

    def start_one(
        module: str, *arguments: str, columns: int = 80, rows: int = 50, **env: str
    ) -> Terminal:
        command = (sys.executable, "-m", module, *arguments)
        terminal = Terminal(command, environment | env, columns, rows)
        started.append(terminal)
        return terminal

    yield start_one
    for terminal in started:
        terminal.kill()


@pytest.fixture
def check_screen() -> Callable[[str, str], None]:
    """Compares a text with the file of that name under screens/.

    With RENEW_SCREENS=1 in the environment the file is written instead; look at the difference
    before committing it.
    """

    def check(name: str, text: str) -> None:
        file = SCREENS / f"{name}.txt"
        if os.environ.get("RENEW_SCREENS"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        assert text.rstrip("\n") + "\n" == file.read_text("utf-8")

    return check
