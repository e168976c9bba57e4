"""Running the migrations from inside the program, on a connection that is open already."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def known_versions() -> frozenset[str]:
    """All versions of the tables that this program can upgrade from."""
    return frozenset(step.revision for step in scripts().walk_revisions())


def scripts() -> ScriptDirectory:
    """The steps beside this file."""
    return ScriptDirectory.from_config(_config())


def upgrade(connection: Connection, version_table: str) -> None:
    """Bring the tables up to date, inside the transaction that the caller began."""
    config = _config()
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
