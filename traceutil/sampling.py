"""Sampling: flags on objects are obeyed. (The SDK's samplers do the rest; see docs/spec.md 11.)"""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.context import Context, get_value
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from traceutil.craft import STORED_FLAGS


class ObeyStoredFlags(Sampler):
    """A crafted span is sampled as its record says, whatever the sampler would decide today.

    Args:
        inner: the sampler for all other spans.
    """

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        flags = get_value(STORED_FLAGS, parent_context) if parent_context is not None else None
        if isinstance(flags, int):
            decision = Decision.RECORD_AND_SAMPLE if flags & 1 else Decision.DROP
            state = get_current_span(parent_context).get_span_context().trace_state
            return SamplingResult(decision, attributes, state)
        return self._inner.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"ObeyStoredFlags({self._inner.get_description()})"
