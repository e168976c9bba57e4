"""Passwords, hashed with argon2; hashing takes memory and time, so few run at once."""

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2

_hasher = PasswordHasher()


class Passwords:
    """Hashes and compares passwords in threads of their own."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._room:
            return await asyncio.to_thread(_hasher.hash, password)

    async def match(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; takes as long where there is none."""
        async with self._room:
            return await asyncio.to_thread(_matches, password, kept)


@cache
def _nobodys() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(16))


def _matches(password: str, kept: str | None) -> bool:
    try:
        return _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
