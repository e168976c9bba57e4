"""The tables of a server with several people: accounts, teams, invitations, counters."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from app.store.columns import CleanText, UtcTime
from app.store.tables import WORD, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", WORD, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("folded", CleanText, nullable=False, unique=True),
    Column("owner", CleanText, nullable=False, unique=True),
    Column("role", WORD, nullable=False),
    Column("password", CleanText, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)


def _account(name: str, *, primary_key: bool = False) -> Column[str]:
    to = ForeignKey("accounts.id", ondelete="CASCADE")
    return Column(name, WORD, to, primary_key=primary_key, nullable=False)


def _team(*, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    to = ForeignKey("teams.id", ondelete="CASCADE")
    return Column("team_id", WORD, to, primary_key=primary_key, nullable=nullable)


teams = Table(
    "teams",
    metadata,
    Column("id", WORD, primary_key=True),
    Column("name", CleanText, nullable=False),
    _account("leader_id"),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_teams_leader_id", "leader_id"),
)

members = Table(
    "members",
    metadata,
    _team(primary_key=True),
    _account("account_id", primary_key=True),
    Column("shares", Boolean, nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    Index("ix_members_account_id", "account_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("digest", String(64), primary_key=True),
    _team(nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("places", Integer, nullable=False),
    Index("ix_invitations_team_id", "team_id"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("amount", Integer, nullable=False),
    Column("until", UtcTime, nullable=False),
    Index("ix_counters_until", "until"),
)
