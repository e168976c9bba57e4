"""The banks in force, by the settings."""

from app.bank.shelf import Shelf, open_shelf
from app.resources import resource_dir
from app.settings import Settings


def load_banks(settings: Settings) -> Shelf:
    """The banks in force, read directly: no embedder and no index is needed."""
    return open_shelf(settings.bank, resource_dir("corpus"), settings.home / "banks")
