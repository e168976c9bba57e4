"""Running the server: where it listens, and whom it is open to."""

import asyncio
import os
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.errors import SettingsError, filled
from app.index.base import OnProgress
from app.settings import Settings, is_loopback
from app.web.security.secrets import link_key, read_secret
from app.wiring.banks import load_banks
from app.wiring.services import open_embedder, open_index
from app.wiring.stores import open_store

BACKLOG = 2048
GRACE_SECONDS = 8
HEALTH_SECONDS = 60
"""Opening index and store on a busy machine takes a while; a worker is not dead by then."""
APPLICATION = "app.web.app:create_app"


def check_protection(settings: Settings) -> None:
    """Bring the database up to date, and look who could come in.

    Raises SettingsError where everybody who reaches the address could use the server, and
    StoreError where the database cannot be used.
    """
    asyncio.run(_check_protection(settings))


def prepare(settings: Settings, on_progress: OnProgress | None = None) -> None:
    """Bring the index up to date before anybody waits for it. Raises a MockintError."""
    embedder = open_embedder(settings)
    open_index(settings, embedder, load_banks(settings).banks, on_progress).close()


async def _check_protection(settings: Settings) -> None:
    is_shut = is_loopback(settings.host) or settings.access_token.get_secret_value()
    store = await open_store(settings)
    try:
        if is_shut or await store.people.any_accounts():
            return
    finally:
        await store.close()
    raise SettingsError(
        filled("At {host!r} everybody in the network could use this server.", host=settings.host),
        "Set MOCKINT_ACCESS_TOKEN to a long word and give it to those who may come in, or stay "
        "with MOCKINT_HOST=127.0.0.1. Make an account there, and other addresses open for "
        "accounts alone.",
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
            filled(
                "The address {host}:{port} cannot be had: {reason}.",
                host=settings.host,
                port=settings.port,
                reason=error.strerror,
            ),
            "Stop what uses it, or choose another with MOCKINT_PORT.",
        ) from error
    made.set_inheritable(True)
    # Whoever follows the link before the server is ready waits for it, and is not refused.
    made.listen(BACKLOG)
    return made


def serve(settings: Settings, listening: socket.socket) -> None:
    """Serve until told to stop. Worker processes read their settings from the environment."""
    os.environ["MOCKINT_HOST"] = settings.host
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        backlog=BACKLOG,
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
