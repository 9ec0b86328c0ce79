"""From one trace to those that belong to its story: over links there and back, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traceutil.cli.traces.source import Source
from traceutil.view.relations import FOLLOWED, Relation, relations
from traceutil.view.spans import SpanData
from traceutil.view.tree import build

#: Traces in one answer. What is beyond it is told, not drawn.
MOST = 10


@dataclass(frozen=True, slots=True)
class Followed:
    """Spans of all traces that were found; `left`: how many more are linked, and were not read."""

    spans: list[SpanData]
    left: int


async def follow(
    source: Source, first: Sequence[SpanData], also: Sequence[Relation] = (), *, most: int = MOST
) -> Followed:
    """Read the traces around that of `first`, the nearest first.

    Args:
        also: relations that no link tells; they are followed as links are.
    """
    spans = list(first)
    start = first[0].trace_id
    seen, waiting, left = {start}, [start], 0
    while waiting:
        current = waiting.pop(0)
        here = [span for span in spans if span.trace_id == current]
        for trace_id in await _around(source, here, also):
            if trace_id in seen:
                continue
            seen.add(trace_id)
            if len(seen) - left > most:
                left += 1
                continue
            found = await source.trace(trace_id)
            if found:
                spans += found
                waiting.append(trace_id)
    return Followed(spans, left)


async def _around(source: Source, spans: Sequence[SpanData], also: Sequence[Relation]) -> list[str]:
    current = spans[0].trace_id
    told = [each for each in relations(build(spans), also) if each.why in FOLLOWED]
    pairs = [(each.old, each.new) for each in told if current in (each.old, each.new)]
    linked = [old if new == current else new for old, new in pairs]
    return [*linked, *await source.linking(spans)]
