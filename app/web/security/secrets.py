"""The key that signs cookies, and the word in the link that `mockint serve` prints."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from app.errors import SettingsError, filled
from app.settings import SHORTEST_SECRET, Settings

FILE = "web-secret"
_LINK = b"the link to the terminal's sessions"


def read_secret(settings: Settings) -> bytes:
    """MOCKINT_SESSION_SECRET, or the key in the home folder, made where there is none yet.

    Processes that start at once agree on one key. Raises SettingsError.
    """
    given = settings.session_secret.get_secret_value()
    if given:
        return given.encode()
    path = settings.home / FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
        path.chmod(0o600)
    except OSError as error:
        raise SettingsError(
            filled(
                "The key {path!r} cannot be read: {reason}.", path=str(path), reason=error.strerror
            ),
            "Give yourself the right to, or set MOCKINT_SESSION_SECRET.",
        ) from error
    if len(key) < SHORTEST_SECRET:
        raise SettingsError(
            filled("The key {path!r} is damaged.", path=str(path)),
            "Remove it; everybody is then signed out.",
        )
    return key


def link_key(secret: bytes) -> str:
    """The word that gives a browser the terminal's sessions."""
    return derived(secret, _LINK)


def derived(secret: bytes, purpose: bytes) -> str:
    """A word for one purpose that says nothing about the secret: 64 hexadecimal digits."""
    return hmac.new(secret, purpose, hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    """A new key under `path`, unless another process was quicker."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, secrets.token_hex(32).encode())
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
