"""Replies that a browser keeps as files."""

from urllib.parse import quote

from starlette.responses import Response


def download(text: str, name: str, kind: str) -> Response:
    """A file called `name`; nothing in it is run where it is opened in place of being kept."""
    return Response(
        text.encode("utf-8", "replace"),
        media_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
