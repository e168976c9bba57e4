"""Every request passes here, before any route: by what name, from where, who, how much."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MockintError, NotAdmitted, RequestTooLarge, filled
from app.store.people import Account
from app.web.failures import reply_to_error
from app.web.holdings import Holdings
from app.web.security.access import address_of, bearer_of
from app.web.security.headers import add_headers
from app.web.security.identity import LIFETIME, RENEWED_AFTER, Identity, new_identity, signed_out
from app.web.security.limits import bounded
from app.web.security.origin import check_host, check_origin

STATIC = "/static/"


class Doorway:
    """Middleware that lets in what is in order and completes every reply.

    Whoever asks is in `request.state.identity`; a route may put another there, and the browser
    then is that one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        holdings: Holdings = scope["app"].state.holdings
        visit = _Visit(request, holdings)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.complete(MutableHeaders(scope=message))
            await send(message)

        try:
            await visit.check()
        except MockintError as error:
            reply = reply_to_error(request, error, holdings.pages)
            await self._reply(reply, scope, receive, complete)
            return
        limit = holdings.settings.body_limit
        await self._app(scope, bounded(receive, limit), complete)

    @staticmethod
    async def _reply(reply: Response, scope: Scope, receive: Receive, send: Send) -> None:
        reply.headers["Connection"] = "close"  # the body of what was refused is not read
        await reply(scope, receive, send)


class _Visit:
    """One request and its visitor."""

    def __init__(self, request: Request, holdings: Holdings) -> None:
        self._request = request
        self._holdings = holdings
        self._known: Identity | None = None
        self._is_fresh = False
        self._is_static = request.url.path.startswith(STATIC)

    async def check(self) -> None:
        """Raise a MockintError where the request goes no further."""
        request, holdings = self._request, self._holdings
        check_host(request, holdings.names)
        check_origin(request, holdings.names)
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > holdings.settings.body_limit:
            raise self._too_large()
        if self._is_static:
            return
        identity = self._recognise()
        word = bearer_of(request)
        if self._known is None:
            await holdings.limits.count_address(address_of(request))
        else:
            await holdings.limits.count_visitor(self._known.owner)
        if word:
            identity = await self._by_bearer(identity, word)
        account = await self._account_of(identity)
        if identity.account and account is None:
            identity = signed_out(identity)
        request.state.identity, request.state.account = identity, account
        holdings.entrance.check(identity, request.url.path)

    def complete(self, headers: MutableHeaders) -> None:
        """Add what every reply has, and the visitor's cookie where it is new."""
        secure = self._is_secure()
        add_headers(headers, secure=secure)
        identity: Identity | None = getattr(self._request.state, "identity", None)
        if identity is None or (identity == self._known and self._is_fresh):
            return
        if bearer_of(self._request):
            return
        cookie = (
            f"{self._holdings.seal.cookie}={self._holdings.seal.write(identity)}; Path=/; "
            f"Max-Age={LIFETIME}; HttpOnly; SameSite=Lax"
        )
        headers.append("set-cookie", f"{cookie}; Secure" if secure else cookie)

    def _recognise(self) -> Identity:
        """Who asks, by the cookie; somebody new without one."""
        found = self._holdings.seal.read(self._request.cookies.get(self._holdings.seal.cookie, ""))
        if found is not None:
            self._known = found[0]
            self._is_fresh = found[1] < RENEWED_AFTER
        return self._known or new_identity()

    async def _by_bearer(self, identity: Identity, word: str) -> Identity:
        """Who sent a bearer token; wrong ones are counted."""
        address = address_of(self._request)
        await self._holdings.limits.check_tries(address)
        try:
            return self._holdings.entrance.by_bearer(identity, word)
        except NotAdmitted:
            await self._holdings.limits.count_try(address)
            raise

    async def _account_of(self, identity: Identity) -> Account | None:
        """Who is signed in; None where the password was changed since, or the account is gone."""
        if not identity.account:
            return None
        account = await self._holdings.store.people.account(identity.account)
        return account if account is not None and account.epoch == identity.epoch else None

    def _is_secure(self) -> bool:
        public = self._holdings.settings.public_url
        return self._request.url.scheme == "https" or public.startswith("https://")

    def _too_large(self) -> RequestTooLarge:
        most = self._holdings.settings.body_limit // 1_000_000
        return RequestTooLarge(
            filled("The request is larger than {most} MB.", most=most),
            "Send less, or the part that matters.",
        )
