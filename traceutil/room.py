"""Annotations have a bound: 256 KiB of keys and values together (Kubernetes' own limit)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMIT = 256 * 1024


def has_room(stored: Mapping[str, Any], added: Mapping[str, str]) -> bool:
    """Whether `stored` with `added` laid over it stays within the limit."""
    total = sum(len(key) + len(value.encode()) for key, value in added.items())
    for key, value in stored.items():
        if key not in added and isinstance(value, str):
            size = len(value)
            total += len(key) + (size if value.isascii() else len(value.encode("utf-8", "surrogatepass")))
    return total <= LIMIT
