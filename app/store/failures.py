"""Database failures in plain words, each with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.errors import StoreError, filled

# Parts of driver messages, most telling first, with what happened and what helps.
_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("database is locked", "database table is locked", "lock timeout"),
        "The database {where} is busy with another program.",
        "Close other programs that use it and try again; what was stored before is safe.",
    ),
    (
        ("disk is full", "no space left", "diskfull", "disk full", "sqlite_ioerr_shmsize"),
        "There is no room left for the database {where}.",
        "Free some disk space and try again; what was stored before is safe.",
    ),
    (
        ("disk i/o error",),  # says nothing of the file: moving it away could lose what it holds
        "The disk of the database {where} cannot be read or written; it may be full.",
        "Free some disk space, check the disk and try again; the database was left as it is.",
    ),
    (
        ("not a database", "malformed", "file is encrypted"),
        "The database {where} is damaged or is not a database.",
        "It was left as it is. Put a copy in its place, or move it away and import an export.",
    ),
    (
        ("unable to open database file", "readonly database", "permission denied"),
        "The database {where} cannot be opened for writing.",
        "Check that its folder exists and that you may write there.",
    ),
    (
        ("password authentication", "no password supplied", 'role "', "authorization"),
        "The database {where} refuses this user or password.",
        "Correct MOCKINT_DATABASE_URL.",
    ),
    (
        ("does not exist",),
        "The database {where} does not exist or lacks a table.",
        "Create it, or correct MOCKINT_DATABASE_URL.",
    ),
)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise StoreError for whatever SQLAlchemy, the driver or the network raise inside."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _explain(error, where) from error
    except OSError as error:
        raise StoreError(
            filled(
                "The database {where} cannot be reached: {error}.",
                where=where,
                error=_first_line(error),
            ),
            "Start it, or correct MOCKINT_DATABASE_URL; what was stored before is safe.",
        ) from error


def _explain(error: SQLAlchemyError, where: str) -> StoreError:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(cause, "sqlite_errorname", "")
    text = f"{type(cause).__name__} {cause} {code}".casefold()
    for signs, message, remedy in _KNOWN:
        if any(sign in text for sign in signs):
            return StoreError(filled(message, where=where), remedy)
    return StoreError(
        filled("The database {where} failed: {cause}.", where=where, cause=_first_line(cause)),
        "Try again; what was stored before is safe.",
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removesuffix(".")
