"""The waterfall: the answer at a glance, in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from traceutil.view import headline, labels, units
from traceutil.view.bars import Axis, bar
from traceutil.view.color import Paint, ascii_only
from traceutil.view.critical import critical_path
from traceutil.view.focus import Focus, beside, focus_on
from traceutil.view.fold import Expand, in_context, rows
from traceutil.view.result import Result
from traceutil.view.rows import Row, outage_row, with_guides
from traceutil.view.summary import summary
from traceutil.view.tree import Trace, build

LABEL, GUTTER, COLUMN, MIN_WIDTH = 38, 2, 9, 80
_ASIDE = "It does not touch what was asked for, and is not drawn."


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
    paint = Paint.of(headline.services(traces), enabled=color)
    lines = list(_header(result, traces, width, paint))
    foci = [focus_on(trace, result.asked) for trace in traces]
    aside = _aside(foci, result, expand)
    for index, trace in enumerate(traces):
        told = list(headline.relations(trace, traces[:index], traces[index + 1 :], result.relations))
        if len(traces) > 1 or told:
            lines += ["", *_wrapped((f"↳ {relation}" for relation in told), width)]
            lines += [paint(line, 1) for line in _wrapped([headline.title(foci[index].trace)], width)]
        if trace.trace_id in aside:
            lines += _paragraph(f"{_ASIDE} --expand all draws it.", width)
        else:
            lines += _drawing(foci[index], width, paint, expand, result)
        lines += [f"→ {result.url(trace.trace_id)}"] if result.jaeger else []
    text = "\n".join(line.rstrip() for line in lines)
    return text if unicode else ascii_only(text)


def _header(result: Result, traces: Sequence[Trace], width: int, paint: Paint) -> Iterator[str]:
    head, counts = headline.opening(result), headline.counts(result, traces)
    figures = " · ".join(counts)
    painted = paint(head, 1, 32 if headline.is_good(result) else 31)
    if len(head) + 5 + len(figures) <= width:
        yield f"{painted}     {figures}"
    else:
        yield painted
        kept = (each.replace(" ", units.NO_BREAK) for each in counts)
        yield from (line.replace(units.NO_BREAK, " ") for line in _indented(" · ".join(kept), width))
    for note in result.notes:
        yield from _indented(labels.clean(note), width)


def _indented(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")


def _wrapped(texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(text, width, break_on_hyphens=False, subsequent_indent="  ")


def _aside(foci: Sequence[Focus], result: Result, expand: Expand) -> frozenset[str]:
    """Ids of the traces that are told and not drawn."""
    asked = next((each for each in foci if result.subject in each.trace.nodes), None)
    if asked is None or expand == "all":
        return frozenset()
    return beside(asked, foci, result.relations)


def _drawing(focus: Focus, width: int, paint: Paint, expand: Expand, result: Result) -> Iterator[str]:
    path = critical_path(focus.trace)
    trace = focus.whole if expand == "all" else focus.trace
    axis = Axis(trace.start, trace.end, width - GUTTER - LABEL - 2 * COLUMN - 1)
    head = f"{'':{GUTTER + LABEL}}{axis.header()} {'waited':>{COLUMN}}{'took':>{COLUMN}}"
    yield paint(head, 2)
    for outage in result.outages:
        if trace.start <= outage.start < trace.end:
            yield _line("", outage_row(outage), axis, paint)
    drawn = rows(trace.roots, path.span_ids, expand, trace.above(result.asked))
    for guide, row in with_guides(drawn if trace is focus.whole else in_context(focus.above, drawn)):
        yield _line(guide, row, axis, paint)
    yield from _paragraph(" ".join(summary(focus, path)), width)


def _paragraph(text: str, width: int) -> Iterator[str]:
    """Text in lines; a figure keeps its unit, a pod its name."""
    kept = units.unbroken(text)
    for line in textwrap.wrap(kept, width, break_on_hyphens=False):
        yield line.replace(units.NO_BREAK, " ")


def _line(guide: str, row: Row, axis: Axis, paint: Paint) -> str:
    gutter = paint("┃", 1) + " " if row.critical else "  "
    guide = labels.shorten(guide, LABEL - 12)
    room = LABEL - len(guide) - 1
    text = labels.shorten(row.label, room)
    label = paint(guide, 2) + paint.service(text, row.service) + " " * (room - len(text) + 1)
    waited = units.duration(row.waited) if row.waited else ""
    took = "" if row.took is None else f"{'≤ ' if row.at_most else ''}{units.duration(row.took)}"
    drawn = paint(bar(axis, row), 2) if row.context else paint.bar(bar(axis, row), row.service)
    return f"{gutter}{label}{drawn} {waited:>{COLUMN}}{took:>{COLUMN}}"
