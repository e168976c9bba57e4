"""The banks in force, by the settings."""

from pathlib import Path

from app.bank.living_shelf import LivingShelf
from app.bank.shelf import Shelf, open_shelf
from app.resources import resource_dir
from app.settings import Settings


def load_banks(settings: Settings) -> Shelf:
    """The banks in force, read directly: no embedder and no index is needed."""
    return open_shelf(settings.bank, resource_dir("corpus"), imported_banks(settings))


def living_banks(settings: Settings) -> LivingShelf:
    """The same for a process that goes on while files change."""
    return LivingShelf(settings.bank, resource_dir("corpus"), imported_banks(settings))


def imported_banks(settings: Settings) -> Path:
    """The folder that imported banks are kept in."""
    return settings.home / "banks"
