"""Sessions that were read lately, so that reading one again asks only for what was added.

Events never change and are never taken away one by one, so a session that was read stays true up
to its last event; only a session that is gone, or another database in its place, has to be noticed.
"""

from collections import OrderedDict
from datetime import datetime

from app.domain.session import Session

MOST = 256


class Recent:
    """The sessions read last, by the number of their row, which no other row ever gets."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[int, Session] = OrderedDict()

    def find(self, number: int, created_at: datetime, seq: int) -> Session | None:
        """The session as it was read last; None unless it can be what the row with `seq` was."""
        known = self._sessions.get(number)
        if known is None or known.seq > seq or known.start.created_at != created_at:
            return None
        self._sessions.move_to_end(number)
        return known

    def keep(self, number: int, session: Session) -> None:
        """Remember a session; the one that was not asked for longest makes room."""
        self._sessions[number] = session
        self._sessions.move_to_end(number)
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)

    def clear(self) -> None:
        """Remember nothing: something was deleted for good."""
        self._sessions.clear()
