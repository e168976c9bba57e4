"""The text of a job description or a résumé, whatever file it comes in."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from app.bank.decoding import decode
from app.errors import BankError, DocumentError, filled

MOST_BYTES = 10_000_000
MOST_CHARACTERS = 400_000
SECONDS = 30.0
READABLE = "Give Markdown, plain text, PDF or DOCX of at most 10 MB."
_SUFFIXES = (".md", ".markdown", ".txt", ".text", ".pdf", ".docx")
_LONGEST_PATH = 400
_EXPORT_AGAIN = "Export it again as Markdown, plain text, PDF or DOCX of at most 10 MB."
_PROBLEMS = {
    "locked": ("{name!r} is locked with a password.", "Save it without one."),
    "broken": ("{name!r} cannot be read; it may be damaged.", _EXPORT_AGAIN),
    "large": (
        "{name!r} unpacks to far more text than a person reads.",
        "Give the part that matters.",
    ),
}


def read_source(source: str, standard_input: BinaryIO | None = None) -> str:
    """The text that an option means: a file's, standard input's for `-`, else the text itself.

    One word with a known suffix, or with a separator of paths, is a file even if there is none,
    so that a misspelt name is no job description. Raises DocumentError.
    """
    if source == "-":
        return document_text((standard_input or sys.stdin.buffer).read(MOST_BYTES + 1), "-")
    if _is_path(source):
        return read_file(Path(source).expanduser())
    return _bounded(source, filled("The text"))


def read_file(path: Path) -> str:
    """The text of a file. Raises DocumentError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(
            filled("{path!r} cannot be read: {reason}.", path=str(path), reason=reason), READABLE
        ) from error
    return document_text(data, path.name)


def document_text(data: bytes, name: str) -> str:
    """The text in `data`, by what it is and not by what `name` says. Raises DocumentError."""
    if len(data) > MOST_BYTES:
        raise DocumentError(
            filled("{name!r} is larger than 10 MB.", name=name), "Give the part that matters."
        )
    if data.startswith(b"%PDF-") or name.lower().endswith(".pdf"):
        return _extracted("pdf", data, name)
    if _is_docx(data) or name.lower().endswith(".docx"):
        return _extracted("docx", data, name)
    try:
        text = decode(data)
    except BankError as error:
        raise DocumentError(
            filled("{name!r} is no text that can be read.", name=name), READABLE
        ) from error
    return _bounded(text, repr(name))


def _is_path(source: str) -> bool:
    if "\n" in source or len(source) > _LONGEST_PATH:
        return False
    if source.lower().endswith(_SUFFIXES):
        return True
    try:
        return Path(source).expanduser().is_file() or (
            " " not in source and source.startswith(("/", "./", "../", "~"))
        )
    except (OSError, ValueError, RuntimeError):
        return False


def _is_docx(data: bytes) -> bool:
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            return "word/document.xml" in packed.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False


def _extracted(kind: str, data: bytes, name: str) -> str:
    program = Path(__file__).with_name("extraction.py")
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the stranger's file is its input
            [sys.executable, "-P", str(program), kind],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            filled(
                "{name!r} took longer than {seconds:.0f} seconds to read.",
                name=name,
                seconds=SECONDS,
            ),
            "Save it as text and give that.",
        ) from error
    except ValueError as error:
        raise DocumentError(filled(_PROBLEMS["broken"][0], name=name), READABLE) from error
    if answer.get("problem") == "long":
        raise DocumentError(
            filled(
                "{name!r} has {pages} pages; at most 40 are read.", name=name, pages=answer["pages"]
            ),
            "Give the pages that matter.",
        )
    if "problem" in answer:
        said, remedy = _PROBLEMS[answer["problem"]]
        raise DocumentError(filled(said, name=name), remedy)
    if not str(answer["text"]).strip():
        raise DocumentError(
            filled("{name!r} holds no text; it may be a scan.", name=name),
            "Give a version whose text can be copied.",
        )
    return str(answer["text"])


def _bounded(text: str, name: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(
            filled(
                "{name} is longer than {most} characters.",
                name=name,
                most=MOST_CHARACTERS,
            ),
            "Give the part that matters.",
        )
    return text
