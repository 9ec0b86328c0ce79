"""The drawings, against golden text. Changed on purpose? `python -m tests.unit.view.regold`, then look."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from traceutil.view.result import Result
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.terminal import waterfall

from .stories import STORIES, deployment, failure, rollout, thousand

GOLDEN = Path(__file__).parent / "golden"
#: Which stories are golden, and at which width.
DRAWN = [
    ("pod", 100),
    ("deployment", 100),
    ("rollout", 100),
    ("failure", 80),
    ("drift", 100),
    ("crash-loop", 140),
    ("in-progress", 100),
]


@pytest.mark.parametrize(("story", "width"), DRAWN)
def test_golden(story: str, width: int) -> None:
    """A picture that you would put on a slide stays as it was."""
    assert (GOLDEN / f"{story}-{width}.txt").read_text() == waterfall(STORIES[story](), width=width) + "\n"


@pytest.mark.parametrize("width", [20, 80, 81, 100, 140, 300])
@pytest.mark.parametrize("story", sorted(STORIES))
def test_no_line_is_wider_than_asked(story: str, width: int) -> None:
    """Columns hold at every width, for every story; 80 is the least."""
    drawn = waterfall(STORIES[story](), width=width).splitlines()
    assert max(width, 80) >= max(len(line) for line in drawn)


@pytest.mark.parametrize("seconds", [5.0, 59.99, 3599.0, 1e8])
@pytest.mark.parametrize("dropped", [0, 12, 12_345_678])
@pytest.mark.parametrize("name", ["web", "a-name-that-is-as-long-as-" + "a-cluster-takes-" * 14])
def test_figures_and_names_fold(seconds: float, dropped: int, name: str) -> None:
    """However long they are, the headline and the titles keep to the width, and nothing of them is lost."""
    story = replace(rollout(), duration_seconds=seconds, dropped=dropped, requests_added=dropped)
    named = [replace(s, attributes={**s.attributes, "k8s.deployment.name": name}) for s in story.spans]
    drawn = waterfall(replace(story, spans=named), width=80)
    assert 80 >= max(len(line) for line in drawn.splitlines())
    assert f"{dropped:,} requests added" in drawn
    assert name in "".join(drawn.split())


@pytest.mark.parametrize("story", sorted(STORIES))
def test_color_adds_nothing_but_color(story: str) -> None:
    """Without its escapes the coloured drawing is the plain one."""
    bare = re.sub(r"\x1b\[[0-9;]*m", "", waterfall(STORIES[story](), color=True))
    assert waterfall(STORIES[story]()).splitlines() == [line.rstrip() for line in bare.splitlines()]


@pytest.mark.parametrize("story", sorted(STORIES))
def test_ascii_keeps_the_columns(story: str) -> None:
    """For output that is not UTF-8: the same drawing in 7 bits."""
    plain, ascii_text = (waterfall(STORIES[story](), unicode=choice) for choice in (True, False))
    assert ascii_text.isascii()
    assert [len(line) for line in plain.splitlines()] == [len(line) for line in ascii_text.splitlines()]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param(
            deployment(),
            "✔ reached in 12.07 s     "
            "1 trace · 27 spans · 4 services · 0 orphans · 0 dropped · 0 requests added",
            id="requests added, where they were counted",
        ),
        pytest.param(
            thousand(10),
            "✔ reached in 4.58 s     1 trace · 83 spans · 4 services · 0 orphans · 0 dropped",
            id="no figure that nobody counted",
        ),
        pytest.param(
            Result("x", False, "in progress", 3.0, ()),
            "… in progress for 3.00 s     0 traces · 0 spans · 0 services · 0 orphans · 0 dropped",
            id="no spans at all",
        ),
    ],
)
def test_header(result: Result, expected: str) -> None:
    """The first line is the answer."""
    assert expected == waterfall(result, width=110).splitlines()[0]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param(
            "deployment",
            "85 % of it was kubelet.PullImage on node-2 (10.27 s, 460 MiB, image not in the node's cache). "
            "Pods -b and -c had it and took 1.61 s and 1.64 s.",
            id="a slow pull, and who had the image",
        ),
        pytest.param(
            "slow-pull",
            "97 % of it was kubelet.PullImage on node-2 (1m 03s, 460 MiB, image not in the node's cache). "
            "Pods -b and -c took 2.79 s and 2.99 s.",
            id="nothing is claimed of a cache that no span speaks of",
        ),
        pytest.param(
            "failure",
            'Failed: ProgressDeadlineExceeded: ReplicaSet "web-77b" has timed out progressing. '
            'kubelet.PullImage on node-1 failed 4 times: ErrImagePull: "web:nope": manifest unknown. '
            "0 of 1 Pod had become ready. The last span of the trace ended 550 ms later.",
            id="a failure says why",
        ),
        pytest.param(
            "orphaned",
            "98 % of it was time in which nobody reported work on the Deployment (2.75 s). "
            "6 spans are orphans: the spans above them were never exported.",
            id="orphans are said in words",
        ),
        pytest.param(
            "rollout",
            "Most of it was kubelet.PullImage (33 %, 2.90 s) and waiting for readiness (21 %, 1.83 s).",
            id="no single stage took most",
        ),
    ],
)
def test_summary(story: str, expected: str) -> None:
    """What took so long, in a sentence or two."""
    assert waterfall(STORIES[story](), width=400).splitlines()[-1] == expected


def test_an_attribute_cannot_steer_the_terminal() -> None:
    """Escapes in a message from a cluster come out as text."""
    made = failure()
    root = made.spans[0]
    attributes = {**root.attributes, "traceutil.message": "Bad: \x1b]0;title\x07\x1b[2J"}
    evil = SpanData(
        root.trace_id,
        root.span_id,
        None,
        root.name,
        root.service,
        root.start,
        root.end,
        attributes=attributes,
    )
    drawn = waterfall(Result("x", False, "failed", 1.0, [evil], notes=["\x1b[2J"]))
    assert "\x1b" not in drawn
    assert "\x07" not in drawn


def test_relations_to_what_is_not_drawn_are_counted() -> None:
    """Three are said, of each kind; nobody reads a hundred lines of ids."""
    story = deployment()
    links = tuple(LinkData(f"{n:032x}", f"{n:016x}", {"traceutil.link": "overflow"}) for n in range(1, 101))
    drawn = waterfall(replace(story, spans=[replace(story.spans[0], links=links), *story.spans[1:]]))

    assert 3 == drawn.count("which had too many children for one trace (not shown)")
    assert "97 more traces are linked (overflow) (not shown)" in drawn


def test_what_was_asked_for_is_drawn_in_full() -> None:
    """Each span of the object that was asked for, however far from the critical path."""
    story = deployment()
    beside = [s for s in story.spans if s.name == "Pod"][-1]
    name = beside.attributes["k8s.pod.name"]

    assert f"Pod {name}" not in waterfall(story)
    assert f"Pod {name}" in waterfall(replace(story, subject=beside.span_id))
    assert f"Pod {name}" in waterfall(replace(story, earlier=[beside.span_id]))
