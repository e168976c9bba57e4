"""From a bank file's bytes to text: UTF-8, UTF-16 with a mark, and the GB encodings of Excel."""

from pathlib import Path

from app.errors import BankError, filled

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes. A bank of 50,000 questions has about 60 MB; more is no question bank."""

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAVE_AS_UTF8 = "Save the file as UTF-8 text and try again."
_COMMON_HAN_LEAD = range(0xB0, 0xF8)  # rows of GB 2312 that hold Han characters
_GB_ROWS = range(0xA1, 0xF8)


def read_text(path: Path) -> str:
    """The text of a file; raises BankError for anything that is not a readable text file."""
    file = str(path)
    try:
        if path.is_dir():
            raise BankError("This is a folder.", "Name a bank file inside it.", file=file)
        if not path.is_file():
            raise BankError("There is no such file.", "Check the path.", file=file)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BankError(
                filled(
                    "The file has {megabytes} MB; a bank has at most {most}.",
                    megabytes=size >> 20,
                    most=LARGEST_FILE >> 20,
                ),
                "Split it into several banks.",
                file=file,
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise BankError(
            filled(
                "The file cannot be read: {reason}.",
                reason=getattr(error, "strerror", None) or error,
            ),
            "Check the path and its permissions.",
            file=file,
        ) from error
    return decode(data, file=file)


def decode(data: bytes, *, file: str = "") -> str:
    """Text from bytes. GB 18030 is taken only where the bytes look like Chinese in it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, file)
    if (position := data.find(b"\0")) >= 0:
        raise BankError(
            "This is not a text file: it holds a NUL byte.",
            _SAVE_AS_UTF8,
            file=file,
            line=data.count(b"\n", 0, position) + 1,
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _looks_like_gb(data):
            return _strictly(data, "gb18030", file)
        raise _undecodable(data, error.start, "UTF-8", file) from error


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error.start, encoding.upper(), file) from error
    if (position := text.find("\0")) >= 0:
        raise BankError(
            "This is not a text file: it holds a NUL character.",
            _SAVE_AS_UTF8,
            file=file,
            line=text.count("\n", 0, position) + 1,
        )
    return text


def _undecodable(data: bytes, position: int, encoding: str, file: str) -> BankError:
    return BankError(
        filled("Byte {position} is not {encoding} text.", position=position, encoding=encoding),
        _SAVE_AS_UTF8,
        file=file,
        line=data.count(b"\n", 0, position) + 1,
    )


def _looks_like_gb(data: bytes) -> bool:
    """Whether nine in ten double bytes lie in GB 2312, and half of them are Han.

    Other eight-bit encodings decode as GB too, but mostly to characters outside that square.
    """
    sample = data[:200_000]
    inside = outside = han = position = 0
    while position < len(sample) - 1:
        lead = sample[position]
        if lead < 0x80:
            position += 1
            continue
        trail = sample[position + 1]
        if lead in _GB_ROWS and trail >= 0xA1:
            inside += 1
            han += lead in _COMMON_HAN_LEAD
        else:
            outside += 1
        position += 2
    return han * 2 >= inside > 9 * outside
