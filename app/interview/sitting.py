"""One session under way, as every part of the host sees it."""

from app.domain.session import Session, Turn
from app.store.base import Repository


class Sitting:
    """`session` is how it stood after the last step made here.

    It belongs to one owner's repository and to one event loop; any number of them, of any owners,
    can be under way in one process.
    """

    def __init__(self, repository: Repository, session: Session) -> None:
        self.repository = repository
        self.session = session

    @property
    def turn(self) -> Turn:
        """The turn of the question asked last."""
        turn = self.session.current
        assert turn is not None, "a host has asked at least one question"
        return turn

    async def reload(self) -> None:
        """Look at the session as it stands now; a look that took longer changes nothing back."""
        session = await self.repository.load(self.session.id)
        if session.seq >= self.session.seq:
            self.session = session
