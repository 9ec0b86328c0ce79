"""The waterfall: the answer at a glance, in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from traceutil import semconv
from traceutil.view import labels, units
from traceutil.view.bars import Axis, bar
from traceutil.view.color import Paint, ascii_only
from traceutil.view.critical import critical_path
from traceutil.view.fold import Expand, rows
from traceutil.view.result import Result
from traceutil.view.rows import Row, with_guides
from traceutil.view.spans import LinkData
from traceutil.view.summary import summary
from traceutil.view.tree import Trace, build

_NO_BREAK = "\u00a0"
#: The blank between a figure and its unit.
_FIGURE = re.compile(r"(?<=[0-9]) (?=%|m?s\b|µs|[KMGT]iB)")

LABEL, GUTTER, COLUMN, MIN_WIDTH = 38, 2, 9, 80

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


def waterfall(
    result: Result,
    *,
    width: int = 100,
    color: bool = False,
    unicode: bool = True,
    expand: Expand = "critical",
) -> str:
    """The whole answer as text, without a line end. Narrower than 80 columns is drawn in 80."""
    width = max(width, MIN_WIDTH)
    traces = build(result.spans)
    services = [node.span.service for trace in traces for root in trace.roots for node in root.walk()]
    paint = Paint.of(services, enabled=color)
    lines = list(_header(result, traces, width, paint))
    for index, trace in enumerate(traces):
        if len(traces) > 1:
            lines += ["", *_titles(trace, traces[:index], traces[index + 1 :], width, paint)]
        lines += _drawing(trace, width, paint, expand)
    text = "\n".join(line.rstrip() for line in lines)
    return text if unicode else ascii_only(text)


def _header(result: Result, traces: Sequence[Trace], width: int, paint: Paint) -> Iterator[str]:
    opening = _STATES.get(result.state, f"✗ {labels.clean(result.state)} after")
    head = f"{opening} {units.duration(round(result.duration_seconds * units.SECOND))}"
    spans = sum(len(trace.nodes) for trace in traces)
    services = len({node.span.service for trace in traces for node in trace.nodes.values()})
    counts = [
        _count(len(traces), "trace"),
        _count(spans, "span"),
        _count(services, "service"),
        _count(sum(len(trace.orphans) for trace in traces), "orphan"),
        f"{result.dropped:,} dropped",
    ]
    if result.requests_added is not None:
        counts.append(f"{_count(result.requests_added, 'request')} added")
    figures = " · ".join(counts)
    good = result.reached or result.state == "in progress"
    painted = paint(head, 1, 32 if good else 31)
    if len(head) + 5 + len(figures) <= width:
        yield f"{painted}     {figures}"
    else:
        yield painted
        kept = (each.replace(" ", _NO_BREAK) for each in counts)
        yield from (line.replace(_NO_BREAK, " ") for line in _indented(" · ".join(kept), width))
    for note in result.notes:
        yield from _indented(labels.clean(note), width)


def _indented(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _titles(
    trace: Trace, earlier: Sequence[Trace], later: Sequence[Trace], width: int, paint: Paint
) -> Iterator[str]:
    """Which trace this is, after lines that say how it is linked to those above."""
    yield from _links(trace, earlier, later)
    root = trace.main.span
    reason = labels.clean(root.attributes.get(semconv.REASON) or "")
    how = "in" if reason in ("reached", "recovered") else "after"
    ending = f" · {reason} {how} {units.duration(root.duration)}" if reason else ""
    title = f"trace {trace.trace_id[:8]} · {labels.object_label(root, root=True)}{ending}"
    for line in textwrap.wrap(title, width, break_on_hyphens=False, subsequent_indent="  "):
        yield paint(line, 1)


def _links(trace: Trace, earlier: Sequence[Trace], later: Sequence[Trace]) -> Iterator[str]:
    known = {t.trace_id for t in earlier}
    untold = {t.trace_id for t in later}  # said where that trace is drawn
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
        yield "↳ " + words.format(old=f"trace {old[:8]}", new=f"trace {new[:8]}") + shown


def _ages(link: LinkData, trace: Trace) -> tuple[str, str]:
    """(older, newer) trace id: all links point to what was before, but for `superseded_by`."""
    pair = (link.trace_id, trace.trace_id)
    return pair[::-1] if link.attributes.get(semconv.LINK) == "superseded_by" else pair


def _drawing(trace: Trace, width: int, paint: Paint, expand: Expand) -> Iterator[str]:
    path = critical_path(trace)
    axis = Axis(trace.start, trace.end, width - GUTTER - LABEL - 2 * COLUMN - 1)
    head = f"{'':{GUTTER + LABEL}}{axis.header()} {'waited':>{COLUMN}}{'took':>{COLUMN}}"
    yield paint(head, 2)
    for guide, row in with_guides(rows(trace.roots, path.span_ids, expand)):
        yield _line(guide, row, axis, paint)
    yield from _paragraph(" ".join(summary(trace, path)), width)


def _paragraph(text: str, width: int) -> Iterator[str]:
    """Text in lines; a figure keeps its unit, a pod its name."""
    kept = _FIGURE.sub(_NO_BREAK, text)
    for line in textwrap.wrap(kept, width, break_on_hyphens=False):
        yield line.replace(_NO_BREAK, " ")


def _line(guide: str, row: Row, axis: Axis, paint: Paint) -> str:
    gutter = paint("┃", 1) + " " if row.critical else "  "
    guide = labels.shorten(guide, LABEL - 12)
    room = LABEL - len(guide) - 1
    text = labels.shorten(row.label, room)
    label = paint(guide, 2) + paint.service(text, row.service) + " " * (room - len(text) + 1)
    waited = units.duration(row.waited) if row.waited else ""
    took = "" if row.took is None else f"{'≤ ' if row.at_most else ''}{units.duration(row.took)}"
    drawn = paint.bar(bar(axis, row), row.service)
    return f"{gutter}{label}{drawn} {waited:>{COLUMN}}{took:>{COLUMN}}"
