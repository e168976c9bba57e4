"""A program of its own that reads the text out of a PDF or DOCX file on standard input.

Such files come from strangers, and what reads them can be made to spin, or to ask for all the
memory there is. So it runs as a process that `documents` gives a time, and that gives itself a
limit of memory. It imports nothing of mockint's. Its only argument is `pdf` or `docx`; the answer
is one JSON object: `text`, `pages`, or `problem`, a word that `documents` explains.
"""

import io
import json
import sys
import zipfile

MEMORY = 1 << 30
MOST_PAGES = 40
MOST_UNPACKED = 50_000_000
MOST_TEXT = 400_000


class _Refused(Exception):
    """The file cannot be used; the message is the word for it."""


def read_pdf(data: bytes) -> dict[str, object]:
    """The text of all pages, page by page."""
    from pypdf import PdfReader  # noqa: PLC0415 - only for a PDF
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - only for a PDF

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Refused("locked")
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            return {"problem": "long", "pages": pages}
        parts: list[str] = []
        for page in reader.pages:
            parts.append(page.extract_text())
            if sum(map(len, parts)) > MOST_TEXT:
                raise _Refused("large")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # a broken file makes the library stumble in many ways; all mean the same to a person
        raise _Refused("broken") from error
    return {"text": "\n".join(parts), "pages": pages}


def read_docx(data: bytes) -> dict[str, object]:
    """The text of all paragraphs, those in tables and boxes included."""
    from docx import Document  # noqa: PLC0415 - only for a DOCX
    from docx.opc.exceptions import OpcError  # noqa: PLC0415 - only for a DOCX
    from docx.oxml.ns import qn  # noqa: PLC0415 - only for a DOCX
    from lxml.etree import LxmlError  # noqa: PLC0415 - only for a DOCX

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise _Refused("large")
        body = Document(io.BytesIO(data)).element.body
    except (
        zipfile.BadZipFile, OpcError, LxmlError, ValueError, KeyError, AttributeError, TypeError,
    ) as error:  # fmt: skip
        raise _Refused("broken") from error
    lines: list[str] = []
    size = 0
    for paragraph in body.iter(qn("w:p")):
        is_item = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        size += len(text)
        if size > MOST_TEXT:
            raise _Refused("large")
        lines.append(f"- {text}" if is_item and text.strip() else text)
    return {"text": "\n".join(lines), "pages": 1}


def main() -> None:
    """Read standard input, print the answer."""
    _limit_memory()
    read = {"pdf": read_pdf, "docx": read_docx}[sys.argv[1]]
    try:
        answer = read(sys.stdin.buffer.read())
    except _Refused as refusal:
        answer = {"problem": str(refusal)}
    except (MemoryError, RecursionError):
        answer = {"problem": "large"}
    sys.stdout.write(json.dumps(answer))


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - Unix only
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
