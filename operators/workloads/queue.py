"""A work queue of keys: each at most once at a time, later again after a failure."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

from operators.workloads.backoff import RETRY, Backoff
from operators.workloads.clock import Clock
from operators.workloads.metrics import ReconcileMetrics
from operators.workloads.objects import Key
from traceutil import semconv
from traceutil.times import SECOND


@dataclass(frozen=True)
class Item:
    """A key to reconcile: since when it is due (Unix ns), why, and in which attempt (from 1)."""

    key: Key
    since: int
    cause: str
    attempt: int = 1
    backoff: float = 0.0  #: seconds of back-off between the failure before and `due`
    due: int = 0  #: Unix ns at which it could have begun

    def attributes(self, now: int) -> dict[str, Any]:
        """The span attributes that say why this work began and what it waited for."""
        found: dict[str, Any] = {
            semconv.CAUSE: self.cause,
            semconv.QUEUE_WAIT: max(0, now - self.due) / SECOND,
        }
        if self.backoff:
            found |= {semconv.BACKOFF_WAIT: self.backoff, semconv.ATTEMPT: self.attempt}
        return found


#: Seconds by which two timers for one moment may differ: the same deadline is computed again and again.
_SAME = 0.01


class WorkQueue:
    """client-go's work queue for asyncio.

    A key added while it waits is merged with the waiting one; added while it is worked on it comes again
    afterwards. `done` must follow every `get`.
    """

    def __init__(self, name: str, clock: Clock, metrics: ReconcileMetrics, *, retry: Backoff = RETRY) -> None:
        self._clock, self._retry = clock, retry
        self._depth = metrics.depth.labels(name)
        self._retries = metrics.retries.labels(name)
        self._waiting: dict[Key, Item] = {}
        self._order: deque[Key] = deque()
        self._working: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._timers: dict[Key, tuple[float, asyncio.TimerHandle]] = {}
        self._some = asyncio.Event()

    def add(self, key: Key, cause: str) -> None:
        """`key` is due now."""
        if key not in self._waiting:
            now = self._clock.now()
            self._enqueue(Item(key, now, cause, self._failures.get(key, 0) + 1, due=now))

    def _enqueue(self, item: Item) -> None:
        self._waiting[item.key] = item
        if item.key not in self._working:
            self._order.append(item.key)
            self._depth.set(len(self._order))
            self._some.set()

    def add_after(self, key: Key, seconds: float, cause: str) -> None:
        """`key` is due in so many seconds of the clock; the earliest of several wins."""
        self._at(key, seconds, lambda: self.add(key, cause))

    def retry(self, item: Item) -> float:
        """Put a failed item back; returns the back-off in seconds. `since` stays what it was."""
        self._retries.inc()
        failures = self._failures[item.key] = self._failures.get(item.key, 0) + 1
        seconds = self._retry.delay(failures)

        def again() -> None:
            if item.key not in self._waiting:
                now = self._clock.now()
                self._enqueue(Item(item.key, item.since, item.cause, failures + 1, seconds, now))

        self._at(item.key, seconds, again)
        return seconds

    def _at(self, key: Key, seconds: float, action: Any) -> None:
        loop = asyncio.get_running_loop()
        when = loop.time() + self._clock.real(seconds)
        pending = self._timers.get(key)
        if pending is not None:
            if pending[0] <= when + _SAME:
                return
            pending[1].cancel()

        def fire() -> None:
            self._timers.pop(key, None)
            action()

        self._timers[key] = (when, loop.call_at(when, fire))

    def forget(self, key: Key) -> None:
        """`key` went well: its next failure is its first."""
        self._failures.pop(key, None)

    async def get(self) -> Item:
        """The key that waits longest."""
        while not self._order:
            self._some.clear()
            await self._some.wait()
        key = self._order.popleft()
        self._depth.set(len(self._order))
        self._working.add(key)
        return self._waiting.pop(key)

    def done(self, key: Key) -> None:
        self._working.discard(key)
        if key in self._waiting:
            self._order.append(key)
            self._some.set()

    def close(self) -> None:
        """Cancel all timers."""
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
