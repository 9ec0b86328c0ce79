"""Whether a handler put anything new into kopf's patch, as seen from the object that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traceutil.objects import Json, section


def is_news(before: Json, after: Json, stored: Any) -> bool:
    """Whether what a merge patch (RFC 7386) has `after` and had not `before` would change `stored`."""
    stored = stored if isinstance(stored, Mapping) else {}
    for key, value in after.items():
        former = before.get(key)
        if key in before and former == value:
            continue
        if isinstance(value, Mapping):
            if is_news(former if isinstance(former, Mapping) else {}, value, stored.get(key)):
                return True
        elif (key in stored) if value is None else (stored.get(key) != value):
            return True
    return False


def result_is_news(result: Any, handler_id: str, stored: Json) -> bool:
    """Whether a handler returned what is not in status yet; kopf puts it under the handler's id."""
    if result is None:
        return False
    former = section(stored, "status").get(handler_id)
    if isinstance(result, Mapping):
        return is_news({}, result, former)
    return bool(former != result)
