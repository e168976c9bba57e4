"""The store that the settings name; SQLAlchemy is imported only when it is opened."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.events import LOCAL_OWNER
from app.settings import Settings
from app.store.peek import LastSession, peek_last

if TYPE_CHECKING:
    from app.store.base import Store

DATABASE_FILE = "mockint.db"


def database_of(settings: Settings) -> str | Path:
    """MOCKINT_DATABASE_URL, or the path of the SQLite file in the home folder."""
    return settings.database_url or settings.home / DATABASE_FILE


def last_session(settings: Settings, name: str = "") -> LastSession | None:
    """The newest session, of those whose id begins with `name`, where that can be known at once.

    It can in a SQLite file; another database would have to be connected to first.
    """
    database = database_of(settings)
    if isinstance(database, str):
        scheme, _, path = database.partition(":///")
        if not scheme.startswith("sqlite"):
            return None
        database = Path(path)
    return peek_last(database, LOCAL_OWNER, name)


def import_store() -> None:
    """Import what `open_store` needs: most of a second, to be spent in a thread of its own."""
    import app.store.opening  # noqa: PLC0415 (slow to import)

    del app


async def open_store(settings: Settings) -> "Store":
    """Open the store, on the running event loop. Raises StoreError that names what is wrong."""
    from app.store.opening import open_store as open_at  # noqa: PLC0415 (slow to import)

    return await open_at(database_of(settings))
