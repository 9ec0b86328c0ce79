"""jaeger_client's samplers: the same decisions, by trace id or by time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from traceutil.jaeger_compat.constants import (
    MAX_ID_BITS,
    SAMPLER_PARAM_TAG_KEY,
    SAMPLER_TYPE_CONST,
    SAMPLER_TYPE_PROBABILISTIC,
    SAMPLER_TYPE_RATE_LIMITING,
    SAMPLER_TYPE_TAG_KEY,
)

Tags = dict[str, Any]
#: What is sampled until a strategy arrives from the agent (jaeger_client/sampler.py).
DEFAULT_SAMPLING_PROBABILITY = 0.001


class Sampler:
    """Decides about traces that begin here. Programs may derive their own.

    Args:
        tags: set on the root of each sampled trace.
    """

    def __init__(self, tags: Tags | None = None) -> None:
        self._tags = tags or {}

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, Tags]:
        """Whether the trace is sampled, and the tags that say why."""
        raise NotImplementedError

    def close(self) -> None:
        """The tracer is closed."""


class ConstSampler(Sampler):
    """All traces, or none."""

    def __init__(self, decision: bool) -> None:
        super().__init__({SAMPLER_TYPE_TAG_KEY: SAMPLER_TYPE_CONST, SAMPLER_PARAM_TAG_KEY: decision})
        self.decision = decision

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, Tags]:
        return self.decision, self._tags

    def __str__(self) -> str:
        return f"ConstSampler({self.decision})"


class ProbabilisticSampler(Sampler):
    """Traces whose low 64 bits are below rate · 2^64: the rule of OpenTelemetry's TraceIdRatioBased too.

    Raises:
        ValueError: `rate` is not from 0 to 1.
    """

    def __init__(self, rate: float) -> None:
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"sampling rate {rate!r}: use a number from 0 to 1")
        super().__init__({SAMPLER_TYPE_TAG_KEY: SAMPLER_TYPE_PROBABILISTIC, SAMPLER_PARAM_TAG_KEY: rate})
        self.rate = rate
        self.boundary = rate * 2**MAX_ID_BITS

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, Tags]:
        return trace_id & (2**MAX_ID_BITS - 1) < self.boundary, self._tags

    def __str__(self) -> str:
        return f"ProbabilisticSampler({self.rate})"


class RateLimitingSampler(Sampler):
    """At most so many traces a second; unspent ones are saved up for a second, or until there is one.

    Args:
        max_traces_per_second: may be a fraction.
        clock: seconds; only differences count.
        initial: the share of the balance to begin with, 0 to 1; None: random, so that replicas differ.

    Raises:
        ValueError: a negative number.
    """

    def __init__(
        self,
        max_traces_per_second: float = 10,
        *,
        clock: Callable[[], float] = time.monotonic,
        initial: float | None = None,
    ) -> None:
        if not max_traces_per_second >= 0:  # no number is not, either
            raise ValueError(f"max_traces_per_second {max_traces_per_second!r}: use a number from 0")
        tags = {
            SAMPLER_TYPE_TAG_KEY: SAMPLER_TYPE_RATE_LIMITING,
            SAMPLER_PARAM_TAG_KEY: max_traces_per_second,
        }
        super().__init__(tags)
        self.traces_per_second = max_traces_per_second
        self._most = max(max_traces_per_second, 1.0)
        self._balance = self._most * (random.random() if initial is None else initial)
        self._clock = clock
        self._last = clock()
        self._lock = threading.Lock()

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, Tags]:
        with self._lock:
            now = self._clock()
            earned = (now - self._last) * self.traces_per_second
            self._last, self._balance = now, min(self._most, self._balance + earned)
            if self._balance < 1.0:
                return False, self._tags
            self._balance -= 1.0
            return True, self._tags

    def __str__(self) -> str:
        return f"RateLimitingSampler({self.traces_per_second})"


class RemoteControlledSampler(Sampler):
    """What an agent would be asked for: no agent is asked; it decides as before the first answer.

    Args:
        channel, service_name, kwargs: as there; of `kwargs` only `init_sampler` counts.
    """

    def __init__(self, channel: Any = None, service_name: str = "", **kwargs: Any) -> None:
        super().__init__()
        self.service_name = service_name
        self.sampler: Sampler = kwargs.get("init_sampler") or ProbabilisticSampler(
            DEFAULT_SAMPLING_PROBABILITY
        )

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, Tags]:
        return self.sampler.is_sampled(trace_id, operation)

    def __str__(self) -> str:
        return f"RemoteControlledSampler({self.sampler})"
