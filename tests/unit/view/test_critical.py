"""The critical path: walked backwards, gaps attributed to whoever was waited for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from traceutil import semconv
from traceutil.view.critical import GIVEN_UP, CriticalPath, critical_path
from traceutil.view.spans import SpanData
from traceutil.view.tree import build

from .stories import STORIES

SECOND = 1_000_000_000


def span(name: str, start: float, end: float, kind: str = "work", **attributes: float) -> SpanData:
    """A span below `Root`, or `Root` itself; a name with a slash is below another: `Pod/kubelet.SyncPod`."""
    above, _, own = name.rpartition("/")
    parent = None if own == "Root" else above.rpartition("/")[2] or "Root"
    given: dict[str, Any] = {f"traceutil.{key}": value for key, value in attributes.items()}
    given[semconv.SPAN_TYPE] = kind
    times = (round(start * SECOND), round(end * SECOND))
    return SpanData("t", own, parent, own, own.partition(".")[0], *times, attributes=given)


def path_of(*spans: SpanData) -> CriticalPath:
    (trace,) = build(spans)
    return critical_path(trace)


def root(reason: str) -> SpanData:
    made = span("Root", 0, 10, "object")
    return replace(made, attributes={**made.attributes, semconv.REASON: reason})


ROOT = root("reached")


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([span("a.A", 0, 4), span("b.B", 4, 10)], "a.A b.B", id="one after the other: both"),
        pytest.param(
            [span("Slow", 0, 10, "object"), span("Fast", 0, 4, "object")], "Slow", id="the slower of two"
        ),
        pytest.param(
            [span("Early", 0, 4, "object"), span("Late", 5, 10, "object")],
            "Early Late",
            id="what ended before the last began",
        ),
        pytest.param(
            [span("a.Write", 0, 2), span("Child", 1, 10, "object")],
            "Child a.Write",
            id="work reaches over the start of the object that it wrote",
        ),
        pytest.param(
            [span("Beside", 0, 3, "object"), span("Child", 1, 10, "object")],
            "Child",
            id="an object beside the path does not",
        ),
        pytest.param(
            [span("Early", 0, 4.5, "object"), span("b.B", 5, 10, waited=1.0)],
            "b.B",
            id="what ended after work became due did not cause it",
        ),
        pytest.param(
            [span("Early", 0, 4, "object"), span("b.B", 5, 10, waited=1.0)],
            "Early b.B",
            id="what ended when work became due did",
        ),
        pytest.param(
            [span("Child", 1, 14, "object")], "Child", id="a child that outlives its parent is clipped"
        ),
        pytest.param([span("a.A", -5, -1)], "", id="what ended before the parent began is not on it"),
        pytest.param(
            [span("Pod", 0, 10, "object"), span("Pod/k.Sync", 2, 10), span("Pod/k.Sync/k.Pull", 3, 9)],
            "Pod k.Pull k.Sync",
            id="the path goes down through the tree",
        ),
        pytest.param([span("a.A", 10, 10)], "a.A", id="an instant at the end is on it"),
    ],
)
def test_spans_on_the_path(spans: list[SpanData], expected: str) -> None:
    """Which spans made the root last as long as it did."""
    assert set(expected.split()) | {"Root"} == path_of(ROOT, *spans).span_ids


#: Its pod outlives the ReplicaSet, and both outlive the root.
OUTLIVING = [
    span("Set", 1, 11, "object"),
    span("Set/Pod", 2, 20, "object"),
    span("Pod/k.Sync", 3, 20),
    span("Pod/k.Sync/k.Pull", 3, 15),
    span("Pod/k.Sync/k.Start", 15, 20),
    span("Fast", 1, 4, "object"),
]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param("reached", "Set Pod k.Sync k.Pull", id="reached: what went on just then"),
        pytest.param("failed", "Set Pod k.Sync k.Pull", id="failed: so too"),
        pytest.param("superseded", "Set Pod k.Sync k.Pull k.Start", id="superseded: what went on longest"),
        pytest.param("deleted", "Set Pod k.Sync k.Pull k.Start", id="deleted: so too"),
        pytest.param("overdue", "Set Pod k.Sync k.Pull k.Start", id="overdue: so too"),
    ],
)
def test_a_path_beyond_the_end_of_the_root(reason: str, expected: str) -> None:
    """Nothing below a root that was given up made it end; its path leads to the end of the trace."""
    found = path_of(root(reason), *OUTLIVING)
    assert set(expected.split()) | {"Root"} == found.span_ids
    assert (20 if "k.Start" in expected else 10) == found.segments[-1].end / SECOND


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([span("a.A", 0, 10)], {"a.A": 10}, id="all of it was work"),
        pytest.param([], {"gap in Root": 10}, id="without children nobody reported work"),
        pytest.param(
            [span("scheduler.S", 4, 10, waited=4.0)],
            {"scheduler.S": 6, "wait for the scheduler": 4},
            id="a gap is blamed on whom it waited for",
        ),
        pytest.param(
            [span("scheduler.S", 4, 10, waited=1.0)],
            {"scheduler.S": 6, "wait for the scheduler": 4},
            id="all of it: an object on which nobody works waits for whoever works on it next",
        ),
        pytest.param(
            [span("Child", 4, 10, "object")],
            {"gap in Child": 6, "gap in Root": 4},
            id="a gap before a child object has nobody to blame",
        ),
        pytest.param(
            [span("Late", 8, 10, "object"), span("scaler.S", 6, 8), span("Set", 0, 9, "object")],
            {"gap in Late": 2, "scaler.S": 2, "wait for its Sets": 6},
            id="with an object open below, the gap is the time that that one took",
        ),
        pytest.param(
            [span("k.Sync", 0, 10), span("k.Sync/k.Pull", 6, 10, "", waited=5.0)],
            {"k.Pull": 4, "k.Sync": 1, "wait for a turn at k.Pull": 5},
            id="a stage waits for its turn",
        ),
        pytest.param(
            [span("k.Sync", 0, 10, readiness_wait=3.0)],
            {"k.Sync": 7, "wait for readiness": 3},
            id="the end of a span is its wait for readiness",
        ),
        pytest.param([span("k.P", 0, 4)], {"k.P": 4, "gap in Root": 6}, id="a tail is a gap of the object"),
    ],
)
def test_shares(spans: list[SpanData], expected: dict[str, int]) -> None:
    """Seconds of the path by stage."""
    assert expected == {s.label: s.duration / SECOND for s in path_of(ROOT, *spans).shares}


@pytest.mark.parametrize("story", sorted(STORIES))
def test_the_segments_cover_the_root_without_overlap(story: str) -> None:
    """Every figure of the summary adds up to the whole."""
    for trace in build(STORIES[story]().spans):
        segments = critical_path(trace).segments
        end = trace.end if trace.main.span.attributes.get(semconv.REASON) in GIVEN_UP else trace.main.span.end
        assert end - trace.main.span.start == sum(s.end - s.start for s in segments)
        assert all(a.end <= b.start for a, b in pairwise(segments))
