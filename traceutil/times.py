"""Kubernetes timestamps (RFC 3339) and Unix nanoseconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

SECOND = 1_000_000_000

#: Returns Unix time in nanoseconds; `time.time_ns` unless a test or a simulation passes another.
Clock = Callable[[], int]


@lru_cache(maxsize=4096)
def _parse(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * SECOND + moment.microsecond * 1000


def parse_time(value: Any) -> int | None:
    """Unix ns of an RFC 3339 string (or aware datetime); None where it is neither."""
    if isinstance(value, str):
        return _parse(value) if len(value) <= 40 else None
    if isinstance(value, datetime):
        return _parse(value.isoformat())
    return None


def clamp(value: int, low: int, high: int) -> int:
    """`value` brought into [low, high]; `high` wins where the two contradict."""
    return min(max(value, low), high)
