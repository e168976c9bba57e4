"""What Chroma raises, told in mockint's own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import MockintError, VectorIndexError, filled


class IndexDamaged(VectorIndexError):
    """The files of an embedded index cannot be used and have to be made anew."""


class CollectionMissing(VectorIndexError):
    """A collection was never made, or somebody else removed it."""


_NO_ROOM = ("disk is full", "no space left", "disk i/o error", "file too large")
_NO_RIGHT = ("readonly", "read-only", "permission denied", "unable to open database")
_BUSY = ("database is locked", "database table is locked")


@contextmanager
def translated(where: str, *, ours: bool) -> Iterator[None]:
    """Raise VectorIndexError for whatever a call of Chroma raises.

    `ours` says that the files at `where` are mockint's own: then a failure without a cause
    outside of them is IndexDamaged, which the caller may mend by making them anew.
    """
    try:
        yield
    except MockintError:
        raise
    except Exception as error:  # Chroma raises plain Exception, ValueError and its own kinds
        raise _translation(error, where, ours=ours) from error


def _translation(error: Exception, where: str, *, ours: bool) -> VectorIndexError:
    text = str(error).strip() or type(error).__name__
    said = text.lower()
    if type(error).__name__ == "NotFoundError":
        return CollectionMissing(
            filled("The index at {where} has lost a collection: {text}.", where=where, text=text)
        )
    if any(words in said for words in _NO_ROOM):
        return VectorIndexError(
            filled(
                "The index at {where} cannot be written: the disk is full or fails ({text}).",
                where=where,
                text=text,
            ),
            "Free some space, or set MOCKINT_HOME to a folder on another disk.",
        )
    if isinstance(error, PermissionError) or any(words in said for words in _NO_RIGHT):
        return VectorIndexError(
            filled("The index at {where} cannot be written: {text}.", where=where, text=text),
            "Make the folder writable, or set MOCKINT_HOME to a folder that is.",
        )
    if any(words in said for words in _BUSY):
        return VectorIndexError(
            filled("The index at {where} is held by another program.", where=where),
            "Close it, or try again in a moment.",
        )
    if ours:
        return IndexDamaged(
            filled("The index at {where} is damaged: {text}.", where=where, text=text),
            filled(
                "Delete {where}; it is made anew from the question banks at the next start.",
                where=where,
            ),
        )
    return VectorIndexError(
        filled("The Chroma server at {where} failed: {text}.", where=where, text=text),
        "Look at the server's log, or unset MOCKINT_CHROMA_URL to use the embedded index.",
    )
