"""The critical path: which spans, one after the other, made the trace last as long as it did.

Walked backwards from the end of the root: through the child that ended last before the cursor, then on
from that child's start; what no child covers is waiting, for whoever came next. The rule is that of
CRISP (Zhang and others, USENIX ATC 2022), with two additions. A work span may reach over the cursor,
since the object span that it wrote starts in the middle of it. And the path goes on from when work
became due, not from when it began: what ended in between did not cause it.

A root that was given up (superseded, deleted, overdue) was ended by nothing below it. There the path is that
of what went on longest, and leads to the last end in the trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from traceutil import semconv
from traceutil.view.labels import kind_of, kinds, seconds
from traceutil.view.spans import SpanData
from traceutil.view.tree import Node, Trace

#: queue: until a controller took it up; turn: a stage until it could begin; readiness: until probes passed;
#: children: until objects below it had come further; gap: no span says what happened.
Waiting = Literal["queue", "turn", "readiness", "children", "gap"]

#: Reasons for which a root ends while what it began may go on.
GIVEN_UP = frozenset({"superseded", "deleted", "overdue"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the path (Unix ns), attributed to the span that worked, or was waited for."""

    span: SpanData
    start: int
    end: int
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one stage, or one wait, took of the path: `duration` in ns, `share` from 0 to 1."""

    label: str
    duration: int
    share: float
    waiting: Waiting | None
    spans: tuple[SpanData, ...]


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """Ids of the spans on the path, its segments in order of time, and shares, the largest first."""

    span_ids: frozenset[str]
    segments: tuple[Segment, ...]
    shares: tuple[Share, ...]


def critical_path(trace: Trace) -> CriticalPath:
    """The path through the trace's main root.

    The segments cover the root without overlap, and what went on after a root that was given up.
    """
    root = trace.main
    ends = _ends(root)
    whole = ends[root.span.span_id]
    ids: set[str] = set()
    segments: list[Segment] = []
    stack = [(root, whole)]
    while stack:
        node, end = stack.pop()
        ids.add(node.span.span_id)
        later: Node | None = None
        cursor = end
        for child, child_end in _steps(node, end, ends):
            segments.extend(_uncovered(node, later, child_end, cursor))
            stack.append((child, child_end))
            later, cursor = child, min(max(child.span.start, node.span.start), child_end)
        segments.extend(_uncovered(node, later, node.span.start, cursor))
    segments = [s for s in segments if s.end > s.start]
    segments.sort(key=lambda s: (s.start, s.end))
    return CriticalPath(frozenset(ids), tuple(segments), tuple(_shares(segments, whole - root.span.start)))


def _ends(root: Node) -> Mapping[str, int]:
    """When each span ended, by its id; below a root that was given up, when the last below it did."""
    nodes = list(root.walk())
    ends = {node.span.span_id: node.span.end for node in nodes}
    if str(root.span.attributes.get(semconv.REASON)) in GIVEN_UP:
        for node in reversed(nodes):  # children before their parents
            ends[node.span.span_id] = max(node.span.end, *(ends[c.span.span_id] for c in node.children), 0)
    return ends


def _steps(node: Node, end: int, ends: Mapping[str, int]) -> Iterator[tuple[Node, int]]:
    """The children on the path, the last one first, each with the time at which the path leaves it."""
    cursor, first = end, True
    for child in sorted(node.children, key=lambda n: (-ends[n.span.span_id], -n.span.start)):
        span, child_end = child.span, ends[child.span.span_id]
        reaches_over = child_end > cursor
        if reaches_over and child.is_object and not first:
            continue  # went on beside the path
        if child_end < node.span.start or span.start > cursor or (span.start == cursor < child_end):
            continue
        yield child, min(child_end, cursor)
        due = span.start - (seconds(span, semconv.WAITED) or 0)
        cursor, first = max(min(due, cursor), node.span.start), False


def _uncovered(node: Node, later: Node | None, start: int, end: int) -> Iterator[Segment]:
    """What lies between two steps: the span's own work, a wait for `later`, or for readiness at the end."""
    if end <= start:
        return
    if later is None:
        reason: Waiting = "readiness"
        blamed, waited = node.span, seconds(node.span, semconv.READINESS_WAIT)
    else:
        reason = "queue" if later.is_object or _is_work(later.span) else "turn"
        blamed, waited = later.span, seconds(later.span, semconv.WAITED)
    below = _open_below(node, start, end) if node.is_object else None
    if node.is_object and below is None and later is not None and not later.is_object:
        waited = end - start  # an object on which nobody works waits for whoever works on it next
    cut = max(start, end - (waited or 0))
    if below is not None:
        yield Segment(below.span, start, cut, "children")
    else:
        yield Segment(node.span, start, cut, "gap" if node.is_object else None)
    yield Segment(blamed, cut, end, reason)


def _is_work(span: SpanData) -> bool:
    return span.attributes.get(semconv.SPAN_TYPE) == "work"


def _open_below(node: Node, start: int, end: int) -> Node | None:
    """The object below that was open the longest between two moments; None if none was."""
    spans = [(min(c.span.end, end) - max(c.span.start, start), c) for c in node.children if c.is_object]
    longest = max(spans, key=lambda pair: pair[0], default=None)
    return longest[1] if longest is not None and longest[0] > 0 else None


def _shares(segments: Iterable[Segment], total: int) -> list[Share]:
    groups: dict[tuple[str, Waiting | None], list[Segment]] = {}
    for segment in segments:
        groups.setdefault((_label(segment), segment.waiting), []).append(segment)
    shares = []
    for (label, waiting), members in groups.items():
        took = sum(s.end - s.start for s in members)
        spans = tuple({s.span.span_id: s.span for s in members}.values())
        shares.append(Share(label, took, took / total if total else 0.0, waiting, spans))
    return sorted(shares, key=lambda s: (-s.duration, s.label))


def _label(segment: Segment) -> str:
    if segment.waiting == "queue":
        return f"wait for the {segment.span.service}"
    if segment.waiting == "turn":
        return f"wait for a turn at {segment.span.name}"
    if segment.waiting == "children":
        return f"wait for its {kinds(kind_of(segment.span))}"
    if segment.waiting == "readiness":
        return "wait for readiness"
    if segment.waiting == "gap":
        return f"gap in {kind_of(segment.span)}"
    return segment.span.name
