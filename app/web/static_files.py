"""Style sheets and scripts, at addresses that change with them."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.pages import STATIC, digest_of

FOR_GOOD = "public, max-age=31536000, immutable"


class _Versioned(StaticFiles):
    """`/static/DIGEST/NAME`, to be kept for good under our own digest.

    Another digest is that of a page made before or after an upgrade: it gets what there is.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)
        self._version = digest_of(STATIC)

    def get_path(self, scope: Scope) -> str:
        """The path without the digest."""
        return super().get_path(scope).partition("/")[2]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file."""
        response = await super().get_response(path, scope)
        own = f"/static/{self._version}/" in scope["path"]
        response.headers["Cache-Control"] = FOR_GOOD if own else "no-cache"
        return response


def static_files() -> StaticFiles:
    """The folder of static files."""
    return _Versioned()
