"""Unix nanoseconds as the API server writes them, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

NANOSECONDS = 1_000_000_000


def rfc3339(nanoseconds: int) -> str:
    """Whole seconds in UTC, as in `metadata.creationTimestamp`."""
    return _written(nanoseconds // NANOSECONDS)


@lru_cache(maxsize=64)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shift(timestamp: str, seconds: int) -> str:
    """An RFC 3339 timestamp of whole seconds moved by `seconds`."""
    moved = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ") + timedelta(seconds=seconds)
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ")
