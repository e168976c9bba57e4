"""Accounts, teams, invitations: who may see and change what, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import AccountTaken
from app.store.people import Account, Role, Team
from app.store.people_tables import accounts, counters, invitations, members, teams
from app.store.repository import SqlStore
from tests.store.made import SteadyClock, open_one

SOON = timedelta(days=7)


async def leader(store: SqlStore, name: str = "李老师") -> Account:
    return await store.people.register(name, "hash", owner=f"b-{name}", role=Role.OWNER)


async def team_with_invitation(
    store: SqlStore, clock: SteadyClock, places: int = 2
) -> tuple[Account, Team]:
    led = await leader(store)
    team = await store.people.make_team("一班", led.id)
    until = clock() + SOON if store.database.is_sqlite else await _server_time(store) + SOON
    assert await store.people.invite("digest", team.id, led.id, until=until, places=places)
    return led, team


async def _server_time(store: SqlStore):
    async with store.database.read() as connection:
        return await store.database.now(connection)


async def test_an_account_is_found_by_its_name_however_it_is_typed(store: SqlStore) -> None:
    made = await store.people.register("  Li   Wei ", "hash", owner="b-1", role=Role.MEMBER)
    assert made.name == "Li Wei"
    assert await store.people.find("LI wei") == (made, "hash")
    assert await store.people.account(made.id) == made
    assert await store.people.find("somebody else") is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [pytest.param("LI WEI", "b-2", id="name"), pytest.param("Wang", "b-1", id="owner")],
)
async def test_a_name_and_an_owner_have_one_account(store: SqlStore, name: str, owner: str) -> None:
    await store.people.register("Li Wei", "hash", owner="b-1", role=Role.MEMBER)
    with pytest.raises(AccountTaken):
        await store.people.register(name, "hash", owner=owner, role=Role.MEMBER)


async def test_a_new_password_begins_a_new_epoch(store: SqlStore) -> None:
    made = await leader(store)
    changed = await store.people.change_password(made.id, "other")
    assert changed is not None
    assert changed.epoch == made.epoch + 1
    assert await store.people.find(made.name) == (changed, "other")


async def test_an_invitation_makes_a_member_who_shares_nothing_yet(
    store: SqlStore, clock: SteadyClock
) -> None:
    led, team = await team_with_invitation(store, clock)
    joined = await store.people.accept("digest", "小王", "hash", owner="b-2")
    assert joined is not None
    assert joined.role is Role.MEMBER
    (membership,) = await store.people.members(team.id, led.id) or ()
    assert (membership.account, membership.team, membership.shares) == (joined, team, False)
    await store.people.share(team.id, joined.id, agreed=True)
    (membership,) = await store.people.memberships(joined.id)
    assert membership.shares


async def test_an_invitation_has_as_many_places_as_it_says(
    store: SqlStore, clock: SteadyClock
) -> None:
    led, team = await team_with_invitation(store, clock, places=3)
    made = await asyncio.gather(
        *(store.people.accept("digest", f"人{n}", "hash", owner=f"b-{n}") for n in range(6))
    )
    assert sum(one is not None for one in made) == 3
    assert len(await store.people.members(team.id, led.id) or ()) == 3
    assert await store.people.invitation("digest") is None


async def test_a_taken_name_costs_no_place(store: SqlStore, clock: SteadyClock) -> None:
    led, _ = await team_with_invitation(store, clock, places=1)
    with pytest.raises(AccountTaken):
        await store.people.accept("digest", led.name, "hash", owner="b-2")
    invitation = await store.people.invitation("digest")
    assert invitation is not None
    assert invitation.places == 1


async def test_an_invitation_ends(store: SqlStore) -> None:
    led = await leader(store)
    team = await store.people.make_team("一班", led.id)
    over = await _server_time(store) - timedelta(seconds=1)
    await store.people.invite("digest", team.id, led.id, until=over, places=9)
    assert await store.people.invitation("digest") is None
    assert await store.people.accept("digest", "小王", "hash", owner="b-2") is None


async def test_nobody_leads_another_ones_team(store: SqlStore, clock: SteadyClock) -> None:
    led, team = await team_with_invitation(store, clock)
    other = await leader(store, "王老师")
    assert await store.people.members(team.id, other.id) is None
    until = clock() + SOON
    assert not await store.people.invite("x", team.id, other.id, until=until, places=1)
    await store.people.withdraw(team.id, other.id)
    await store.people.remove_team(team.id, other.id)
    assert await store.people.led_by(led.id) == (team,)
    assert await store.people.invitation("digest") is not None


async def test_a_leader_that_goes_takes_the_team_along_and_no_interviews(
    store: SqlStore, clock: SteadyClock
) -> None:
    led, _ = await team_with_invitation(store, clock)
    joined = await store.people.accept("digest", "小王", "hash", owner="b-2")
    session = await open_one(store.of("b-2"))
    await store.people.remove(led.id)
    async with store.database.read() as connection:
        for table in (teams, members, invitations):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
    assert joined is not None
    assert await store.people.account(joined.id) == joined
    assert await store.of("b-2").load(session.id) == session


async def test_forgetting_everybody_forgets_accounts_too(
    store: SqlStore, clock: SteadyClock
) -> None:
    await team_with_invitation(store, clock)
    await store.counters.add("x", 1, 60)
    await store.forget_all()
    async with store.database.read() as connection:
        for table in (accounts, teams, invitations, counters):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def test_a_counter_counts_within_its_window(store: SqlStore, clock: SteadyClock) -> None:
    first = await store.counters.add("b-1", 2, 60)
    second = await store.counters.add("b-1", 3, 60)
    assert (first.amount, second.amount, second.until) == (2, 5, first.until)
    assert await store.counters.read("b-1") == second
    assert await store.counters.read("b-2") is None


async def test_a_counter_begins_anew_when_its_window_has_ended(store: SqlStore) -> None:
    await store.counters.add("b-1", 2, 0.0)
    assert await store.counters.read("b-1") is None
    assert (await store.counters.add("b-1", 3, 60)).amount == 3


async def test_several_count_together(store: SqlStore) -> None:
    await asyncio.gather(*(store.counters.add("b-1", 1, 60) for _ in range(40)))
    counted = await store.counters.read("b-1")
    assert counted is not None
    assert counted.amount == 40
