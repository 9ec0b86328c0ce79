"""A closer that was killed before it exported: what its successor finds, although others wrote meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.exported import reason, restarted
from tests.unit.core.objects import Object, deployment, ns, pod, reached, record_of, replica_set, unreached
from tests.unit.core.objects import with_record as carrying
from tests.unit.core.writing import accepted, patch_to, record_in
from traceutil import derive
from traceutil.record import Drift, Record
from traceutil.testing import CapturedSpans, FixedClock

OPEN = record_of(replica_set(), parent_id=7)
ENDED = replace(OPEN, end=ns(5), reason="reached")
NEXT = replace(OPEN, span_id=0xB2, generation=2, start=ns(6))
LAST = replace(OPEN, span_id=0xB3, generation=3, start=ns(6))


@pytest.mark.parametrize(
    ("record", "now", "kept"),
    [
        pytest.param(ENDED, 7, True, id="a span that has just ended: its closer may not have exported it"),
        pytest.param(ENDED, 8.1, False, id="a span that ended longer ago than the window of a restart"),
        pytest.param(
            replace(ENDED, drift=Drift(ns(20), ns(5))), 60, True, id="one whose episode of drift is open"
        ),
        pytest.param(
            replace(ENDED, drift=Drift(ns(20), ns(5), ns(30))), 60, False, id="one whose episode ended"
        ),
        pytest.param(replace(ENDED, of="/apps/ReplicaSet/default/other"), 7, False, id="another object's"),
    ],
)
def test_a_change_keeps_what_would_be_forgotten(record: Record, now: float, kept: bool) -> None:
    """In `prev`, without a link: nothing is superseded."""
    spans = CapturedSpans(clock=FixedClock(ns(now)))
    body: Object = {"spec": {"replicas": 5}}
    live = reached(carrying(replica_set(), record))
    spans.tracer.trace_until_reached(body, live=live)
    prev = record_in(body).prev
    assert (record.span_id if kept else None) == (None if prev is None else prev.span_id)
    assert "superseded" not in [link.why for link in record_in(body).links]


@pytest.mark.parametrize(
    ("start", "expected"), [(6, ["ReplicaSet"]), (60, [])], ids=["within the window", "later: never"]
)
def test_what_ended_before_a_change_is_exported_by_the_successor(start: float, expected: list[str]) -> None:
    """As it ended, by the first who sees the change."""
    successor = restarted(start)
    live = unreached(carrying(replica_set(generation=2), replace(NEXT, prev=ENDED)))
    for _ in range(2):
        successor.tracer.end_if_reached(live)
    assert expected == [span.name for span in successor]
    assert [("reached", ns(5))] * len(expected) == [(reason(span), span.end_time) for span in successor]


def test_superseded_is_exported_the_same_whoever_superseded_since() -> None:
    """It links the span that came right after it, though a third has come since."""
    other = replace(NEXT, trace_id=0xA2)
    first, second = restarted(6), restarted(7)
    first.tracer.end_if_reached(unreached(carrying(replica_set(generation=2), replace(other, prev=OPEN))))
    third = replace(LAST, trace_id=0xA3, start=ns(7), prev=replace(other, prev=OPEN))
    second.tracer.end_if_reached(unreached(carrying(replica_set(generation=3), third)))
    assert [(ns(6), 0xA2)] == superseded(first) == superseded(second)


def superseded(spans: CapturedSpans) -> list[tuple[int | None, int]]:
    """(end, trace that superseded it) of the first span."""
    return [
        (span.end_time, link.context.trace_id)
        for span in spans
        if span.context.span_id == OPEN.span_id
        for link in span.links
    ]


def test_a_change_supersedes_an_open_episode() -> None:
    """Its root is exported, ended by the change; else what was done in it had no parent."""
    successor = restarted(6)
    drifting = replace(ENDED, end=ns(1), drift=Drift(ns(2), ns(1)))
    live = unreached(carrying(replica_set(generation=2), replace(NEXT, prev=drifting)))
    for _ in range(2):
        successor.tracer.end_if_reached(live)
    (episode,) = [span for span in successor if span.start_time == ns(2)]
    assert (ns(6), "superseded") == (episode.end_time, reason(episode))
    assert derive.episode_ids(OPEN.span_id, ns(1)) == (episode.context.trace_id, episode.context.span_id)


def test_what_a_successor_sees_turn_ends_now() -> None:
    """A long rollout, whose closer was killed on the way: its successor's first look is the very write that
    says "reached". (The span once ended where it began, too long ago to be exported.)"""
    successor = restarted(60)
    live = unreached(carrying(deployment(), record_of(deployment())))
    patch = patch_to(reached(live, 60))
    successor.tracer.end_if_reached(live, patch=patch)
    assert ns(60) == record_in(patch).end
    stored = accepted(live, patch)
    successor.tracer.end_if_reached(stored)
    assert [ns(60)] == [span.end_time for span in successor]


EPISODE = derive.episode_ids(ENDED.span_id, ns(5))
CHILD = record_of(pod(), trace_id=EPISODE.trace_id, span_id=0xC1, parent_id=EPISODE.span_id, start=ns(8))


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        pytest.param(CHILD, [(ns(8), "reached")], id="made in the episode: it began with that"),
        pytest.param(replace(CHILD, parent_id=0xB1), [], id="made before the end: no episode"),
    ],
)
def test_an_episode_is_recalled_from_its_children(child: Record, expected: list[tuple[int, str]]) -> None:
    """A predecessor made a pod anew, and was killed before a status write could say so."""
    successor = restarted(60)
    live = reached(carrying(replica_set(), ENDED))
    asked: list[Object] = []

    def children() -> list[Object]:
        asked.append(live)
        return [carrying(pod(), child)]

    for _ in range(3):
        successor.tracer.end_if_reached(live, children=children)
    assert expected == [(span.start_time, reason(span)) for span in successor]
    assert [live] == asked


def test_children_are_not_asked_about_what_ended_in_our_own_time() -> None:
    """What began since is known."""
    spans = restarted(4)
    asked: list[Object] = []

    def children() -> list[Object]:
        asked.append({})
        return []

    spans.tracer.end_if_reached(reached(carrying(replica_set(), ENDED)), children=children)
    spans.tracer.end_if_reached(reached(deployment()), children=children)
    assert [] == asked
