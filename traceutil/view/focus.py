"""What is looked at in a trace: the object that was asked for, with all below it; else the whole trace.

Figures that are told of an object are the object's: its axis, its critical path, its sentence. What stands
above it is context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from traceutil.view import labels, units
from traceutil.view.relations import Relation
from traceutil.view.tree import Node, Trace

#: From this share of the object's own time on, what passed before it began is told.
_MATTERS = 0.1


@dataclass(frozen=True, slots=True)
class Focus:
    """`trace`: what is looked at, as a trace of its own. `whole`: that it is part of.

    `above`: the spans above it, from the root down.
    """

    trace: Trace
    whole: Trace
    above: tuple[Node, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether it is less than the whole trace."""
        return self.trace is not self.whole


def focus_on(trace: Trace, asked: Sequence[str]) -> Focus:
    """The last of the spans `asked` for (ids) that is in the trace.

    The whole trace, where none is, or where that is its only true root: then nothing is beside it.
    """
    node = next((trace.nodes[each] for each in reversed(asked) if each in trace.nodes), None)
    if node is None or (node is trace.main and node.span.parent_id is None):
        return Focus(trace, trace)
    nodes = {each.span.span_id: each for each in node.walk()}
    return Focus(Trace(trace.trace_id, [node], nodes, []), trace, _above(node))


def _above(node: Node) -> tuple[Node, ...]:
    found: list[Node] = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return tuple(reversed(found))


def beside(focus: Focus, others: Sequence[Focus], found: Sequence[Relation]) -> frozenset[str]:
    """Ids of those traces that do not touch the object: they belong to the story of what is above it.

    Args:
        others: the foci of the other traces.
        found: relations that no link tells; they are of the object and of what it owns.
    """
    if not focus.narrowed:
        return frozenset()
    here = focus.trace.trace_id
    touched = {each for relation in found for each in (relation.old, relation.new)}
    touched |= {link.trace_id for node in focus.trace.nodes.values() for link in node.span.links}
    return frozenset(
        each.trace.trace_id
        for each in others
        if each.trace.trace_id not in touched | {here} and not each.narrowed and not _links_to(each, focus)
    )


def _links_to(other: Focus, focus: Focus) -> bool:
    """Whether a span of the other trace links to one of those that are looked at."""
    return any(
        link.trace_id == focus.trace.trace_id and link.span_id in focus.trace.nodes
        for node in other.trace.nodes.values()
        for link in node.span.links
    )


def lost_above(focus: Focus) -> str:
    """What is missing of the spans above the object, which is not its own loss; '' if nothing."""
    top = focus.above[0] if focus.above else focus.trace.main
    if not focus.narrowed or top.span.parent_id is None:
        return ""
    below = f" {labels.object_label(top.span)}" if focus.above else " it"
    return f"The span above{below} has not been exported."


def waited_above(focus: Focus) -> str:
    """How long what is above had gone on when the object began, and where most of that passed; '' if little.

    `It began 2.77 s after Release, most of that after ReplicaSet web-6d4f.`
    """
    if not focus.above:
        return ""
    own = focus.trace.main.span
    root = focus.above[0].span
    waited = own.start - root.start
    if waited < units.MILLI or waited < _MATTERS * own.duration:
        return ""
    line = [*(node.span for node in focus.above), own]
    steps = [(lower.start - upper.start, upper) for upper, lower in pairwise(line)]
    longest, after = max(steps, key=lambda step: step[0])
    told = f"It began {units.duration(waited)} after {labels.object_label(root)}"
    if after is root or 2 * longest < waited:
        return f"{told}."
    return f"{told}, most of that after {labels.object_label(after)}."
