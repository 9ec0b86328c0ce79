"""jaeger_client's samplers and its debug flag, as samplers of OpenTelemetry's SDK."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry import context as otel
from opentelemetry.context import Context
from opentelemetry.sdk.trace import sampling
from opentelemetry.sdk.trace.sampling import Decision, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from traceutil.jaeger_compat.sampler import Sampler
from traceutil.sampling import ObeyStoredFlags

#: In the context of a span about which there is no choice: True by a debug id or the tag `sampling.priority`,
#: False by that tag.
FORCED = otel.create_key("traceutil-jaeger-debug")


class Deciding(sampling.Sampler):
    """For roots: as jaeger_client's sampler says, its tags on the root."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

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
        sampled, tags = self._sampler.is_sampled(trace_id, name)
        if not sampled:
            return SamplingResult(Decision.DROP)
        return SamplingResult(Decision.RECORD_AND_SAMPLE, {**(attributes or {}), **tags}, trace_state)

    def get_description(self) -> str:
        return str(self._sampler)


class DebugFirst(ObeyStoredFlags):
    """What is forced is sampled; everything else as `inner` says."""

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
        forced = None if parent_context is None else otel.get_value(FORCED, parent_context)
        if isinstance(forced, bool):
            state = get_current_span(parent_context).get_span_context().trace_state
            return SamplingResult(Decision.RECORD_AND_SAMPLE if forced else Decision.DROP, attributes, state)
        return super().should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)
