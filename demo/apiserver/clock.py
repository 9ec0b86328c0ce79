"""Unix nanoseconds as the API server writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

NANOSECONDS = 1_000_000_000


def rfc3339(nanoseconds: int) -> str:
    """Whole seconds in UTC, as in `metadata.creationTimestamp`."""
    return _written(nanoseconds // NANOSECONDS)


@lru_cache(maxsize=64)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
