"""One limit for all event loops of a process."""

import asyncio
import threading

import pytest

from app.llm.places import Places


class Counter:
    """How many are inside at once, over all threads."""

    def __init__(self) -> None:
        self.now = self.most = self.done = 0
        self._lock = threading.Lock()

    def enter(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self) -> None:
        with self._lock:
            self.now -= 1
            self.done += 1


async def work(places: Places, counter: Counter, times: int) -> None:
    async def once() -> None:
        async with places:
            counter.enter()
            await asyncio.sleep(0.001)
            counter.leave()

    await asyncio.gather(*(once() for _ in range(times)))


def test_several_event_loops_share_one_limit() -> None:
    places, counter = Places(3), Counter()
    threads = [
        threading.Thread(target=lambda: asyncio.run(work(places, counter, 40))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (counter.most, counter.done) == (3, 120)


async def test_whoever_waits_longest_comes_first() -> None:
    places, order = Places(1), list[int]()

    async def once(number: int) -> None:
        async with places:
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*map(once, range(5)))
    assert order == [0, 1, 2, 3, 4]


async def test_who_gives_up_waiting_takes_no_place() -> None:
    places = Places(1)
    async with places:
        waiting = asyncio.create_task(work(places, Counter(), 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(5), places:
        pass


async def test_a_place_that_comes_too_late_is_handed_on() -> None:
    places, counter = Places(1), Counter()
    held = await places.__aenter__()
    late = asyncio.create_task(work(places, counter, 1))
    next_ = asyncio.create_task(work(places, counter, 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await held.__aexit__()  # the place is on its way to the first
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    async with asyncio.timeout(5):
        await next_
    assert counter.done == 1


def test_a_loop_that_closed_while_waiting_holds_nobody_up() -> None:
    places = Places(1)
    gone = asyncio.new_event_loop()

    async def crowd() -> None:
        async with places:
            waiting = gone.create_task(work(places, Counter(), 1))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    gone.run_until_complete(crowd())
    gone.close()

    async def after() -> None:
        async with asyncio.timeout(5), places:
            pass

    asyncio.run(after())
