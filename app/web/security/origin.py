"""Where a request comes from: the name that it calls us by, and the page that made it."""

import hmac
import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.requests import Request

from app.errors import NotAllowed, filled
from app.settings import Settings, is_loopback

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
TOKEN_FIELD = "form_token"  # noqa: S105 - the field's name
TOKEN_HEADER = "x-form-token"  # noqa: S105 - the header's name


class Names:
    """The names that this server may be called by.

    A page of a stranger's can make its own name point to this machine, and then reads our replies
    as its own. It cannot do that with a number, so numbers are taken where the server is open to
    other machines.
    """

    def __init__(self, settings: Settings) -> None:
        further = (name.strip().lower() for name in settings.allowed_hosts.split(","))
        self._names = {"localhost", *filter(None, further)}
        self._public = urlsplit(settings.public_url)
        if self._public.hostname:
            self._names.add(self._public.hostname)
        self._open = not is_loopback(settings.host)
        if self._open:
            own = socket.gethostname().lower()
            self._names |= {settings.host.lower(), own, f"{own}.local"}

    def know(self, host: str) -> bool:
        """Whether `host`, with or without a port, means this server."""
        name = _name_of(host)
        if name in self._names:
            return True
        try:
            number = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._open or number.is_loopback

    def are_one(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` is one of ours, asked for under `host`."""
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https"):
            return False
        ours = {host.lower()}
        if self._public.netloc:
            ours.add(self._public.netloc.lower())
        return parts.netloc.lower() in ours


def check_host(request: Request, names: Names) -> None:
    """Raise NotAllowed where the request calls us by a name that is not ours."""
    host = request.headers.get("host", "")
    if not names.know(host):
        raise NotAllowed(
            filled("This server is not called {host!r}.", host=host[:100]),
            "Use the address that mockint serve printed, or add the name to MOCKINT_ALLOWED_HOSTS.",
        )


def check_origin(request: Request, names: Names) -> None:
    """Raise NotAllowed where a page of somebody else's wants to change something here.

    Programs send neither header; what they change they change with credentials of their own.
    """
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise _foreign()
    if origin is not None and not names.are_one(origin, request.headers.get("host", "")):
        raise _foreign()


def is_form(request: Request) -> bool:
    """Whether the body is of a kind that any page may have a browser send."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind in FORM_TYPES


def check_form_token(given: str, expected: str) -> None:
    """Raise NotAllowed where a form was not made by a page that this browser got from us."""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotAllowed(
            "This form has expired or was not made by this server.",
            "Go back, reload the page and send it again; cookies have to be on.",
        )


def _foreign() -> NotAllowed:
    return NotAllowed(
        "A page of another site tried to change something here; nothing was changed.",
        "Open the page itself and do it there.",
    )


def _name_of(host: str) -> str:
    """The name in `name:port`, lower case, an IPv6 number without its brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host
