"""Pages from templates: all text escaped, every variable named, each file versioned."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.language.failures import said
from app.language.messages import translator
from app.web.dates import Dates
from app.web.languages import TAGS, Language, language_of
from app.web.markdown import to_html
from app.web.navigation import NavItem
from app.web.security.identity import Identity, Seal
from app.web.security.origin import TOKEN_FIELD

ROOM = Path(__file__).parent
STATIC = ROOM / "static"
DOMAIN = "web"
THEME_COOKIE = "mockint-theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page knows, as `frame` in its template; `path` is the page's own.

    `form_token` goes into each form, in the field `token_field`.
    """

    language: Language
    tag: str
    theme: str
    path: str
    form_token: str
    identity: Identity | None
    nav: tuple[NavItem, ...]
    token_field: str = TOKEN_FIELD


class PageMaker:
    """Renders the templates of this room."""

    def __init__(self, seal: Seal, nav: tuple[NavItem, ...] = ()) -> None:
        self._seal = seal
        self._nav = nav
        self.version = digest_of(STATIC)
        self._environment = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = self.asset
        self._environment.filters["markdown"] = to_html

    def asset(self, name: str) -> str:
        """The address of a static file; it changes with any of them, so it may be kept for good."""
        if not (STATIC / name).is_file():
            raise FileNotFoundError(name)
        return f"/static/{self.version}/{name}"

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A reply with a page in the language of whoever asks."""
        frame = self.frame(request)
        say = translator(DOMAIN, frame.language)
        text = self._environment.get_template(template).render(
            frame=frame,
            say=say,
            said=lambda text: said(text, frame.language),
            dates=Dates(frame.language, say),
            **values,
        )
        return HTMLResponse(text, status_code=status, headers=headers)

    def frame(self, request: Request) -> Frame:
        """What is the same on every page that this visitor sees."""
        language = language_of(request)
        identity: Identity | None = getattr(request.state, "identity", None)
        theme = request.cookies.get(THEME_COOKIE, "")
        return Frame(
            language=language,
            tag=TAGS[language],
            theme=theme if theme in THEMES else THEMES[0],
            path=request.url.path,
            form_token=self._seal.form_token(identity) if identity else "",
            identity=identity,
            nav=self._nav,
        )


def digest_of(folder: Path) -> str:
    """A short word that changes with any file in a folder."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(folder)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
