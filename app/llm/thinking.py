"""Leaving out the thoughts that reasoning models put before their reply."""

OPEN = "<think>"
CLOSE = "</think>"


def strip_thinking(text: str) -> str:
    """The reply after a leading `<think>…</think>`.

    Some chat templates swallow the opening tag, so a lone closing tag ends the thoughts as well,
    unless the text starts as JSON: then the tag is part of a quote. A thought that never ends
    leaves nothing.
    """
    start = text.lstrip()
    if start.startswith(OPEN):
        return start.partition(CLOSE)[2].lstrip()
    if CLOSE in start and not start.startswith(("{", "[", "```")):
        return start.partition(CLOSE)[2].lstrip()
    return text


class ThinkingFilter:
    """Holds back a leading `<think>…</think>` while a reply streams in."""

    def __init__(self) -> None:
        self._held = ""
        self._open = False
        self._passing = False

    def feed(self, piece: str) -> str:
        """The part of the text so far that may be shown now; empty while unsure or thinking."""
        if self._passing:
            return piece
        self._held += piece
        if not self._open:
            start = self._held.lstrip()
            if len(start) < len(OPEN) and OPEN.startswith(start):
                return ""
            self._open = start.startswith(OPEN)
            if not self._open:
                self._passing = True
                return self._held
        _, _, rest = self._held.partition(CLOSE)
        self._passing = bool(rest.strip())
        return rest.lstrip()
