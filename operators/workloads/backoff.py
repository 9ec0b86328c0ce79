"""How long until the next try?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Exponential back-off: first, 2·first, 4·first … seconds, never more than cap."""

    first: float
    cap: float

    def delay(self, failures: int) -> float:
        """Seconds to wait after `failures` failures in a row; 0 after none."""
        if failures <= 0:
            return 0.0
        return min(self.cap, self.first * 2.0 ** min(failures - 1, 60))


#: A work queue's retries: client-go's DefaultTypedControllerRateLimiter goes from 5 ms to 1000 s; a demo's
#: reader should not wait a quarter of an hour, hence the lower cap.
RETRY = Backoff(first=0.005, cap=60.0)
#: The scheduler's back-off for pods that did not fit (podInitialBackoffSeconds, podMaxBackoffSeconds).
UNSCHEDULABLE = Backoff(first=1.0, cap=10.0)
#: Tries of a list or a watch.
WATCHES = Backoff(first=0.2, cap=10.0)
#: The kubelet's tries to register its node (tryRegisterWithAPIServer).
REGISTRATION = Backoff(first=0.1, cap=7.0)
#: The kubelet's back-off for images and for crashed containers (10 s, doubled, five minutes at most).
CONTAINER = Backoff(first=10.0, cap=300.0)
#: A container that ran this long (seconds) before it crashed starts over: twice the cap.
CONTAINER_FORGETS_AFTER = 600.0


def crash_delay(restarts: int) -> float:
    """Seconds from a container's exit to its next start, `restarts` starts after the first.

    The kubelet starts a container again at once after its first exit and waits from the second on:
    0, 10, 20, 40 … 300.
    """
    return CONTAINER.delay(restarts)
