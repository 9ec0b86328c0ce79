"""Random ids, and the generator that hands out an id that was fixed earlier."""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import Protocol

from traceutil.derive import Ids


class IdSource(Protocol):
    """Where random ids come from; a test passes a counting one."""

    def trace_id(self) -> int: ...
    def span_id(self) -> int: ...


class RandomIds:
    """Random ids, never zero (W3C Trace Context)."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def trace_id(self) -> int:
        return self._random.getrandbits(128) or 1

    def span_id(self) -> int:
        return self._random.getrandbits(64) or 1


#: The ids that the next span started on a crafting tracer gets.
FIXED: ContextVar[Ids] = ContextVar("traceutil_fixed_ids")


class FixedIds:
    """An OpenTelemetry id generator (duck-typed: the SDK is not imported) that reads `FIXED`."""

    def generate_trace_id(self) -> int:
        return FIXED.get().trace_id

    def generate_span_id(self) -> int:
        return FIXED.get().span_id

    def is_trace_id_random(self) -> bool:
        return False
