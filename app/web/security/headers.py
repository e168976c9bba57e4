"""What every reply tells the browser: load nothing from elsewhere, run nothing inline."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
SECURE_TRANSPORT = "max-age=31536000"
PRIVATE = "no-store"


def add_headers(headers: MutableHeaders, *, secure: bool) -> None:
    """Complete the headers of a reply; what it sets itself about caching stands."""
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", PRIVATE)
    if secure:
        headers["Strict-Transport-Security"] = SECURE_TRANSPORT
