"""One context, and how each dialect spells it."""

from __future__ import annotations

import base64
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags, TraceState

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
SPAN_ID = 0xB7AD6B7169203331
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONTEXT = SpanContext(TRACE_ID, SPAN_ID, True, TraceFlags(1))

OTHER_TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = SpanContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, True, TraceFlags(1))

_BINARY = bytes.fromhex("0000" + f"{TRACE_ID:032x}" + "01" + f"{SPAN_ID:016x}" + "02" + "01")

#: Annotations that name CONTEXT, by dialect, in the documented precedence.
SPELLED: dict[str, dict[str, str]] = {
    "w3c": {"tracing.k8s.io/traceparent": TRACEPARENT},
    "bare": {"traceparent": TRACEPARENT},
    "operatortrace": {"operatortrace.azure.microsoft.com/traceparent": TRACEPARENT},
    "tekton": {"tekton.dev/pipelinerunSpanContext": f'{{"traceparent":"{TRACEPARENT}"}}'},
    "agent-sandbox": {"opentelemetry.io/trace-context": f'{{"traceparent":"{TRACEPARENT}"}}'},
    "kruise": {"agents.kruise.io/trace-context": TRACEPARENT},
    "multigres": {
        "multigres.com/traceparent": TRACEPARENT,
        "multigres.com/traceparent-ts": "1760000000",
    },
    "posit": {"posit.co/traceparent": TRACEPARENT},
    "opencensus": {"trace.kubernetes.io/context": base64.b64encode(_BINARY).decode()},
    "jaeger": {"uber-trace-id": "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1"},
}


def context(traceparent: str, **state: str) -> SpanContext:
    """The context of a well-formed traceparent, built without the code under test."""
    _, trace_id, span_id, flags = traceparent.split("-")[:4]
    entries = TraceState(list(state.items()))
    return SpanContext(int(trace_id, 16), int(span_id, 16), True, TraceFlags(int(flags, 16)), entries)


def seen(found: SpanContext | None) -> tuple[Any, ...] | None:
    """A context as a plain value: trace state compares by its entries, remoteness is included."""
    if found is None:
        return None
    state = found.trace_state.to_header()
    return found.trace_id, found.span_id, found.is_remote, int(found.trace_flags), state
