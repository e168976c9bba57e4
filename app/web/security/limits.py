"""How much one visitor may ask for; all server processes count together, in the database."""

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from app.errors import LimitReached, StoreError
from app.store.base import Archive
from app.store.people import Counters

BODY_SECONDS = 60.0
ATTEMPTS = RateLimitItemPerMinute(10, 5)
"""Tries at a token or a password from one address, and for one name."""
BLOCKS = 20
BLOCK_SECONDS = 60.0
"""As long as a window: blocks given up early would use up the limit of a visitor in no hurry."""
STRANGERS = 4
"""An address, which many people may share, makes this many times the requests of one visitor."""


class CounterStorage(Storage):
    """What the `limits` library counts, kept by the store."""

    STORAGE_SCHEME = None

    def __init__(self, counters: Counters) -> None:
        super().__init__()
        self._counters = counters

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing database raises."""
        return StoreError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a window of `expiry` seconds."""
        return (await self._counters.add(key, amount, expiry)).amount

    async def get(self, key: str) -> int:
        """What was counted in the window under way."""
        count = await self._counters.read(key)
        return count.amount if count else 0

    async def get_expiry(self, key: str) -> float:
        """When the window under way ends, in seconds since the epoch."""
        count = await self._counters.read(key)
        return count.until.timestamp() if count else time.time()

    async def check(self) -> bool:
        """Whether the database answers."""
        await self._counters.read("")
        return True

    async def reset(self) -> None:
        """Not offered: counters end by themselves."""
        raise NotImplementedError

    async def clear(self, key: str) -> None:
        """Begin anew."""
        await self._counters.clear(key)


@dataclass(slots=True)
class _Block:
    """Requests that were counted in the database already, good until a moment of this process."""

    left: int
    until: float


class Limits:
    """Counts requests and tries. Each method raises LimitReached where there was too much.

    Requests are taken from the database in blocks of a twentieth of the limit, so that most cost
    no write; several processes together never let more through than the limit.
    """

    def __init__(self, counters: Counters, requests_per_minute: int) -> None:
        self._limiter = FixedWindowRateLimiter(CounterStorage(counters))
        self._per_visitor = RateLimitItemPerMinute(requests_per_minute)
        self._per_address = RateLimitItemPerMinute(requests_per_minute * STRANGERS)
        self._blocks: dict[str, _Block] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def count_visitor(self, owner: str) -> None:
        """Count a request of somebody who was here before."""
        await self._count(self._per_visitor, f"visitor {owner}")

    async def count_address(self, address: str) -> None:
        """Count a request of a stranger, by where it comes from."""
        await self._count(self._per_address, f"address {address}")

    async def check_tries(self, name: str) -> None:
        """Look whether there may be another try, without counting one."""
        if not await self._limiter.test(ATTEMPTS, "try", name):
            raise await self._reached(ATTEMPTS, "try", name)

    async def count_try(self, *names: str) -> None:
        """Count a try at a secret under each of these names."""
        for name in names:
            if not await self._limiter.hit(ATTEMPTS, "try", name):
                raise await self._reached(ATTEMPTS, "try", name)

    async def forgive(self, *names: str) -> None:
        """Forget the tries under these names: the last was right."""
        for name in names:
            await self._limiter.clear(ATTEMPTS, "try", name)

    async def _count(self, item: RateLimitItem, name: str) -> None:
        now = time.monotonic()
        block = self._standing(name, now)
        if block is None:
            lock = self._locks.setdefault(name, asyncio.Lock())
            async with lock:  # a page asks for many things at once, and one block serves them all
                block = self._standing(name, now) or await self._take_block(item, name, now)
                block.left -= 1
            return
        block.left -= 1

    def _standing(self, name: str, now: float) -> _Block | None:
        """The block in hand, None where it is used up or over."""
        block = self._blocks.get(name)
        return block if block and block.left > 0 and block.until >= now else None

    async def _take_block(self, item: RateLimitItem, name: str, now: float) -> _Block:
        size = max(1, item.amount // BLOCKS)
        if not await self._limiter.hit(item, name, cost=size):
            raise await self._reached(item, name)
        self._drop_old(now)
        block = self._blocks[name] = _Block(size, now + BLOCK_SECONDS)
        return block

    async def _reached(self, item: RateLimitItem, *names: str) -> LimitReached:
        ends = (await self._limiter.get_window_stats(item, *names)).reset_time
        seconds = max(1, math.ceil(ends - time.time()))
        return LimitReached(
            "Too much was asked for in a short time.",
            "Wait a little, then try again; nothing is lost.",
            retry_after=seconds,
        )

    def _drop_old(self, now: float) -> None:
        if len(self._blocks) > 10_000:
            self._blocks = {name: one for name, one in self._blocks.items() if one.until >= now}


async def tokens_left(archive: Archive, per_day: int) -> int | None:
    """LLM tokens that this visitor may still spend today (UTC); None without a bound."""
    if not per_day:
        return None
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = await archive.usage_since(midnight)
    return max(0, per_day - usage.prompt_tokens - usage.completion_tokens)


async def check_spending(archive: Archive, per_day: int) -> None:
    """Raise LimitReached where this visitor has spent the day's LLM tokens."""
    if await tokens_left(archive, per_day) == 0:
        now = datetime.now(UTC)
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise LimitReached(
            "Today's share of the language model is used up.",
            "Answers are kept and can be graded tomorrow (UTC).",
            retry_after=math.ceil((tomorrow - now).total_seconds()),
        )


def bounded(receive: Receive, most_bytes: int) -> Receive:
    """`receive` that gives up on a body over the limit (413), or slower than a minute (408)."""
    deadline = time.monotonic() + BODY_SECONDS
    left, complete = most_bytes, False

    async def receive_in_time() -> Message:
        nonlocal left, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408) from error
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        complete = not message.get("more_body", False)
        return message

    return receive_in_time
