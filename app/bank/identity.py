"""Ids of banks, questions and key points: what they may look like, and how missing ones are made.

Ids stand in addresses, file names, JSON and the vector index, so they are short ASCII.
"""

import hashlib
import re
import unicodedata

LONGEST_ID = 80
ID_RULE = (
    f"An id is 1 to {LONGEST_ID} ASCII letters, digits, '-', '_' or '.', "
    "and begins and ends with a letter or digit."
)

_ID = re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,{LONGEST_ID - 2}}}[A-Za-z0-9])?")
_UNSAFE_RUN = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 48  # leaves room for the question's number


def is_valid_id(text: str) -> bool:
    """Whether `text` can be an id; `ID_RULE` says the rule in words."""
    return _ID.fullmatch(text) is not None


def slug(name: str) -> str:
    """A stable id from a file's or bank's name.

    Where letters beyond ASCII had to go, eight hex digits of SHA-256 over the name stand for
    them, so that two Chinese names get two ids.
    """
    name = unicodedata.normalize("NFC", name).strip()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = _UNSAFE_RUN.sub("-", plain).strip("-")[:_LONGEST_SLUG].strip("-")
    if text and not any(ord(char) > 0x24F and char.isalnum() for char in name):
        return text
    mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{text or 'bank'}-{mark}"


class Numbering:
    """Makes ids for the questions of one bank from the numbers that they carry.

    `next_id` gives `BANK-07` for number "7" and `BANK-01-02` for "1.2"; a number that comes
    again, as where each part of a file counts from 1, gets `-2`, `-3`, … behind it. A question
    without a number continues from the highest one so far.
    """

    def __init__(self, bank_id: str, taken: set[str]) -> None:
        self._bank_id = bank_id
        self._taken = taken
        self._highest = 0

    def next_id(self, number: str | None, authored: str | None) -> str:
        """The authored id if there is one, else one that no other question has."""
        parts = [int(part) for part in re.split(r"[.．]", number)] if number else []
        self._highest = parts[0] if parts else self._highest + 1
        if authored is not None:
            return authored
        parts = parts or [self._highest]
        stem = "-".join([self._bank_id, *(f"{part:02d}" for part in parts)])
        name, repeat = stem, 1
        while name in self._taken:
            repeat += 1
            name = f"{stem}-{repeat}"
        self._taken.add(name)
        return name
