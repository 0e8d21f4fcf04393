"""Recent attempts to come in, in this process's memory: how long the next one waits (T-9).

Nothing of whoever tries is kept, no address above all: only counts by what they tried.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.identity.rules import faded, slow_down

_BUCKETS = 10_000  # bounds the memory; two that share one slow each other down, no harm done
_AT_ONCE = 2


@dataclass
class _Count:
    failures: float
    at: datetime

    def now(self, now: datetime) -> float:
        return faded(self.failures, now - self.at)

    def add(self, failures: float, now: datetime) -> None:
        self.failures = max(0.0, self.now(now) + failures)
        self.at = max(self.at, now)


class Attempts:
    """Counts attempts; used on the event loop only, so it needs no lock.

    An attempt counts as a failure from its beginning, so that a thousand at once do not all find
    a clean record; `succeeded` takes it back. `slots` bounds how many hash at the same time.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.sleep = sleep
        self.slots = asyncio.Semaphore(_AT_ONCE)
        self._all: _Count | None = None
        self._by_bucket: dict[int, _Count] = {}

    def begin(self, key: str, now: datetime) -> timedelta:
        """Count an attempt on `key` and return how long it has to wait."""
        everybody, own = self._counts(key, now)
        wait = slow_down(own.now(now), everybody.now(now))
        everybody.add(1, now)
        own.add(1, now)
        return wait

    def succeeded(self, key: str, now: datetime) -> None:
        """Take back an attempt that was right."""
        for count in self._counts(key, now):
            count.add(-1, now)

    def _counts(self, key: str, now: datetime) -> tuple[_Count, _Count]:
        self._all = self._all or _Count(0, now)
        bucket = zlib.crc32(key.encode("utf-8", "replace")) % _BUCKETS
        return self._all, self._by_bucket.setdefault(bucket, _Count(0, now))
