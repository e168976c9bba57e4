"""Keys that are pressed while nothing asks for them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

try:
    import termios
except ImportError:  # Windows shows no keys that nobody reads
    termios = None  # type: ignore[assignment]

LOCAL_FLAGS = 3


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
