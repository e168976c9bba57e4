"""A Chromium for the browser tests: `python -m tests.browser.chromium` finds or installs one.

A system Chromium is taken where there is one, else the package manager's is installed, else
Playwright's own build. What is used is said on standard error; its path is printed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--no-sandbox",  # a container's root cannot use Chromium's own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For an offline run: a browser that calls home would only meet refusals."""

_INSTALLERS = {
    "apt-get": (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"),
    ),
    "dnf": (("dnf", "install", "-y", "-q", "chromium", "google-noto-sans-cjk-fonts"),),
    "apk": (("apk", "add", "-q", "chromium", "font-noto-cjk"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "chromium", "noto-fonts-cjk"),),
}


def find_chromium() -> Path | None:
    """MOCKINT_TEST_BROWSER, a system Chromium, or the one that Playwright installed."""
    named = os.environ.get("MOCKINT_TEST_BROWSER", "")
    found = (shutil.which(name) for name in (named, *NAMES) if name)
    system = next((Path(path) for path in found if path), None)
    if system is not None:
        return system
    return next((path for path in (MAC, *_playwrights_own()) if path.is_file()), None)


def _playwrights_own() -> Iterator[Path]:
    try:
        with sync_playwright() as playwright:
            yield Path(playwright.chromium.executable_path)
    except Error as error:
        _tell(f"Playwright does not start: {error}")


def install_chromium() -> Path | None:
    """Install one with the package manager, else with Playwright; None where neither can."""
    manager = next((name for name in _INSTALLERS if shutil.which(name)), None)
    if manager is not None:
        _tell(f"No Chromium found; installing one with {manager} …")
        for command in _INSTALLERS[manager]:
            _run(*_as_root(command))
        found = find_chromium()
        if found is not None:
            return found
    _tell("Installing Playwright's own Chromium …")
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return find_chromium()


def _as_root(command: tuple[str, ...]) -> tuple[str, ...]:
    is_root = not hasattr(os, "geteuid") or os.geteuid() == 0
    return command if is_root or not shutil.which("sudo") else ("sudo", "-n", *command)


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    if done.returncode:
        _tell(f"{' '.join(command)} failed with exit code {done.returncode}.")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> int:
    """Find or install a Chromium; exit code 1 where there is none to be had."""
    path = find_chromium() or install_chromium()
    if path is None:
        _tell(
            "No Chromium can be installed here. Install one, or name one: "
            "MOCKINT_TEST_BROWSER=/path/to/chromium make test"
        )
        return 1
    _tell(f"Browser tests use {path}.")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
