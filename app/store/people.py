"""The seam between a server and what it keeps of the people who use it.

Passwords arrive here hashed, words of invitations as digests. Each method is one transaction; all
raise StoreError where the database fails.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What an account may do: an owner leads teams and changes banks."""

    OWNER = "owner"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a name and a password. `owner` names what is kept of their interviews.

    `epoch` counts changes of the password: whoever signed in before the last is signed out.
    """

    id: str
    name: str
    owner: str
    role: Role
    epoch: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """A class or a team, and the name of the account that leads it."""

    id: str
    name: str
    leader_id: str
    leader: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An account in a team; `shares` is whether its leader may see how it gets on."""

    team: Team
    account: Account
    shares: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation opens, as long as it has places and until a moment (UTC)."""

    team: Team
    until: datetime
    places: int


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted under a name in its window, which ends at `until` (UTC)."""

    amount: int
    until: datetime


class People(Protocol):
    """Accounts and teams."""

    async def any_accounts(self) -> bool:
        """Whether anybody has an account."""

    async def register(self, name: str, password: str, *, owner: str, role: Role) -> Account:
        """Make an account. AccountTaken where the name, or this owner, has one already."""

    async def accept(self, digest: str, name: str, password: str, *, owner: str) -> Account | None:
        """Make a member's account by an invitation, and join its team; None where it is used up.

        AccountTaken as in `register`; the invitation then keeps its place.
        """

    async def join(self, digest: str, account_id: str) -> Team | None:
        """Join the invitation's team with an account; None where the invitation is used up."""

    async def account(self, account_id: str) -> Account | None:
        """The account, None where it is gone."""

    async def find(self, name: str) -> tuple[Account, str] | None:
        """The account of that name, whatever its case, and its hashed password."""

    async def change_password(self, account_id: str, password: str) -> Account | None:
        """Set another hashed password, and begin the next epoch."""

    async def remove(self, account_id: str) -> None:
        """Delete an account with its memberships, and with the teams that it leads."""

    async def make_team(self, name: str, leader_id: str) -> Team:
        """Make a team."""

    async def led_by(self, leader_id: str) -> tuple[Team, ...]:
        """The teams that an account leads, in order of name."""

    async def remove_team(self, team_id: str, leader_id: str) -> None:
        """Delete a team of this leader's; interviews of its members stay theirs."""

    async def members(self, team_id: str, leader_id: str) -> tuple[Membership, ...] | None:
        """Who is in a team of this leader's, in order of name; None where it is not theirs."""

    async def memberships(self, account_id: str) -> tuple[Membership, ...]:
        """The teams that an account is in."""

    async def share(self, team_id: str, account_id: str, agreed: bool) -> None:
        """Let the leader see how this member gets on, or no longer."""

    async def leave(self, team_id: str, account_id: str) -> None:
        """Leave a team."""

    async def invite(
        self, digest: str, team_id: str, leader_id: str, *, until: datetime, places: int
    ) -> bool:
        """Keep an invitation to a team; False where the team is not this leader's."""

    async def withdraw(self, team_id: str, leader_id: str) -> None:
        """Make all invitations to a team of this leader's worthless."""

    async def invitation(self, digest: str) -> Invitation | None:
        """The invitation, None where there is none or it is used up."""


class Counters(Protocol):
    """Numbers that several server processes count together."""

    async def add(self, name: str, amount: int, seconds: float) -> Count:
        """Add to a number and return it; its window of `seconds` begins with the first."""

    async def read(self, name: str) -> Count | None:
        """What was counted in the window under way; None where none is."""

    async def clear(self, name: str) -> None:
        """Begin anew."""
