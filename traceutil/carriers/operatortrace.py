"""Azure operatortrace: W3C in newer versions; before, trace id and span id in keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import SpanContext

from .base import Malformed, text
from .w3c import TraceparentCarrier, parse_traceparent

DOMAIN = "operatortrace.azure.microsoft.com/"
#: Domains of the older pair of ids: today's, and the one in the project's first releases
#: (github.com/Azure/operatortrace, pkg/constants).
ID_DOMAINS = (DOMAIN, "operatortrace.io/")


class OperatorTrace(TraceparentCarrier):
    """Reads both generations, the newer first, and writes the newer.

    The older ids say nothing about sampling; they were only written for spans that were recorded,
    so they are read as sampled. `trace-id-time` is owned, but not needed to read a context.
    """

    def __init__(self) -> None:
        super().__init__("operatortrace", DOMAIN + "traceparent", DOMAIN + "tracestate")
        older = (domain + key for domain in ID_DOMAINS for key in ("trace-id", "span-id", "trace-id-time"))
        self.keys = (*self.keys, *older)

    def read(self, annotations: Mapping[str, Any], status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`. Half of a pair of ids is malformed."""
        return super().read(annotations, status) or _read_ids(annotations)


def _read_ids(annotations: Mapping[str, Any]) -> SpanContext | None:
    for domain in ID_DOMAINS:
        trace_id = text(annotations, domain + "trace-id")
        span_id = text(annotations, domain + "span-id")
        if trace_id is None and span_id is None:
            continue
        if trace_id is None or span_id is None or len(trace_id) != 32 or len(span_id) != 16:
            raise Malformed("operatortrace: needs a trace id of 32 and a span id of 16 digits")
        return parse_traceparent(f"00-{trace_id}-{span_id}-01")
    return None


CARRIER = OperatorTrace()
