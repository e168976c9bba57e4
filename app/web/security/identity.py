"""Each browser has an identity of its own, kept in a signed cookie."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.events import LOCAL_OWNER
from app.store.people import Account
from app.web.security.secrets import derived

LIFETIME = 400 * 24 * 3600
"""Seconds; browsers keep no cookie for longer."""
RENEWED_AFTER = 24 * 3600


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `owner` names what is kept of them.

    `admitted` is the digest of the access token that was shown; `account` and `epoch` tell who is
    signed in, and since which change of password; `before` is whose browser it was until then.
    `nonce` differs from browser to browser.
    """

    owner: str
    nonce: str
    admitted: str = ""
    account: str = ""
    epoch: int = 0
    before: str = ""

    @property
    def is_local(self) -> bool:
        """Whether this is the person at the machine, who has the terminal's sessions."""
        return self.owner == LOCAL_OWNER


def new_identity() -> Identity:
    """An identity that nobody has yet."""
    return Identity(f"b-{secrets.token_hex(10)}", secrets.token_hex(8))


def at_the_machine(identity: Identity) -> Identity:
    """The same browser with the terminal's sessions."""
    return Identity(LOCAL_OWNER, secrets.token_hex(8), admitted=identity.admitted)


def signed_in(identity: Identity, account: Account) -> Identity:
    """The same browser, now an account's."""
    before = identity.before if identity.account else identity.owner
    return Identity(
        account.owner,
        secrets.token_hex(8),
        admitted=identity.admitted,
        account=account.id,
        epoch=account.epoch,
        before="" if before == account.owner else before,
    )


def signed_out(identity: Identity) -> Identity:
    """The same browser as it was before somebody signed in, or as a new one."""
    made = replace(new_identity(), admitted=identity.admitted)
    return replace(made, owner=identity.before) if identity.before else made


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")

    o: str = Field(min_length=1, max_length=64)
    n: str = Field(min_length=8, max_length=64)
    t: str = Field(default="", max_length=64)
    a: str = Field(default="", max_length=64)
    e: int = 0
    b: str = Field(default="", max_length=64)


class Seal:
    """Writes identities into cookies and reads them back; what was tampered with is nobody's."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._serializer = URLSafeTimedSerializer(secret, salt="mockint identity")
        # Servers on one host share a browser's cookies, whatever their ports.
        self.cookie = f"mockint-{derived(secret, b'cookie name')[:8]}"

    def read(self, value: str) -> tuple[Identity, float] | None:
        """The identity in a cookie and the seconds since it was written; None where it is none."""
        try:
            data, written = self._serializer.loads(value, max_age=LIFETIME, return_timestamp=True)
            found = _Payload.model_validate(data)
        except (BadSignature, ValidationError):
            return None
        age = (datetime.now(UTC) - written).total_seconds()
        return Identity(found.o, found.n, found.t, found.a, found.e, found.b), age

    def write(self, identity: Identity) -> str:
        """The cookie's value."""
        return str(
            self._serializer.dumps(
                _Payload(
                    o=identity.owner,
                    n=identity.nonce,
                    t=identity.admitted,
                    a=identity.account,
                    e=identity.epoch,
                    b=identity.before,
                ).model_dump(exclude_defaults=True)
            )
        )

    def form_token(self, identity: Identity) -> str:
        """What a form of this browser carries to show that a page of ours made it."""
        return derived(self._secret, f"form {identity.owner} {identity.nonce}".encode())[:32]
