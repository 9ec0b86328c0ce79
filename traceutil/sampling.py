"""Samplers for OpenTelemetry's SDK: stored flags are obeyed, and links are looked at (docs/spec.md 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.context import Context, get_value
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from traceutil.craft import STORED
from traceutil.decision import counts_for_links, marked

#: The name of `LinkAware` in `OTEL_TRACES_SAMPLER`; its share stands in `OTEL_TRACES_SAMPLER_ARG`.
NAME = "traceutil_linkaware"


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
        stored = get_value(STORED, parent_context) if parent_context is not None else None
        if isinstance(stored, SpanContext):
            decision = Decision.RECORD_AND_SAMPLE if stored.trace_flags.sampled else Decision.DROP
            return SamplingResult(decision, attributes, stored.trace_state)
        return self._inner.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"{type(self).__name__}({self._inner.get_description()})"


class LinkAware(ObeyStoredFlags):
    """A trace is sampled as its parent says; without a parent, as `root` says, or as what it is linked to.

    A decision taken because of a link is said in `tracestate` (`traceutil=l:1`), and counts for no further
    link. Object spans are sampled as their record says.

    Args:
        root: for traces without a parent; one that is `ParentBased` decides about those with a parent too.
    """

    def __init__(self, root: Sampler = ALWAYS_ON) -> None:
        super().__init__(root if isinstance(root, ParentBased) else ParentBased(root))

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
        own = super().should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)
        if not links or own.decision is not Decision.DROP:
            return own
        if parent_context is not None and get_value(STORED, parent_context) is not None:
            return own
        if get_current_span(parent_context).get_span_context().is_valid:
            return own
        if not any(counts_for_links(link.context) for link in links):
            return own
        state = marked(own.trace_state or trace_state or TraceState())
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes, state)


def aware(sampler: Sampler) -> ObeyStoredFlags:
    """The sampler, made to obey stored flags; one that asks the parent is made to ask links too.

    One that asks nobody (`always_off`, `traceidratio`) means it, and decides alone.
    """
    if isinstance(sampler, ObeyStoredFlags):
        return sampler
    return LinkAware(sampler) if isinstance(sampler, ParentBased) else ObeyStoredFlags(sampler)


def from_argument(argument: float | str | None = None) -> LinkAware:
    """`LinkAware` by the value of `OTEL_TRACES_SAMPLER_ARG`: the share of traces that is sampled, else all.

    This is the entry point `traceutil_linkaware` of the group `opentelemetry_traces_sampler`.

    Raises:
        ValueError: it is no number from 0 to 1.
    """
    if argument is None or argument == "":
        return LinkAware()
    try:
        return LinkAware(TraceIdRatioBased(float(argument)))
    except ValueError as error:
        raise ValueError(f"OTEL_TRACES_SAMPLER_ARG={argument!r}: use a number from 0 to 1") from error


def named(environ: Mapping[str, str]) -> Sampler | None:
    """`LinkAware` where `OTEL_TRACES_SAMPLER` names it; None: the SDK knows the name.

    Raises:
        ValueError: `OTEL_TRACES_SAMPLER_ARG` is no number from 0 to 1.
    """
    if environ.get("OTEL_TRACES_SAMPLER", "").strip().lower() != NAME:
        return None
    return from_argument(environ.get("OTEL_TRACES_SAMPLER_ARG", "").strip())
