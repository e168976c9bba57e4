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
from app.wiring.services import Services


@dataclass(slots=True)
class Holdings:
    """Settings and what was made of them when the process started.

    `services`, `store` and `room` belong to the event loop that the process runs.
    """

    settings: Settings
    seal: Seal
    names: Names
    entrance: Entrance
    limits: Limits
    pages: PageMaker
    services: Services
    store: Store
    room: Room
