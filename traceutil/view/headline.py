"""What stands above a drawing, whatever it is drawn on: how it ended, the figures, how traces are linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from traceutil import semconv
from traceutil.view import labels, units
from traceutil.view.relations import Relation
from traceutil.view.relations import relations as related
from traceutil.view.result import Result
from traceutil.view.tree import Trace

_STATES = {"reached": "✔ reached in", "recovered": "✔ recovered in", "in progress": "… in progress for"}

#: So many relations of one kind are said of traces that are not shown; the rest are counted.
SAID = 3


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
    ]
    if result.dropped is not None:
        found.append(f"{result.dropped:,} dropped")
    if result.outages:
        found.append(f"{sum(len(each.lost) for each in result.outages):,} lost")
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
    how = {"reached": "in", "recovered": "in", "in progress": "for"}.get(reason, "after")
    ending = f" · {reason} {how} {units.duration(root.duration)}" if reason else ""
    return f"trace {trace.trace_id[:8]} · {labels.object_label(root, root=True)}{ending}"


def relations(
    trace: Trace, earlier: Sequence[Trace], later: Sequence[Trace], found: Iterable[Relation] = ()
) -> Iterator[str]:
    """How a trace stands to others; how it stands to a later one is said there.

    `found`: what no link says.
    """
    here = {each.trace_id for each in earlier} | {trace.trace_id}
    untold = {each.trace_id for each in later}
    beyond: Counter[str] = Counter()
    for relation in related([*earlier, trace, *later], found):
        pair = {relation.old, relation.new}
        if trace.trace_id not in pair or pair & untold:
            continue
        shown = pair <= here
        beyond[relation.why] += not shown
        if shown or beyond[relation.why] <= SAID:
            yield f"{relation.words()}{'' if shown else ' (not shown)'}"
    for why, count in beyond.items():
        if count > SAID:
            yield f"{count - SAID:,} more traces are linked{f' ({why})' if why else ''} (not shown)"
