"""Spans that did not arrive: how many, and why. One `Losses` for each exporter."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

FULL = "the queue was full"
UNSENT = "not sent before the end"
UNKNOWN = "the exporter failed"


class Losses:
    """How many spans went into a queue, and came out of it at the collector. Safe to use from threads."""

    def __init__(self, max_queue: int) -> None:
        self._lock = threading.Lock()
        self._max_queue = max_queue
        self.accepted = 0
        self.taken = 0
        self.delivered = 0
        self.overflowed = 0
        self.failed: Counter[str] = Counter()
        self.closed = False

    def accept(self) -> None:
        """One span is about to be queued; a full queue drops its oldest."""
        with self._lock:
            self.accepted += 1
            if self.accepted - self.overflowed - self.taken > self._max_queue:
                self.overflowed += 1

    def take(self, count: int) -> None:
        """So many spans leave the queue for an export."""
        with self._lock:
            self.taken += count

    def exported(self, delivered: int, lost: int = 0, why: str = UNKNOWN) -> None:
        """An export has ended: what the collector has taken, and what it has not."""
        with self._lock:
            self.delivered += delivered
            if lost:
                self.failed[why] += lost

    @property
    def dropped(self) -> int:
        """Spans that will not arrive. After shutdown that includes what was still queued."""
        return sum(self.reasons().values())

    def reasons(self) -> dict[str, int]:
        """The same by reason."""
        with self._lock:
            known = self.overflowed + self.failed.total()
            unsent = self.accepted - self.delivered - known if self.closed else 0
            return dict(+Counter({FULL: self.overflowed, **self.failed, UNSENT: unsent}))


def summed(losses: Iterable[Losses]) -> dict[str, int]:
    """Over several exporters, the most frequent reason first."""
    total: Counter[str] = Counter()
    for each in losses:
        total.update(each.reasons())
    return dict(total.most_common())


def sentence(reasons: Mapping[str, int]) -> str:
    """`7 spans were lost: 5 HTTP 503 Service Unavailable, 2 not sent before the end`; empty without any."""
    count = sum(reasons.values())
    if not count:
        return ""
    why = ", ".join(f"{number:,} {reason}" for reason, number in reasons.items())
    return f"{count:,} span{' was' if count == 1 else 's were'} lost: {why}"
