"""Which rows a trace is drawn with: the critical path in full, what is beside it folded.

- same-named work under one parent collapses to `replicaset.CreatePods  ×3`; they last as long as their union;
- objects beside the critical ones collapse to `2 more Pods: median 2.91 s`;
- one or two failures never fold away; more of them are counted in the folded line.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Literal

from traceutil import semconv
from traceutil.view import labels
from traceutil.view.rows import Row
from traceutil.view.spans import SpanData
from traceutil.view.tree import Node
from traceutil.view.units import duration

#: "all": nothing folds; "critical": all beside the path does; a number: so many objects of a kind stay.
Expand = Literal["all", "critical"] | int

#: So many failures among siblings are shown one by one.
SHOWN_FAILURES = 2
#: So many siblings on the path are shown by name beside the one that is drawn in full.
SHOWN_ON_PATH = 4


def rows(
    roots: Sequence[Node],
    path: frozenset[str],
    expand: Expand = "critical",
    kept: frozenset[str] = frozenset(),
) -> list[Row]:
    """The rows of one trace, as trees; objects that are `kept` (span ids) are drawn in full."""
    full, brief, built = _split(roots, path, expand, kept)
    built += [_row(node, path) for node in brief]
    # Depth is bounded only by the input, so no recursion: each node adds its row, then its children follow.
    stack: list[tuple[Node, list[Row]]] = [(node, built) for node in full]
    while stack:
        node, siblings = stack.pop()
        row = _row(node, path)
        siblings.append(row)
        full, brief, row.below = _split(node.children, path, expand, kept)
        row.below += [_row(child, path) for child in brief]
        row.below += _readiness(node, path)
        stack.extend((child, row.below) for child in full)
    return _in_order(built)


def in_context(above: Sequence[Node], built: list[Row]) -> list[Row]:
    """Rows below a line for each of the spans above them, which are in order from the root down."""
    for node in reversed(above):
        row = _row(node, frozenset())
        row.context, row.notes, row.below = True, (), built
        built = [row]
    return built


def unfold(row: Row, path: frozenset[str]) -> list[Row]:
    """What a row without rows below it hides: each span that it folds, or what is below its only one."""
    if len(row.nodes) > 1:
        hidden = [_row(node, path) for node in row.nodes]
    else:
        hidden = []
        for node in row.nodes:
            full, brief, folded = _split(node.children, path, "critical", frozenset())
            hidden += [_row(child, path) for child in full + brief]
            hidden += folded + _readiness(node, path)
    return sorted(hidden, key=_place)


def _in_order(built: list[Row]) -> list[Row]:
    """Rows by start; what stands for several objects, and the wait at the end, go last."""
    built.sort(key=lambda row: (not row.critical, *_place(row)))
    stack = list(built)
    while stack:
        row = stack.pop()
        row.below.sort(key=_place)
        stack.extend(row.below)
    return built


def _place(row: Row) -> tuple[bool, bool, int, bool, bool, str]:
    last = (row.shape == "wait", row.shape == "fold")
    return (*last, row.intervals[0][0], row.shape == "object", not row.critical, row.label)


def _split(
    children: Sequence[Node], path: frozenset[str], expand: Expand, kept: frozenset[str]
) -> tuple[list[Node], list[Node], list[Row]]:
    """The children drawn in full, those that get a row without what is below, rows for the others."""
    if expand == "all":
        return list(children), [], []
    full: list[Node] = []
    brief: list[Node] = []
    folded: list[Row] = []
    kinds: dict[str, list[Node]] = {}
    work: dict[str, list[Node]] = {}
    spans = [child.span for child in children]
    for child in children:
        if child.is_object:
            kinds.setdefault(labels.sort_of(child.span), []).append(child)
        else:
            work.setdefault(_label(child, spans), []).append(child)
    for kind, members in kinds.items():
        shown, named, rest = _objects(members, path, expand, kept)
        full, brief = full + shown, brief + named
        folded += _folded_objects(kind, bool(shown or named), rest, path)
    for label, members in work.items():
        shown, rest = _work(members, path)
        for node in shown:
            (full if node.span.span_id in path or expand != "critical" else brief).append(node)
        folded += [_folded_work(label, rest, path)] if rest else []
    return full, brief, folded


def _objects(
    members: list[Node], path: frozenset[str], expand: Expand, kept: frozenset[str]
) -> tuple[list[Node], list[Node], list[Node]]:
    """The slowest on the path in full; others on it, and a failure or two, by name; the rest folds.

    A number asks for so many in full, those on the path first, then the slowest.
    """
    ranked = sorted(members, key=lambda n: (n.span.span_id not in path, -n.span.duration))
    on_path = int(ranked[0].span.span_id in path)
    count = max(expand, 1) if isinstance(expand, int) else on_path
    full = ranked[:count] + [n for n in ranked[count:] if n.span.span_id in kept]
    others = [n for n in ranked[count:] if n.span.span_id not in kept]
    brief = [n for n in others if n.span.span_id in path][:SHOWN_ON_PATH]
    bad = [n for n in others if labels.failed(n.span) and n not in brief]
    brief += bad if len(bad) <= SHOWN_FAILURES else []
    shown = {id(n) for n in brief}
    rest = [n for n in others if id(n) not in shown]
    return (full, brief + rest, []) if len(rest) == 1 else (full, brief, rest)


def _folded_objects(kind: str, beside: bool, rest: list[Node], path: frozenset[str]) -> list[Row]:
    """One line for all of them; steps of an object that is shown (a ReplicaSet scaled up) keep its name."""
    if not rest:
        return []
    names = {labels.name_of(n.span) for n in rest}
    took = [n.span.duration for n in rest if not labels.is_open(n.span)]
    if len(names) == 1:
        text = f"{labels.object_label(rest[0].span)}  ×{len(rest)}"
    else:
        more = "more " if beside else ""
        median = f": median {duration(round(statistics.median(took)))}" if took else ""
        text = f"{labels.plural(f'{more}{kind}', len(rest))}{median}"
    bad = sum(labels.failed(n.span) for n in rest)
    still = len(rest) - len(took)
    return [
        Row(
            text,
            "fold",
            rest[0].span.service,
            _union((n.span.start, n.span.end) for n in rest),
            critical=any(n.span.span_id in path for n in rest),
            took=max(n.span.duration for n in rest),
            at_most=True,
            failures=(max(n.span.end for n in rest),) if bad else (),
            open=still > 0,
            notes=_share(bad, len(rest), "failed") or _share(still, len(rest), labels.IN_PROGRESS),
            nodes=tuple(rest),
        )
    ]


def _share(count: int, total: int, what: str) -> tuple[str, ...]:
    """`2 of 3 failed`, and shorter; nothing where it is none."""
    return (f"{count:,} of {total:,} {what}", f"{count:,} {what}") if count else ()


def _work(members: list[Node], path: frozenset[str]) -> tuple[list[Node], list[Node]]:
    """Of same-named work: all of it when it is one, else one that shows most, and a failure or two."""
    if len(members) == 1:
        return members, []
    kept: list[Node] = []
    if any(n.children for n in members):
        critical = [n for n in members if n.span.span_id in path] or members
        kept = [max(critical, key=lambda n: (labels.failed(n.span), n.span.duration, n.span.start))]
    bad = [n for n in members if labels.failed(n.span) and n not in kept]
    if len(bad) + sum(labels.failed(n.span) for n in kept) <= SHOWN_FAILURES:
        kept += bad
    shown = {id(n) for n in kept}
    rest = [n for n in members if id(n) not in shown]
    return (kept + rest, []) if len(rest) == 1 else (kept, rest)


def _folded_work(label: str, members: list[Node], path: frozenset[str]) -> Row:
    bad = tuple(n.span.end for n in members if labels.failed(n.span))
    intervals = _union((n.span.start, n.span.end) for n in members)
    waits = [w for n in members if (w := labels.seconds(n.span, semconv.WAITED))]
    return Row(
        f"{label}  ×{len(members):,}",
        "work",
        members[0].span.service,
        intervals,
        critical=any(n.span.span_id in path for n in members),
        waits=tuple(w for n in members for w in _waits(n)),
        waited=sum(waits) or None,
        took=sum(end - start for start, end in intervals),
        failures=bad,
        notes=(f"{len(bad):,} failed",) if 0 < len(bad) < len(members) else (),
        nodes=tuple(members),
    )


def _label(node: Node, siblings: Sequence[SpanData]) -> str:
    above = node.parent.span if node.parent else None
    if node.is_object:
        return labels.object_label(node.span, root=above is None)
    return labels.work_label(node.span, above, siblings)


def _row(node: Node, path: frozenset[str]) -> Row:
    span = node.span
    siblings = [n.span for n in node.parent.children] if node.parent and not node.is_object else ()
    return Row(
        _label(node, siblings),
        "object" if node.is_object else "work",
        span.service,
        ((span.start, span.end),),
        critical=span.span_id in path,
        waits=_waits(node),
        waited=labels.seconds(span, semconv.WAITED),
        took=span.duration,
        failures=(span.end,) if labels.failed(span) else (),
        open=labels.is_open(span),
        notes=labels.closing(span) if node.is_object else (),
        nodes=(node,),
    )


def _waits(node: Node) -> tuple[tuple[int, int], ...]:
    waited = labels.seconds(node.span, semconv.WAITED)
    return ((node.span.start - waited, node.span.start),) if waited else ()


def _readiness(node: Node, path: frozenset[str]) -> list[Row]:
    """The row for the end of a span in which it only waited for readiness."""
    waited = labels.seconds(node.span, semconv.READINESS_WAIT)
    if waited is None:
        return []
    waited = min(waited, node.span.duration)
    wait = (node.span.end - waited, node.span.end)
    critical = node.span.span_id in path
    return [Row("wait: readiness", "wait", node.span.service, (wait,), critical, (wait,), waited)]


def _union(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Overlapping intervals joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
