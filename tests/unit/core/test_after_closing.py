"""The recorded end is the latch: what comes after it, and after a restart."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from tests.unit.core.exported import restarted
from tests.unit.core.objects import (
    Object,
    at,
    database,
    deployment,
    ns,
    owner_of_spec,
    pod,
    reached,
    record_of,
    replica_set,
    unreached,
    with_record,
    with_status,
)
from tests.unit.core.writing import record_in, write
from traceutil import derive
from traceutil.record import Drift
from traceutil.semconv import REASON, RELATION
from traceutil.testing import CapturedSpans, capture_spans

SET = record_of(replica_set())
ENDED = replace(SET, end=ns(5), reason="reached")


def reasons(spans: CapturedSpans) -> list[Any]:
    return [dict(span.attributes or {})[REASON] for span in spans if span.parent is None]


def work_on(spans: CapturedSpans, obj: Object) -> None:
    with spans.tracer.start_span_from_object(obj, "test.Heal", only_if_work=True):
        spans.tracer.work_done()


def one_episode(spans: CapturedSpans) -> ReadableSpan:
    found = [span for span in spans if dict(span.attributes or {}).get(RELATION) == "drift"]
    episodes = [span for span in found if span.parent is None]
    assert len(episodes) == 1
    return episodes[0]


def test_an_episode_of_drift_is_one_linked_trace(captured_spans: CapturedSpans) -> None:
    """All work until the object is reached again, under a root that is linked to the span that had closed."""
    captured_spans.advance(20)
    live = with_record(replica_set(), ENDED)
    captured_spans.tracer.end_if_reached(unreached(live))
    for _ in range(3):
        work_on(captured_spans, unreached(live))
        captured_spans.advance(1)
    captured_spans.tracer.end_if_reached(reached(live))
    root = one_episode(captured_spans)
    assert root.context is not None
    expected = derive.episode_ids(SET.span_id, ns(5))
    assert (root.context.trace_id, root.context.span_id) == expected
    assert [span.parent.span_id for span in captured_spans.all("test.Heal") if span.parent] == [
        expected[1]
    ] * 3
    assert (root.start_time, root.end_time) == (ns(20), ns(23))
    assert [link.context.span_id for link in root.links] == [SET.span_id]


def test_a_second_episode_is_a_second_trace() -> None:
    """Although nothing could be written about the first."""
    captured_spans = restarted(20)
    live = with_record(replica_set(), ENDED)
    for _ in range(2):
        work_on(captured_spans, unreached(live))
        captured_spans.advance(1)
        captured_spans.tracer.end_if_reached(reached(live))
        captured_spans.tracer.end_if_reached(reached(live))
        captured_spans.advance(1)
    roots = [span for span in captured_spans if span.parent is None]
    assert len({span.context.trace_id for span in roots if span.context}) == 2
    assert captured_spans.tree().splitlines() == ["ReplicaSet", "  test.Heal"] * 2


def test_drift_that_nobody_worked_on_is_no_trace() -> None:
    """A flap: unreached, and reached again by itself."""
    captured_spans = restarted(20)
    live = with_record(replica_set(), ENDED)
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.tracer.end_if_reached(reached(live))
    assert len(captured_spans) == 0


def test_an_episode_rides_on_status_writes(captured_spans: CapturedSpans) -> None:
    """Opened and closed in the record, so that a successor after a kill goes on with it."""
    captured_spans.advance(20)
    live = unreached(with_record(replica_set(), ENDED))
    work_on(captured_spans, live)
    patch = write(live, live["status"])
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert record_in(patch).drift == Drift(ns(20), ns(5))
    live["metadata"]["annotations"] |= patch["metadata"]["annotations"]
    with capture_spans() as successor:
        successor.advance(30)
        patch = write(live, reached(live)["status"])
        successor.tracer.end_if_reached(live, patch=patch)
        assert record_in(patch).drift == Drift(ns(20), ns(5), ns(30))
        live["metadata"]["annotations"] |= patch["metadata"]["annotations"]
        for _ in range(2):
            successor.tracer.end_if_reached(reached(live))
        assert (one_episode(successor).start_time, one_episode(successor).end_time) == (ns(20), ns(30))


FAILED = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
STALLED = [{"type": "Stalled", "status": "True", "reason": "NoQuota"}]


@pytest.mark.parametrize(
    ("obj", "failed"),
    [
        pytest.param(deployment(), FAILED, id="a Deployment"),
        pytest.param(database(), STALLED, id="a custom resource, of which nothing is written"),
    ],
)
def test_a_later_reach_after_a_failure_is_a_linked_trace(
    captured_spans: CapturedSpans, obj: Object, failed: list[Object]
) -> None:
    """Reason `recovered`, from the failure to the reach; once, however often it is seen."""
    live = with_record(obj, record_of(obj))
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.advance(5)
    captured_spans.tracer.end_if_reached(with_status(live, conditions=failed))
    for _ in range(3):
        captured_spans.advance(5)
        captured_spans.tracer.end_if_reached(reached(live))
    assert reasons(captured_spans) == ["failed", "recovered"]
    assert (one_episode(captured_spans).start_time, one_episode(captured_spans).end_time) == (ns(5), ns(10))


def test_a_recorded_failure_recovers_once(captured_spans: CapturedSpans) -> None:
    """Also where the end stands in the record, and no write is due."""
    record = replace(record_of(deployment()), end=ns(0), reason="failed")
    live = with_record(deployment(), record)
    captured_spans.tracer.end_if_reached(with_status(live, conditions=FAILED))
    for _ in range(3):
        captured_spans.advance(5)
        captured_spans.tracer.end_if_reached(reached(live))
    assert reasons(captured_spans) == ["failed", "recovered"]


def test_drift_of_what_status_remembers_is_no_open_span() -> None:
    """A Deployment of yesterday, that was available, lost a pod while nobody watched."""
    conditions = [
        {"type": "Available", "status": "False"},
        {
            "type": "Progressing",
            "status": "True",
            "reason": "NewReplicaSetAvailable",
            "lastUpdateTime": at(3),
        },
    ]
    live = with_status(deployment(managedFields=[owner_of_spec(0)]), updatedReplicas=2, conditions=conditions)
    successor = restarted(86_400)
    successor.tracer.end_if_reached(live)
    work_on(successor, live)
    successor.advance(5)
    successor.tracer.end_if_reached(reached(live, 3))
    assert successor.tree().splitlines() == ["Deployment", "  test.Heal"]
    assert one_episode(successor).start_time == ns(86_400)


def test_a_parents_closing_closes_no_child(captured_spans: CapturedSpans) -> None:
    """Each closes by its own verdict."""
    parent = with_record(deployment(), record_of(deployment()))
    child = with_record(replica_set(), replace(SET, parent_id=0xB1, span_id=0xB2))
    for obj in (parent, child):
        captured_spans.tracer.end_if_reached(unreached(obj))
    captured_spans.tracer.end_if_reached(reached(parent))
    assert captured_spans.tree() == "Deployment"
    captured_spans.tracer.end_if_reached(reached(child))
    assert captured_spans.tree().splitlines() == ["Deployment", "  ReplicaSet"]


def test_looking_changes_nothing(captured_spans: CapturedSpans) -> None:
    """Without `patch` the object is only read."""
    for obj in (
        unreached(with_record(pod(), record_of(pod()))),
        reached(with_record(pod(), record_of(pod()))),
    ):
        before = copy.deepcopy(obj)
        captured_spans.tracer.end_if_reached(obj)
        assert obj == before
