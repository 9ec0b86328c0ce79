"""How an attempt ended: it failed, it will be retried, or it was cancelled."""

from __future__ import annotations

import asyncio
from typing import Literal

Outcome = Literal["retry", "cancelled", "error"]

#: kopf's exceptions that ask for another attempt, by class name: kopf is not imported.
_RETRY_NAMES = frozenset({"TemporaryError", "HandlerChildrenRetry", "HandlerRetry"})
_CONFLICT = 409


def outcome_of(error: BaseException) -> Outcome:
    """`retry` for kopf's TemporaryError and for HTTP 409, `cancelled`, else `error`."""
    if isinstance(error, asyncio.CancelledError | GeneratorExit | KeyboardInterrupt):
        return "cancelled"
    if any(cls.__name__ in _RETRY_NAMES for cls in type(error).__mro__):
        return "retry"
    return "retry" if status_code(error) == _CONFLICT else "error"


def status_code(error: BaseException) -> int | None:
    """The HTTP status in an exception of any client (kubernetes, lightkube, kr8s, httpx, aiohttp)."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status", "status_code", "code"):
            value = getattr(holder, name, None)
            if isinstance(value, int):
                return value
            nested = getattr(value, "code", None)  # lightkube: error.status is a Status object
            if isinstance(nested, int):
                return nested
    return None


def error_type(error: BaseException) -> str:
    """`error.type`: the exception's qualified class name (OpenTelemetry semantic conventions)."""
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
