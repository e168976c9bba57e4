"""Banks of this process by the very content of their files, so that a large one is read once.

A bank of 50,000 questions takes ten seconds to read and a twentieth of one to tell apart.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from app.bank.decoding import read_text
from app.bank.reading import bank_of
from app.bank.writing import write_bank
from app.domain.question import Bank

_KEPT = 8


@dataclass(slots=True)
class _Known:
    """`is_plain` is None until somebody asks."""

    bank: Bank
    is_plain: bool | None = None


_Key = tuple[Path, bytes]
_known: OrderedDict[_Key, _Known] = OrderedDict()
_lock = threading.Lock()


def read_known(file: Path) -> Bank:
    """What `read_bank` returns, from memory where this very content of the file was read before."""
    return _look_up(file, read_text(file)).bank


def is_plain(file: Path) -> bool:
    """Whether the file holds just what would be written of its bank."""
    text = read_text(file)
    known = _look_up(file, text)
    if known.is_plain is None:
        known.is_plain = text == write_bank(known.bank)
    return known.is_plain


def remember_written(file: Path, text: str, bank: Bank) -> None:
    """Keep a bank for when `file` is read, to which `text` has just been written of it.

    `bank` has to be what reading would return, line numbers included.
    """
    _keep(_key(file, text), _Known(bank, is_plain=True))


def _look_up(file: Path, text: str) -> _Known:
    key = _key(file, text)
    with _lock:
        known = _known.get(key)
        if known is not None:
            _known.move_to_end(key)
            return known
    return _keep(key, _Known(bank_of(text, file)))


def _keep(key: _Key, known: _Known) -> _Known:
    with _lock:
        _known[key] = known
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return known


def _key(file: Path, text: str) -> _Key:
    return file, hashlib.sha256(text.encode(errors="surrogatepass")).digest()
