"""Running the server: where it listens, and whom it is open to."""

import os
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.errors import SettingsError
from app.settings import Settings
from app.web.security.origin import is_loopback
from app.web.security.secrets import link_key, read_secret

GRACE_SECONDS = 8
HEALTH_SECONDS = 60
"""Opening index and store on a busy machine takes a while; a worker is not dead by then."""
APPLICATION = "app.web.app:create_app"


def check_protection(settings: Settings) -> None:
    """Raise SettingsError where everybody who reaches the address could use the server."""
    if is_loopback(settings.host) or settings.access_token.get_secret_value():
        return
    raise SettingsError(
        f"At {settings.host!r} everybody in the network could use this server.",
        "Set MOCKINT_ACCESS_TOKEN to a long word and give it to those who may come in, "
        "or stay with MOCKINT_HOST=127.0.0.1.",
    )


def entry_link(settings: Settings, port: int) -> str:
    """The address that gives a browser the terminal's sessions."""
    if settings.public_url:
        base = settings.public_url
    else:
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
        base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return f"{base}/open/{link_key(read_secret(settings))}"


def bound_socket(settings: Settings) -> socket.socket:
    """A socket at the address. Raises SettingsError where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
    except OSError as error:
        made.close()
        raise SettingsError(
            f"The address {settings.host}:{settings.port} cannot be had: {error.strerror}.",
            "Stop what uses it, or choose another with MOCKINT_PORT.",
        ) from error
    made.set_inheritable(True)
    return made


def serve(settings: Settings, listening: socket.socket) -> None:
    """Serve until told to stop. Worker processes read their settings from the environment."""
    os.environ["MOCKINT_HOST"] = settings.host
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        workers=settings.workers,
        access_log=False,  # addresses can hold keys
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        log_level="warning",
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])
