"""What stands above a drawing, whatever it is drawn on: how it ended, the figures, how traces are linked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from traceutil import semconv
from traceutil.view import labels, units
from traceutil.view.result import Result
from traceutil.view.spans import LinkData
from traceutil.view.tree import Trace

_STATES = {"reached": "✔ reached in", "recovered": "✔ recovered in", "in progress": "… in progress for"}

#: How a linked trace is announced, by the kind of its link; {old} and {new} are trace ids.
_LINKS = {
    "superseded": "{old} was superseded by {new}",
    "superseded_by": "{old} was superseded by {new}",
    "drift": "{new} heals the drift of {old}",
    "recovered": "{new} is the recovery of {old}",
    "deletion": "{new} is the deletion after {old}",
    "overflow": "{new} continues {old}, which had too many children for one trace",
    "stale": "{new} began from a context left by {old}",
    "cause": "{new} was caused by {old}",
}


def opening(result: Result) -> str:
    """`✔ reached in 12.07 s`, `✗ failed after 10.05 s`."""
    words = _STATES.get(result.state, f"✗ {labels.clean(result.state)} after")
    return f"{words} {units.duration(round(result.duration_seconds * units.SECOND))}"


def is_good(result: Result) -> bool:
    """Whether nothing is wrong so far."""
    return result.reached or result.state == "in progress"


def counts(result: Result, traces: Sequence[Trace]) -> list[str]:
    """How much there is, and what was lost: `1 trace`, `27 spans`, …"""
    found = [
        _count(len(traces), "trace"),
        _count(sum(len(trace.nodes) for trace in traces), "span"),
        _count(len(set(services(traces))), "service"),
        _count(sum(len(trace.orphans) for trace in traces), "orphan"),
        f"{result.dropped:,} dropped",
    ]
    if result.requests_added is not None:
        found.append(f"{_count(result.requests_added, 'request')} added")
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def services(traces: Sequence[Trace]) -> list[str]:
    """The services, in the order in which they first appear."""
    found = (node.span.service for trace in traces for root in trace.roots for node in root.walk())
    return list(dict.fromkeys(found))


def title(trace: Trace) -> str:
    """`trace 6e5e016e · Deployment default/web · superseded after 1.06 s`."""
    root = trace.main.span
    reason = labels.clean(root.attributes.get(semconv.REASON) or "")
    how = "in" if reason in ("reached", "recovered") else "after"
    ending = f" · {reason} {how} {units.duration(root.duration)}" if reason else ""
    return f"trace {trace.trace_id[:8]} · {labels.object_label(root, root=True)}{ending}"


def relations(trace: Trace, earlier: Sequence[Trace], later: Sequence[Trace]) -> Iterator[str]:
    """How a trace is linked to others; what is linked to a later one is said there."""
    known = {t.trace_id for t in earlier}
    untold = {t.trace_id for t in later}
    said: set[tuple[str, str]] = set()
    pairs = [(link, *_ages(link, trace)) for link in trace.links()]
    for other in earlier:
        pairs += [(k, other.trace_id, k.trace_id) for k in other.links() if k.trace_id == trace.trace_id]
    for link, old, new in pairs:
        words = _LINKS.get(str(link.attributes.get(semconv.LINK)), "{new} is linked to {old}")
        if (old, new) in said or {old, new} & untold:
            continue
        said.add((old, new))
        shown = "" if {old, new} <= known | {trace.trace_id} else " (not shown)"
        yield words.format(old=f"trace {old[:8]}", new=f"trace {new[:8]}") + shown


def _ages(link: LinkData, trace: Trace) -> tuple[str, str]:
    """(older, newer) trace id: all links point to what was before, but for `superseded_by`."""
    pair = (link.trace_id, trace.trace_id)
    return pair[::-1] if link.attributes.get(semconv.LINK) == "superseded_by" else pair
