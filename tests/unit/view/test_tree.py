"""Spans in any order become traces; what lost its parent is still drawn."""

from __future__ import annotations

import pytest

from traceutil import semconv
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.tree import build


def span(name: str, parent: str | None = None, trace: str = "t", start: int = 0, links: str = "") -> SpanData:
    linked = (LinkData(links.split(":")[0], "x", {semconv.LINK: links.split(":")[1]}),) if links else ()
    return SpanData(trace, name, parent, name, "service", start, start + 10, links=linked)


def names(spans: list[SpanData]) -> tuple[list[str], list[str]]:
    (trace,) = build(spans)
    return [n.span.name for n in trace.roots], [n.span.name for n in trace.orphans]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([span("a"), span("b", "a")], (["a"], []), id="a child hangs below its parent"),
        pytest.param([span("b", "a"), span("a")], (["a"], []), id="the order of arrival does not matter"),
        pytest.param(
            [span("a"), span("b", "gone")], (["a", "b"], ["b"]), id="an orphan is drawn at the edge"
        ),
        pytest.param([span("a"), span("a")], (["a"], []), id="a span that was exported twice counts once"),
        pytest.param([span("a", "a")], (["a"], ["a"]), id="a span that is its own parent is an orphan"),
        pytest.param([span("a", "b"), span("b", "a")], (["b"], ["b"]), id="a ring of parents is cut once"),
        pytest.param(
            [span("a", start=5), span("b", start=1)], (["b", "a"], []), id="roots stand by their start"
        ),
    ],
)
def test_roots_and_orphans(spans: list[SpanData], expected: tuple[list[str], list[str]]) -> None:
    """Every span is drawn exactly once, whatever its parent is."""
    assert expected == names(spans)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([span("a", trace="1", start=5), span("b", trace="2")], ["2", "1"], id="by start"),
        pytest.param(
            [span("new", trace="n", links="o:superseded"), span("old", trace="o", start=3)],
            ["o", "n"],
            id="what superseded another comes after it",
        ),
        pytest.param(
            [span("new", trace="n"), span("old", trace="o", start=3, links="n:superseded_by")],
            ["o", "n"],
            id="a forward link says the same",
        ),
        pytest.param(
            [span("a", trace="1", links="2:drift"), span("b", trace="2", start=1, links="1:drift")],
            ["1", "2"],
            id="a ring of links falls back to the start",
        ),
        pytest.param(
            [span("a", trace="1", links="9:drift")], ["1"], id="a link to an absent trace is ignored"
        ),
    ],
)
def test_order_of_traces(spans: list[SpanData], expected: list[str]) -> None:
    """A trace is drawn after those that it is linked to."""
    assert expected == [trace.trace_id for trace in build(spans)]


def test_a_very_deep_chain_is_no_trouble() -> None:
    """Depth comes from outside, so nothing recurses over it."""
    spans = [span("s0")] + [span(f"s{i}", f"s{i - 1}", start=i) for i in range(1, 3000)]
    (trace,) = build(spans)
    assert sum(1 for root in trace.roots for _ in root.walk()) == 3000
