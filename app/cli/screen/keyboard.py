"""Where keys come from, and what becomes of those that nothing asks for."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import MockintError

try:
    import termios
except ImportError:  # Windows shows no keys that nobody reads
    termios = None  # type: ignore[assignment]

LOCAL_FLAGS = 3
TERMINAL = "/dev/tty"


def listen_to_the_terminal() -> None:
    """Take keys from the terminal, also where a document came through standard input.

    Raises MockintError where there is no terminal.
    """
    if sys.stdin.isatty():
        return
    try:
        opened = os.open(TERMINAL, os.O_RDWR)
    except OSError as error:
        raise MockintError(
            "There is no terminal to answer at.",
            "Name the document as a file at a terminal, or use --plan or --answer.",
        ) from error
    os.dup2(opened, 0)
    os.close(opened)
    sys.stdin = os.fdopen(0, encoding=sys.stdin.encoding, errors="replace", closefd=False)


@contextmanager
def unechoed() -> Iterator[None]:
    """Keep keys that arrive between two prompts off the screen; the next prompt gets them.

    Ctrl-C keeps working. Does nothing where standard input is no terminal.
    """
    if termios is None or not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    silent = termios.tcgetattr(descriptor)
    silent[LOCAL_FLAGS] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
