"""Time and ids of a test: the same in every run."""

from __future__ import annotations

import itertools
import time

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from traceutil.times import SECOND

#: 2026-01-01T00:00:00Z in Unix ns: when every test begins.
EPOCH = 1_767_225_600 * SECOND


class FixedClock:
    """Time that stands still until it is moved. Called, it answers in Unix ns."""

    def __init__(self, now: int = EPOCH) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move time on."""
        self.now += int(seconds * SECOND)


class RunningClock:
    """The machine's time, which can be moved on besides: for operators that run on a cluster."""

    def __init__(self) -> None:
        self._ahead = 0

    def __call__(self) -> int:
        return time.time_ns() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move time on, from where it is."""
        self._ahead += int(seconds * SECOND)


class SequentialIds(RandomIdGenerator):
    """Ids 1, 2, 3 …: for the SDK and for `ObjectTracer` alike."""

    def __init__(self) -> None:
        self._traces = itertools.count(1)
        self._spans = itertools.count(1)

    def generate_trace_id(self) -> int:
        return next(self._traces)

    def generate_span_id(self) -> int:
        return next(self._spans)

    def trace_id(self) -> int:
        return next(self._traces)

    def span_id(self) -> int:
        return next(self._spans)
