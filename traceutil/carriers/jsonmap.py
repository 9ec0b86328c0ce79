"""The headers of a propagator as one JSON object in one annotation (Tekton, agent-sandbox)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import SpanContext

from .base import Malformed
from .w3c import format_traceparent, parse_traceparent, parse_tracestate


def parse_json(value: str) -> SpanContext | None:
    """The context in a JSON object of headers; None where the object names no traceparent.

    Raises:
        Malformed: no JSON, no object, or a traceparent that is none.
    """
    try:
        headers = json.loads(value)
    except (ValueError, RecursionError):  # brackets nested a thousand deep exhaust the parser's stack
        raise Malformed("not JSON") from None
    return parse_headers(headers)


def parse_headers(headers: Any) -> SpanContext | None:
    """The context in a mapping of headers; None where it names no traceparent.

    Raises:
        Malformed: no mapping, or a traceparent that is none.
    """
    if not isinstance(headers, Mapping):
        raise Malformed(f"{type(headers).__name__} instead of a map of headers")
    traceparent = headers.get("traceparent")
    if not traceparent:
        return None
    return parse_traceparent(traceparent, parse_tracestate(headers.get("tracestate")))


def format_json(context: SpanContext) -> str:
    """Compact JSON with sorted keys, so that the same context gives the same bytes."""
    headers = {"traceparent": format_traceparent(context)}
    if context.trace_state:
        headers["tracestate"] = context.trace_state.to_header()
    return json.dumps(headers, separators=(",", ":"), sort_keys=True)
