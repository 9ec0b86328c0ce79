"""Values of tags and logs as OpenTelemetry takes them, cut to length as jaeger_client does."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple

from opentelemetry.util.types import AttributeValue


class Limits(NamedTuple):
    """Characters of a string, and of a traceback."""

    text: int
    traceback: int


def attribute(value: Any, limits: Limits) -> AttributeValue:
    """The value itself where OTLP can hold it, else as text."""
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, TracebackType):
        return "".join(traceback.format_tb(value))[: limits.traceback]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return _encodable(str(value))[: limits.text]


#: OpenTracing's names in a log of an error, and OpenTelemetry's (specification, "OpenTracing compatibility").
_EXCEPTION = {
    "error.kind": "exception.type",
    "message": "exception.message",
    "stack": "exception.stacktrace",
}


def event(fields: Mapping[str, Any], limits: Limits) -> tuple[str, dict[str, AttributeValue]]:
    """Name and attributes of what `log_kv` says; an error becomes the event `exception`."""
    name = str(fields.get("event") or "log")
    if name != "error":
        return name, {str(key): attribute(value, limits) for key, value in fields.items()}
    found: dict[str, AttributeValue] = {}
    for key, value in fields.items():
        if key == "error.object":
            continue
        if key == "error.kind" and isinstance(value, type):
            value = value.__qualname__
        found[_EXCEPTION.get(str(key), str(key))] = attribute(value, limits)
    if isinstance(error := fields.get("error.object"), BaseException):
        found.setdefault("exception.type", type(error).__qualname__)
        found.setdefault("exception.message", attribute(str(error), limits))
    return "exception", found


def nanoseconds(seconds: float) -> int:
    """Unix nanoseconds of OpenTracing's Unix seconds, to the microsecond: a float holds no more."""
    return round(seconds * 1e6) * 1000


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair would fail a whole batch
