"""What all requests of one server process share."""

from dataclasses import dataclass

from app.settings import Settings
from app.store.base import Store
from app.web.live.room import Room
from app.web.pages import PageMaker
from app.web.security.access import Entrance
from app.web.security.identity import Seal
from app.web.security.limits import Limits
from app.web.security.origin import Names
from app.web.security.passwords import Passwords
from app.web.standing_banks import StandingBanks
from app.wiring.services import Services


@dataclass(slots=True)
class Holdings:
    """Settings and what was made of them when the process started.

    `banks`, `store` and `room` belong to the event loop that the process runs.
    """

    settings: Settings
    seal: Seal
    names: Names
    entrance: Entrance
    limits: Limits
    passwords: Passwords
    pages: PageMaker
    banks: StandingBanks
    store: Store
    room: Room

    @property
    def services(self) -> Services:
        """Banks, index, embedder and grader as they were last found."""
        return self.banks.services
