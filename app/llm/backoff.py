"""How long to wait before a failed call is tried again."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter, in seconds.

    A wait is drawn evenly from 0 to min(cap, base · 2^(failures − 1)); see Marc Brooker,
    "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Where the server named a time,
    that is the least wait, and up to `base` is added so that clients do not return all at once.
    """

    base: float = 0.5
    cap: float = 20.0
    draw: Callable[[], float] = random.random

    def wait(self, failures: int, retry_after: float | None = None) -> float:
        """Seconds to wait after `failures` (1 or more) failed tries."""
        if retry_after is not None:
            return retry_after + self.draw() * self.base
        return self.draw() * min(self.cap, self.base * 2.0 ** (failures - 1))


def parse_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds from a `Retry-After` header (RFC 9110 10.2.3: seconds or an HTTP date), or None.

    OpenAI's `retry-after-ms` goes first. A date in the past is 0; nonsense is None.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)
