"""Equality of JSON values: unlike in Python, true is not 1."""

from __future__ import annotations

from typing import Any


def equal(a: Any, b: Any) -> bool:
    """Whether two JSON values are the same value."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return bool(a == b) and isinstance(a, bool) is isinstance(b, bool)
