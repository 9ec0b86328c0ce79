"""What is drawn in full, by name, or folded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from traceutil import semconv
from traceutil.view.critical import critical_path
from traceutil.view.fold import Expand, rows
from traceutil.view.rows import with_guides
from traceutil.view.spans import SpanData
from traceutil.view.tree import build

from .stories import STORIES, Story

SECOND = 1_000_000_000


def pods(*ends: int, bad: tuple[int, ...] = ()) -> list[SpanData]:
    story = Story("fold")
    owner = story.object(None, "ReplicaSet", "web", 0, max(ends))
    for index, end in enumerate(ends):
        story.object(owner, "Pod", f"web-{index}", 0, end, "failed" if index in bad else "reached")
    return story.spans


def deletions() -> list[SpanData]:
    made = pods(9, 3, 4)
    return made[:2] + [replace(s, attributes={**s.attributes, semconv.CHANGE: "deletion"}) for s in made[2:]]


def attempts(count: int, bad: int) -> list[SpanData]:
    story = Story("work")
    owner = story.object(None, "ReplicaSet", "web", 0, count)
    for index in range(count):
        rest: dict[str, Any] = {"status": "error" if index < bad else "unset"}
        story.work(owner, "replicaset.CreatePods", index, index + 0.5, **rest)
    return story.spans


def labels_of(spans: list[SpanData], expand: Expand = "critical") -> list[str]:
    (trace,) = build(spans)
    drawn = list(with_guides(rows(trace.roots, critical_path(trace).span_ids, expand)))
    return [row.label + (" ✗" if row.failures else "") for _, row in drawn[1:]]


@pytest.mark.parametrize(
    ("spans", "expand", "expected"),
    [
        pytest.param(
            pods(9, 3), "critical", ["Pod web-0", "Pod web-1"], id="one beside the path keeps its name"
        ),
        pytest.param(
            pods(9, 3, 4, 5),
            "critical",
            ["Pod web-0", "3 more Pods: median 4.00 s"],
            id="several beside it fold",
        ),
        pytest.param(
            pods(9, 3, 4, 5, bad=(2,)),
            "critical",
            ["Pod web-0", "Pod web-2 ✗", "2 more Pods: median 4.00 s"],
            id="a failure never folds",
        ),
        pytest.param(
            pods(9, 3, 4, 5, bad=(1, 2, 3)),
            "critical",
            ["Pod web-0", "3 more Pods: median 4.00 s ✗"],
            id="many failures fold, marked",
        ),
        pytest.param(
            pods(9, 3, 4, 5), "all", [f"Pod web-{i}" for i in range(4)], id="all of them, when asked"
        ),
        pytest.param(
            pods(9, 3, 4, 5),
            2,
            ["Pod web-0", "Pod web-3", "2 more Pods: median 3.50 s"],
            id="the slowest two",
        ),
        pytest.param(
            deletions(),
            "critical",
            ["Pod web-0", "2 Pod deletions: median 3.50 s"],
            id="deletions are told from creations",
        ),
        pytest.param(attempts(1, 0), "critical", ["replicaset.CreatePods"], id="one work span"),
        pytest.param(attempts(5, 0), "critical", ["replicaset.CreatePods  ×5"], id="same-named work folds"),
        pytest.param(
            attempts(5, 2),
            "critical",
            ["replicaset.CreatePods ✗", "replicaset.CreatePods ✗", "replicaset.CreatePods  ×3"],
            id="two failures of it do not",
        ),
        pytest.param(attempts(5, 3), "critical", ["replicaset.CreatePods  ×5 ✗"], id="three do, marked"),
    ],
)
def test_siblings(spans: list[SpanData], expand: Expand, expected: list[str]) -> None:
    """The rows below the root."""
    assert expected == labels_of(spans, expand)


def test_folded_work_lasts_as_long_as_its_union() -> None:
    """Attempts that overlap are not counted twice; gaps between them are not counted."""
    story = Story("union")
    owner = story.object(None, "ReplicaSet", "web", 0, 10)
    for start, end in ((0, 2), (1, 3), (5, 6)):
        story.work(owner, "replicaset.CreatePods", start, end, 0.25)
    (trace,) = build(story.spans)
    (root,) = rows(trace.roots, frozenset({owner.span_id}))
    (folded,) = root.below
    assert (4 * SECOND, round(0.75 * SECOND), 2) == (folded.took, folded.waited, len(folded.intervals))


def test_of_repeated_work_one_is_drawn_with_what_is_below() -> None:
    """A crash loop shows its last failed attempt in full, the others in one row."""
    shown = labels_of(list(STORIES["failure"]().spans))
    assert [s for s in shown if "Sync" in s] == ["kubelet.SyncPod  node-1  ×3 ✗", "kubelet.SyncPod  node-1 ✗"]
    assert sum("PullImage" in s for s in shown) == 1


def test_a_thousand_pods_fit_on_one_screen() -> None:
    """However many there are, a picture stays a picture; all of them are one argument away."""
    spans = list(STORIES["thousand"]().spans)
    assert len(labels_of(spans)) < 15
    readiness = sum(1 for s in spans if semconv.READINESS_WAIT in s.attributes)
    assert len(spans) - 1 + readiness == len(labels_of(spans, "all"))
