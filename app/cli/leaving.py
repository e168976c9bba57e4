"""How a person leaves an interview."""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""


class Left(Exception):
    """The person pressed Ctrl-C; whatever was typed has been kept."""


class Paused(Exception):
    """The person wants to go on another time."""


class Finished(Exception):
    """The person asked to stop here."""
