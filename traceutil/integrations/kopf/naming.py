"""What a handler's span is called, and what it says: the same words for every kind of handler."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from kopf._core.intents import causes, handlers

from traceutil.objects import Json
from traceutil.semconv import ATTEMPT, CAUSE, HANDLER


def span_name(component: str, function: Any) -> str:
    """`<component>.<function>`: of low cardinality, as ids of sub-handlers are not ("create/volume-17")."""
    while isinstance(function, functools.partial) or hasattr(function, "__wrapped__"):
        function = function.func if isinstance(function, functools.partial) else function.__wrapped__
    name = str(getattr(function, "__name__", "") or type(function).__name__)
    return f"{component or 'kopf'}.{name.strip('<>')}"


def is_change(cause: causes.ResourceCause) -> bool:
    """Whether the handler runs because desired state changed: create, update, field, delete; not resume."""
    return isinstance(cause, causes.ChangingCause) and cause.reason in _CHANGES


_CHANGES = frozenset({causes.Reason.CREATE, causes.Reason.UPDATE, causes.Reason.DELETE})


def cause_in_words(cause: causes.ResourceCause, handler: Any) -> str:
    """Why kopf called the handler, for `traceutil.cause`."""
    if isinstance(cause, causes.ChangingCause):
        return str(cause.reason.value)
    if isinstance(cause, causes.WebhookCause):
        return f"admission of {str(cause.operation or 'request').lower()}"
    if isinstance(cause, causes.WatchingCause):
        return f"event {cause.type.lower()}" if cause.type else "listing"
    return "timer" if isinstance(handler, handlers.TimerHandler) else "daemon"


def attributes_of(cause: causes.ResourceCause, handler: Any, retries: int) -> dict[str, Any]:
    """Attributes of the span of one attempt; `retries`: how many came before it."""
    return {HANDLER: str(handler.id), CAUSE: cause_in_words(cause, handler), ATTEMPT: retries + 1}


def reviewed(body: Mapping[str, Any]) -> Json:
    """The object of an admission review, without its uid.

    What is reviewed is not stored yet, so nobody can derive the ids of its change: work on it hangs under
    what it carries, or begins a trace.
    """
    metadata = body.get("metadata")
    kept = {k: v for k, v in metadata.items() if k != "uid"} if isinstance(metadata, Mapping) else {}
    return {**body, "metadata": kept}
