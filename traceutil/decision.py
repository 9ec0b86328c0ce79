"""Is a new trace sampled? By the ratio, or because of a link, which is then said in `tracestate`.

A decision taken because of a link counts for no further link: else one sampled change would have all later
ones sampled (docs/spec.md 11).
"""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from traceutil import derive

#: Our entry in `tracestate` (W3C Trace Context, 3.3.1.3.1), with sub-keys as in OpenTelemetry's `ot`.
STATE_KEY = "traceutil"
_BY_LINK = "l:1"
_NO_STATE = TraceState()
_MAX_ENTRIES = 32


def counts_for_links(context: SpanContext) -> bool:
    """Whether what is linked to this context is sampled for its sake."""
    return context.is_valid and context.trace_flags.sampled and not is_marked(context.trace_state)


def is_marked(state: TraceState) -> bool:
    """Whether the decision was taken because of a link."""
    return bool(state) and _BY_LINK in state.get(STATE_KEY, "").split(";")


def marked(state: TraceState) -> TraceState:
    """`state`, saying that the decision was taken because of a link.

    OpenTelemetry's threshold `th` goes: it would say with which probability the trace was sampled, which
    nobody knows any more (OpenTelemetry specification, Trace SDK, "threshold_reliable").
    """
    entries = {key: value for key, value in state.items() if key not in (STATE_KEY, "ot")}
    if rest := ";".join(part for part in state.get("ot", "").split(";") if part[:3] not in ("th:", "")):
        entries["ot"] = rest
    kept = list(entries.items())[: _MAX_ENTRIES - 1]  # the right-most is the oldest
    return TraceState([(STATE_KEY, _BY_LINK), *kept])


def derived_context(
    ids: derive.Ids, ratio: float, linked: Iterable[SpanContext] = (), *, shown: bool = True
) -> SpanContext:
    """The context of a trace that everybody derives alike, with the decision that everybody takes alike.

    Args:
        ratio: the cluster-wide share of traces that is sampled.
        linked: what it is linked to, and sampled for the sake of.
        shown: False: never sampled.
    """
    flags, state = decide(ids.trace_id, ratio, linked)
    return SpanContext(ids.trace_id, ids.span_id, True, flags if shown else TraceFlags(0), state)


def episode_context(ids: derive.Ids, ratio: float, of: SpanContext) -> SpanContext:
    """The context of an episode of drift of the object span `of`, without which it would be a loose end."""
    return derived_context(ids, ratio, (of,), shown=of.trace_flags.sampled)


def decide(trace_id: int, ratio: float, linked: Iterable[SpanContext] = ()) -> tuple[TraceFlags, TraceState]:
    """Flags and state of a new trace: the ratio's decision, else that of what it is linked to."""
    if derive.sampled(trace_id, ratio):
        return TraceFlags(TraceFlags.SAMPLED), _NO_STATE
    if any(counts_for_links(context) for context in linked):
        return TraceFlags(TraceFlags.SAMPLED), marked(_NO_STATE)
    return TraceFlags(TraceFlags.DEFAULT), _NO_STATE


def disbelieved(context: SpanContext, ratio: float) -> SpanContext:
    """The same ids, with a decision of our own in place of flags that are not believed.

    It counts for no link, so that such a trace has no other sampled for its sake.
    """
    flags, _ = decide(context.trace_id, ratio)
    return SpanContext(context.trace_id, context.span_id, True, flags, marked(context.trace_state))
