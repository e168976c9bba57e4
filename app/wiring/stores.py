"""The store that the settings name; SQLAlchemy is imported only when it is opened."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.events import LOCAL_OWNER
from app.settings import Settings
from app.store.peek import LastSession, peek_asked, peek_last
from app.store.rows import AskedRow

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
    file = _database_file(settings)
    return None if file is None else peek_last(file, LOCAL_OWNER, name)


def asked_before(settings: Settings) -> tuple[AskedRow, ...] | None:
    """Which questions were asked before; None where that cannot be known at once."""
    file = _database_file(settings)
    return None if file is None else peek_asked(file, LOCAL_OWNER)


def _database_file(settings: Settings) -> Path | None:
    database = database_of(settings)
    if isinstance(database, Path):
        return database
    scheme, _, path = database.partition(":///")
    return Path(path) if scheme.startswith("sqlite") else None


def import_store() -> None:
    """Import what `open_store` needs: most of a second, to be spent in a thread of its own."""
    import app.store.opening  # noqa: PLC0415 (slow to import)

    del app


async def open_store(settings: Settings) -> "Store":
    """Open the store, on the running event loop. Raises StoreError that names what is wrong."""
    from app.store.opening import open_store as open_at  # noqa: PLC0415 (slow to import)

    return await open_at(database_of(settings))
