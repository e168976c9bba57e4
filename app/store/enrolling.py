"""Accounts, teams and invitations in SQL."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import AccountTaken, filled
from app.store.columns import storable
from app.store.database import Database, undisturbed
from app.store.people import Account, Invitation, Membership, Role, Team
from app.store.people_tables import accounts, invitations, members, teams

_ACCOUNT = tuple(
    accounts.c[name] for name in ("id", "name", "owner", "role", "epoch", "created_at")
)
_leader = accounts.alias("leader")
_TEAM = (teams.c.id, teams.c.name, teams.c.leader_id, _leader.c.name)


def fold(name: str) -> str:
    """What two names that would be mixed up have in common."""
    return " ".join(name.casefold().split())


class SqlPeople:
    """`people.People` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @undisturbed
    async def any_accounts(self) -> bool:
        """See `people.People`."""
        async with self._database.read() as connection:
            return bool(await connection.scalar(select(exists().select_from(accounts))))

    @undisturbed
    async def register(self, name: str, password: str, *, owner: str, role: Role) -> Account:
        """See `people.People`."""
        async with self._database.write() as connection:
            return await self._register(connection, name, password, owner, role)

    @undisturbed
    async def accept(self, digest: str, name: str, password: str, *, owner: str) -> Account | None:
        """See `people.People`."""
        async with self._database.write() as connection:
            team_id = await self._use(connection, digest)
            if team_id is None:
                return None
            made = await self._register(connection, name, password, owner, Role.MEMBER)
            await self._join(connection, team_id, made.id)
            return made

    @undisturbed
    async def join(self, digest: str, account_id: str) -> Team | None:
        """See `people.People`."""
        async with self._database.write() as connection:
            team_id = await self._use(connection, digest)
            if team_id is None:
                return None
            await self._join(connection, team_id, account_id)
            row = (await connection.execute(_team_query().where(teams.c.id == team_id))).one()
            return Team(*row)

    @undisturbed
    async def account(self, account_id: str) -> Account | None:
        """See `people.People`."""
        query = select(*_ACCOUNT).where(accounts.c.id == account_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return None if row is None else _account(row)

    @undisturbed
    async def find(self, name: str) -> tuple[Account, str] | None:
        """See `people.People`."""
        query = select(*_ACCOUNT, accounts.c.password).where(accounts.c.folded == fold(name))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return None if row is None else (_account(row[:-1]), row[-1])

    @undisturbed
    async def change_password(self, account_id: str, password: str) -> Account | None:
        """See `people.People`."""
        change = (
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(password=password, epoch=accounts.c.epoch + 1)
            .returning(*_ACCOUNT)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(change)).first()
            return None if row is None else _account(row)

    @undisturbed
    async def remove(self, account_id: str) -> None:
        """See `people.People`."""
        async with self._database.write() as connection:
            await connection.execute(delete(accounts).where(accounts.c.id == account_id))

    @undisturbed
    async def make_team(self, name: str, leader_id: str) -> Team:
        """See `people.People`."""
        row = {"id": secrets.token_hex(6), "name": name, "leader_id": leader_id}
        async with self._database.write() as connection:
            await connection.execute(insert(teams), [row | {"created_at": self._database.clock()}])
            query = _team_query().where(teams.c.id == row["id"])
            return Team(*(await connection.execute(query)).one())

    @undisturbed
    async def led_by(self, leader_id: str) -> tuple[Team, ...]:
        """See `people.People`."""
        query = _team_query().where(teams.c.leader_id == leader_id).order_by(teams.c.name)
        async with self._database.read() as connection:
            return tuple(Team(*row) for row in await connection.execute(query))

    @undisturbed
    async def remove_team(self, team_id: str, leader_id: str) -> None:
        """See `people.People`."""
        async with self._database.write() as connection:
            await connection.execute(delete(teams).where(*_led(team_id, leader_id)))

    @undisturbed
    async def members(self, team_id: str, leader_id: str) -> tuple[Membership, ...] | None:
        """See `people.People`."""
        async with self._database.read() as connection:
            if await connection.scalar(select(teams.c.id).where(*_led(team_id, leader_id))) is None:
                return None
            query = _membership_query().where(members.c.team_id == team_id)
            rows = await connection.execute(query.order_by(accounts.c.folded))
            return tuple(_membership(row) for row in rows)

    @undisturbed
    async def memberships(self, account_id: str) -> tuple[Membership, ...]:
        """See `people.People`."""
        query = _membership_query().where(members.c.account_id == account_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(teams.c.name))
            return tuple(_membership(row) for row in rows)

    @undisturbed
    async def share(self, team_id: str, account_id: str, agreed: bool) -> None:
        """See `people.People`."""
        change = update(members).where(*_member(team_id, account_id)).values(shares=agreed)
        async with self._database.write() as connection:
            await connection.execute(change)

    @undisturbed
    async def leave(self, team_id: str, account_id: str) -> None:
        """See `people.People`."""
        async with self._database.write() as connection:
            await connection.execute(delete(members).where(*_member(team_id, account_id)))

    @undisturbed
    async def invite(
        self, digest: str, team_id: str, leader_id: str, *, until: datetime, places: int
    ) -> bool:
        """See `people.People`."""
        row = {"digest": digest, "team_id": team_id, "until": until, "places": places}
        async with self._database.write() as connection:
            if await connection.scalar(select(teams.c.id).where(*_led(team_id, leader_id))) is None:
                return False
            await connection.execute(insert(invitations), [row])
            return True

    @undisturbed
    async def withdraw(self, team_id: str, leader_id: str) -> None:
        """See `people.People`."""
        own = select(teams.c.id).where(*_led(team_id, leader_id))
        async with self._database.write() as connection:
            await connection.execute(delete(invitations).where(invitations.c.team_id.in_(own)))

    @undisturbed
    async def invitation(self, digest: str) -> Invitation | None:
        """See `people.People`."""
        query = (
            select(*_TEAM, invitations.c.until, invitations.c.places)
            .join_from(invitations, teams)
            .join(_leader, _leader.c.id == teams.c.leader_id)
            .where(invitations.c.digest == digest, invitations.c.places > 0)
        )
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            row = (await connection.execute(query.where(invitations.c.until > now))).first()
            return None if row is None else Invitation(Team(*row[:4]), *row[4:])

    async def _register(
        self, connection: AsyncConnection, name: str, password: str, owner: str, role: Role
    ) -> Account:
        made = Account(
            f"a{secrets.token_hex(8)}",
            storable(" ".join(name.split())),
            owner,
            role,
            0,
            self._database.clock(),
        )
        row = {
            "id": made.id,
            "name": made.name,
            "folded": fold(made.name),
            "owner": owner,
            "role": role.value,
            "password": password,
            "epoch": 0,
            "created_at": made.created_at,
        }
        try:
            await connection.execute(insert(accounts), [row])
        except IntegrityError as error:
            raise AccountTaken(
                filled(
                    "The name {name!r} is taken, or this browser has an account already.",
                    name=made.name,
                ),
                "Sign in, or choose another name.",
            ) from error
        return made

    async def _use(self, connection: AsyncConnection, digest: str) -> str | None:
        """Take a place of an invitation; the team's id."""
        now = await self._database.now(connection)
        take = (
            update(invitations)
            .where(
                invitations.c.digest == digest,
                invitations.c.places > 0,
                invitations.c.until > now,
            )
            .values(places=invitations.c.places - 1)
            .returning(invitations.c.team_id)
        )
        team_id: str | None = await connection.scalar(take)
        return team_id

    async def _join(self, connection: AsyncConnection, team_id: str, account_id: str) -> None:
        row = {"team_id": team_id, "account_id": account_id, "shares": False}
        row_at = row | {"joined_at": self._database.clock()}
        await connection.execute(
            self._database.insert(members).values(row_at).on_conflict_do_nothing()
        )


def _team_query() -> Select[Any]:
    return select(*_TEAM).join_from(teams, _leader, _leader.c.id == teams.c.leader_id)


def _membership_query() -> Select[Any]:
    return (
        select(*_TEAM, *_ACCOUNT, members.c.shares, members.c.joined_at)
        .join_from(members, teams)
        .join(_leader, _leader.c.id == teams.c.leader_id)
        .join(accounts, accounts.c.id == members.c.account_id)
    )


def _membership(row: Any) -> Membership:
    return Membership(Team(*row[:4]), _account(row[4:10]), *row[10:])


def _account(row: Any) -> Account:
    identity, name, owner, role, epoch, created_at = row
    return Account(identity, name, owner, Role(role), epoch, created_at)


def _led(team_id: str, leader_id: str) -> tuple[Any, ...]:
    return teams.c.id == team_id, teams.c.leader_id == leader_id


def _member(team_id: str, account_id: str) -> tuple[Any, ...]:
    return members.c.team_id == team_id, members.c.account_id == account_id
