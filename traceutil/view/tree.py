"""Spans, in any order, become traces: trees of nodes, with orphans told apart and linked traces in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from traceutil import semconv
from traceutil.view.spans import LinkData, SpanData


@dataclass(slots=True)
class Node:
    """A span among its children, which stand in the order of their start."""

    span: SpanData
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def is_object(self) -> bool:
        """Whether this is an object span: from the write of desired state until it is reached."""
        return self.span.attributes.get(semconv.SPAN_TYPE) == "object"

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


@dataclass(slots=True)
class Trace:
    """One trace: `roots` are what is drawn at the left edge, orphans among them, by start."""

    trace_id: str
    roots: list[Node]
    nodes: dict[str, Node]
    orphans: list[Node]

    @property
    def main(self) -> Node:
        """What the trace is about: a true root before an orphan, an object before work, the longest."""
        lost = {id(node) for node in self.orphans}
        return max(self.roots, key=lambda n: (id(n) not in lost, n.is_object, n.span.duration))

    @property
    def start(self) -> int:
        """Unix nanoseconds of the earliest span."""
        return min(node.span.start for node in self.nodes.values())

    @property
    def end(self) -> int:
        """Unix nanoseconds of the latest end."""
        return max(node.span.end for node in self.nodes.values())

    def above(self, span_ids: Iterable[str]) -> frozenset[str]:
        """The spans and all above them, by id; those of other traces are left out."""
        found: set[str] = set()
        for span_id in span_ids:
            node = self.nodes.get(span_id)
            while node is not None:
                found.add(node.span.span_id)
                node = node.parent
        return frozenset(found)

    def links(self) -> Iterator[LinkData]:
        """The links of its roots to other traces."""
        for root in self.roots:
            yield from (link for link in root.span.links if link.trace_id != self.trace_id)


def build(spans: Iterable[SpanData]) -> list[Trace]:
    """Group spans into traces, a trace after those that its roots link to; otherwise by start.

    A span seen twice (closed, killed, exported again: the same bytes) counts once. A node whose parent is not
    in the set, or is below itself, is an orphan: it is drawn, at the left edge.
    """
    groups: dict[str, dict[str, Node]] = {}
    for span in spans:
        groups.setdefault(span.trace_id, {}).setdefault(span.span_id, Node(span))
    return _in_order([_trace(trace_id, nodes) for trace_id, nodes in groups.items()])


def _trace(trace_id: str, nodes: dict[str, Node]) -> Trace:
    roots: list[Node] = []
    orphans: list[Node] = []
    for node in sorted(nodes.values(), key=_by_start):
        parent = nodes.get(node.span.parent_id or "")
        if parent is not None and not _is_below(parent, node):
            node.parent = parent
            parent.children.append(node)
            continue
        roots.append(node)
        if node.span.parent_id is not None:
            orphans.append(node)
    return Trace(trace_id, roots, nodes, orphans)


def _by_start(node: Node) -> tuple[int, bool, int, str]:
    return (node.span.start, node.is_object, -node.span.end, node.span.span_id)


def _is_below(node: Node, ancestor: Node) -> bool:
    """Whether `node` is `ancestor` or below it, by the parents set so far: a ring of parents is cut here."""
    current: Node | None = node
    while current is not None:
        if current is ancestor:
            return True
        current = current.parent
    return False


def _points_forward(link: LinkData, trace: Trace) -> bool:
    """Whether the linked trace comes after the one that has the link.

    Of overflow traces there are at least two, and each links back.
    """
    why = link.attributes.get(semconv.LINK)
    return why == "superseded_by" or (why == "overflow" and len(list(trace.links())) > 1)


def _in_order(traces: list[Trace]) -> list[Trace]:
    """By start, but after every trace that it links to; a ring of links falls back to the start."""
    waiting = sorted(traces, key=lambda t: (t.start, t.trace_id))
    before: dict[str, set[str]] = {trace.trace_id: set() for trace in waiting}
    for trace in waiting:
        for link in trace.links():
            if link.trace_id not in before:
                continue
            forward = _points_forward(link, trace)
            first, then = (trace.trace_id, link.trace_id) if forward else (link.trace_id, trace.trace_id)
            before[then].add(first)
    ordered: list[Trace] = []
    placed: set[str] = set()
    while waiting:
        ready = next((t for t in waiting if before[t.trace_id] <= placed), waiting[0])
        waiting.remove(ready)
        placed.add(ready.trace_id)
        ordered.append(ready)
    return ordered
