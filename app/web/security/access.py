"""The access token: whoever wants in has to know it."""

import hashlib
import hmac
from dataclasses import replace
from ipaddress import ip_address

from starlette.requests import Request

from app.errors import NotAdmitted
from app.settings import Settings, is_loopback
from app.web.security.identity import Identity, at_the_machine
from app.web.security.secrets import derived, link_key

OPEN_PATHS = ("/static/", "/access", "/sign-in", "/join/", "/open/", "/look")
"""What can be seen before one is admitted; a slash at the end stands for all beneath."""


class Entrance:
    """Decides who is admitted; digests of secrets are kept, not the secrets."""

    def __init__(self, settings: Settings, secret: bytes) -> None:
        token = settings.access_token.get_secret_value()
        self._secret = secret
        self._token = self._digest(token) if token else ""
        self._link = self._digest(link_key(secret))
        self.asks_for_token = bool(token)
        self.is_guarded = bool(token) or not is_loopback(settings.host)

    def opens(self, token: str) -> bool:
        """Whether this is the access token; takes as long for every wrong one."""
        return bool(self._token) and hmac.compare_digest(self._digest(token), self._token)

    def is_link_key(self, word: str) -> bool:
        """Whether this is the word in the link that `mockint serve` prints."""
        return hmac.compare_digest(self._digest(word), self._link)

    def admit(self, identity: Identity) -> Identity:
        """The same visitor, admitted until the token changes."""
        return replace(identity, admitted=self._token)

    def by_bearer(self, identity: Identity, word: str) -> Identity:
        """Who sent this bearer token. Raises NotAdmitted for a wrong one."""
        if self.is_link_key(word):
            return at_the_machine(identity)
        if self.opens(word):
            return self.admit(identity)
        raise NotAdmitted(
            "The bearer token is wrong.", "Send MOCKINT_ACCESS_TOKEN, or the key that serve prints."
        )

    def check(self, identity: Identity, path: str) -> None:
        """Raise NotAdmitted where this visitor may not see `path`."""
        if not self.is_guarded or is_open(path) or identity.is_local or identity.account:
            return
        if self._token and hmac.compare_digest(identity.admitted, self._token):
            return
        raise NotAdmitted("This server is not open to everybody.", "Sign in first.")

    def _digest(self, word: str) -> str:
        return derived(self._secret, b"token " + hashlib.sha256(word.encode()).digest())


def is_open(path: str) -> bool:
    """Whether a path can be seen before one is admitted."""
    return any(path.startswith(one) if one.endswith("/") else path == one for one in OPEN_PATHS)


def bearer_of(request: Request) -> str:
    """The token behind `Authorization: Bearer`, or ""."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    return word.strip() if scheme.lower() == "bearer" else ""


def address_of(request: Request) -> str:
    """Where a request came from, an IPv6 number cut to the network that one customer gets."""
    host = request.client.host if request.client else ""
    try:
        number = ip_address(host)
    except ValueError:
        return host
    return str(number) if number.version == 4 else ":".join(number.exploded.split(":")[:4])
