"""Limits hold across server processes, on both databases."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.assessment import Usage
from app.errors import LimitReached
from app.store.opening import open_store
from app.web.security.limits import ATTEMPTS, Limits, check_spending, tokens_left
from tests.web.browsing import House, opened


async def let_through(limits: Limits, times: int, owner: str = "b-1") -> int:
    """How many of so many requests pass."""
    passed = 0
    for _ in range(times):
        try:
            await limits.count_visitor(owner)
        except LimitReached:
            continue
        passed += 1
    return passed


async def test_processes_never_let_more_through_than_the_limit(location: str | Path) -> None:
    stores = [await open_store(location) for _ in range(3)]
    try:
        processes = [Limits(store.counters, 60) for store in stores]
        passed = await asyncio.gather(*(let_through(one, 60) for one in processes))
        assert 60 - 2 * 3 <= sum(passed) <= 60
        assert await let_through(processes[0], 10, "b-2") == 10
    finally:
        await stores[0].forget_all()
        for store in stores:
            await store.close()


async def test_many_requests_at_once_use_up_no_more_than_their_number(location: str | Path) -> None:
    store = await open_store(location)
    try:
        limits = Limits(store.counters, 600)
        await asyncio.gather(*(limits.count_visitor("b-1") for _ in range(25)))
        assert await let_through(limits, 600) == 600 - 25
    finally:
        await store.forget_all()
        await store.close()


async def test_whoever_asks_too_much_is_told_when_to_come_back(small_banks) -> None:
    async with opened(request_limit=10) as house, house.browser() as busy, house.browser() as calm:
        await busy.get("/")
        replies = [await busy.get("/") for _ in range(12)]
        assert [reply.status_code for reply in replies] == [200] * 10 + [429] * 2
        assert 0 < int(replies[-1].headers["retry-after"]) <= 60
        assert "nothing is lost" in replies[-1].text
        assert (await calm.get("/")).status_code == 200


async def test_a_browser_without_cookies_is_counted_by_its_address(small_banks) -> None:
    async with opened(request_limit=10) as house:
        codes = []
        for _ in range(42):
            async with house.browser(address="10.1.1.1") as browser:
                codes.append((await browser.get("/")).status_code)
        async with house.browser(address="10.1.1.2") as other:
            assert (await other.get("/")).status_code == 200
    assert codes == [200] * 40 + [429] * 2


async def test_static_files_are_not_counted(small_banks) -> None:
    async with opened(request_limit=10) as house, house.browser() as browser:
        address = house.holdings.pages.asset("css/base.css")
        codes = {(await browser.get(address)).status_code for _ in range(60)}
    assert codes == {200}


async def test_tries_are_counted_under_each_name(house: House) -> None:
    limits = house.holdings.limits
    for number in range(ATTEMPTS.amount):
        await limits.count_try("10.0.0.1", f"name {number % 2}")
    with pytest.raises(LimitReached):
        await limits.count_try("10.0.0.1")
    await limits.count_try("name 0")
    await limits.forgive("10.0.0.1")
    await limits.count_try("10.0.0.1")


async def test_a_days_tokens_are_counted_by_visitor(house: House) -> None:
    mine, other = house.holdings.store.of("b-1"), house.holdings.store.of("b-2")
    await mine.add_usage(Usage(1, 900, 100, 0), purpose="x")
    assert await tokens_left(mine, 1500) == 500
    assert await tokens_left(other, 1500) == 1500
    assert await tokens_left(mine, 0) is None
    await check_spending(mine, 1001)
    with pytest.raises(LimitReached) as reached:
        await check_spending(mine, 1000)
    now = datetime.now(UTC)
    assert 0 < reached.value.retry_after <= 24 * 3600 - now.hour * 3600
