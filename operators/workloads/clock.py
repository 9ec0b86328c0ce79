"""Whose time is it? One clock for everything that the controllers write or wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from traceutil.times import SECOND


class Clock:
    """Unix time that may run faster than real time.

    `now` = epoch + (real time since construction) × speed, in Unix ns; `sleep(s)` takes s ÷ speed real
    seconds. With speed 1 and no epoch given it is the machine's clock, kept monotonic.

    Raises ValueError where speed is not positive.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        epoch: int | None = None,
        monotonic: Callable[[], int] = time.monotonic_ns,
        real_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be greater than 0, not {speed}")
        self.speed = speed
        self.epoch = time.time_ns() if epoch is None else epoch
        self._monotonic = monotonic
        self._real_sleep = real_sleep
        self._started = monotonic()

    def now(self) -> int:
        """Unix ns."""
        elapsed = self._monotonic() - self._started
        return self.epoch + (elapsed if self.speed == 1.0 else int(elapsed * self.speed))

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` of this clock; returns at once where they are not positive."""
        await self._real_sleep(self.real(seconds))

    def real(self, seconds: float) -> float:
        """How many real seconds `seconds` of this clock take, never negative."""
        return max(0.0, seconds / self.speed)

    def timestamp(self) -> str:
        """Now as the API server writes times: RFC 3339, whole seconds, UTC."""
        return rfc3339(self.now())


def rfc3339(unix_ns: int) -> str:
    """`2026-01-02T03:04:05Z`: metav1.Time's form, cut to whole seconds."""
    return datetime.fromtimestamp(unix_ns // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
