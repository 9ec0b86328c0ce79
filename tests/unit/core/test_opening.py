from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    at,
    deployment,
    ns,
    owner_of_spec,
    pod,
    reached,
    record_of,
    replica_set,
    unreached,
    with_record,
)
from tests.unit.core.writing import new, opened, record_in
from traceutil import derive
from traceutil.change import change_id
from traceutil.object_span import ObjectSpan
from traceutil.record import RecordLink
from traceutil.testing import CapturedSpans, capture_spans

WEB = record_of(deployment())
CALLER = SpanContext(0xCA11, 0xE4, True, TraceFlags(1))


def test_a_users_object_span_is_a_root(captured_spans: CapturedSpans) -> None:
    """Nobody above it: a new trace, of which it is the root; nothing is exported before it closes."""
    sent = new(deployment())
    span = captured_spans.tracer.trace_until_reached(sent)
    record = record_in(sent)
    assert record.parent_id == 0
    assert record.of == "/apps/Deployment/default/web"
    assert (record.generation, record.start, record.closer) == (1, ns(0), "test")
    assert sent["metadata"]["annotations"][TRACEPARENT] == f"00-{span.trace_id}-{span.span_id}-01"
    assert len(captured_spans) == 0


@pytest.mark.parametrize("deadline", [float("nan"), float("inf"), -1, 1e9, "10m", True])
def test_a_deadline_that_no_record_can_hold(captured_spans: CapturedSpans, deadline: Any) -> None:
    """It may stem from an object: it is counted, the setting's is taken, and the record stays readable."""
    sent = new(deployment())
    captured_spans.tracer.trace_until_reached(sent, deadline=deadline)

    assert record_in(sent).deadline is None
    assert {("malformed", "deadline"): 1} == captured_spans.tracer.health.snapshot()


def test_a_callers_span_is_the_parent(captured_spans: CapturedSpans) -> None:
    """As with TRACEPARENT in the environment of a pipeline."""
    sent = new(deployment())
    captured_spans.tracer.trace_until_reached(sent, context=set_span_in_context(NonRecordingSpan(CALLER)))
    assert (record_in(sent).trace_id, record_in(sent).parent_id) == (CALLER.trace_id, CALLER.span_id)


def test_object_spans_hang_under_object_spans_and_work_beside_them(captured_spans: CapturedSpans) -> None:
    """The tree: Deployment → ReplicaSet → Pod; the work that wrote each is a link, not a parent."""
    web = with_record(deployment(), WEB)
    sent = new(replica_set())
    middle = opened(captured_spans, web, sent)
    creation = captured_spans.one("test.Create")
    assert creation.context is not None
    assert creation.parent is not None
    assert (middle.trace_id, middle.parent_id) == (WEB.trace_id, WEB.span_id)
    assert creation.parent.span_id == WEB.span_id
    assert middle.links == (RecordLink("written_by", creation.context.trace_id, creation.context.span_id),)
    stored = replica_set(annotations=sent["metadata"]["annotations"])
    leaf = opened(captured_spans, stored, new(pod()))
    assert (leaf.trace_id, leaf.parent_id) == (WEB.trace_id, middle.span_id)


def test_a_child_of_a_change_without_context_hangs_in_the_derived_trace(
    captured_spans: CapturedSpans,
) -> None:
    """Nobody opened the Deployment's span: its ids are derived, and the child's parent all the same."""
    web = deployment(managedFields=[owner_of_spec(0)])
    child = opened(captured_spans, web, new(replica_set()))
    assert (child.trace_id, child.parent_id) == derive.object_ids(web["metadata"]["uid"], change_id(web))


def test_writing_the_same_intent_twice_gives_the_same_ids(captured_spans: CapturedSpans) -> None:
    """A retry of a create names the same span, hours later and in another process."""
    web = with_record(deployment(), WEB)
    first = opened(captured_spans, web, new(replica_set()))
    captured_spans.advance(3600)
    with capture_spans() as others:
        second = opened(others, web, new(replica_set()))
    assert (first.trace_id, first.span_id) == (second.trace_id, second.span_id)


def test_each_step_of_a_rolling_update_is_a_span_of_its_own(captured_spans: CapturedSpans) -> None:
    """Scaled 1→2→1→2: siblings, and a return to a former size is not the former span."""
    web = with_record(deployment(), WEB)
    seen = set()
    for generation, size in enumerate((2, 1, 2), start=1):
        live = replica_set(3 - size, generation=generation)
        body: Object = {"spec": {"replicas": size}}
        with captured_spans.tracer.start_span_from_object(web, "test.Scale", only_if_work=True):
            captured_spans.tracer.trace_until_reached(body, live=live)
        record = record_in(body)
        assert (record.parent_id, record.generation) == (WEB.span_id, generation + 1)
        seen.add(record.span_id)
    assert len(seen) == 3


def test_a_generated_name_gets_a_random_id(captured_spans: CapturedSpans) -> None:
    """Such a create is never repeated as it is: two of them are two pods."""
    owner = with_record(replica_set(), record_of(replica_set()))
    sent: list[Object] = [
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"generateName": "web-"}} for _ in "ab"
    ]
    one, two = (opened(captured_spans, owner, each) for each in sent)
    assert one.span_id != two.span_id
    assert one.of == "//Pod//web-*"


def test_opening_over_an_open_span_keeps_it_as_its_predecessor(captured_spans: CapturedSpans) -> None:
    """Linked, and not exported yet: the write may still be refused."""
    live = unreached(with_record(deployment(), WEB))
    body: Object = {"spec": {"replicas": 5}}
    captured_spans.tracer.trace_until_reached(body, live=live)
    record = record_in(body)
    assert (record.prev, record.generation) == (WEB, 2)
    assert record.links == (RecordLink("superseded", WEB.trace_id, WEB.span_id),)
    assert record.trace_id != WEB.trace_id
    assert len(captured_spans) == 0


def test_opening_over_an_open_derived_span_keeps_that(captured_spans: CapturedSpans) -> None:
    """A change that arrived without context is superseded like any other."""
    live = unreached(deployment(managedFields=[owner_of_spec(0)]))
    body: Object = {"spec": {"replicas": 5}}
    captured_spans.tracer.trace_until_reached(body, live=live)
    prev = record_in(body).prev
    assert prev is not None
    assert (prev.trace_id, prev.span_id) == derive.object_ids(live["metadata"]["uid"], change_id(live))


def test_opening_after_the_end_links_the_span_before(captured_spans: CapturedSpans) -> None:
    """Nothing is superseded: a new trace, linked to the previous one."""
    ended = replace(WEB, end=ns(5), reason="reached")
    body: Object = {"spec": {"replicas": 5}}
    captured_spans.advance(60)
    captured_spans.tracer.trace_until_reached(body, live=reached(with_record(deployment(), ended)))
    record = record_in(body)
    assert record.prev is None
    assert record.links == (RecordLink("previous", WEB.trace_id, WEB.span_id),)


def test_a_nest_beyond_three_is_counted(captured_spans: CapturedSpans) -> None:
    """Five changes before the first is reached."""
    live = unreached(deployment())
    for generation in range(1, 7):
        live["metadata"]["generation"] = generation
        body: Object = {"spec": {"replicas": 10 + generation}}
        captured_spans.tracer.trace_until_reached(body, live=live)
        live["metadata"]["annotations"] = body["metadata"]["annotations"]
        live["metadata"]["generation"] = generation + 1
        live["spec"]["replicas"] = 10 + generation
    assert captured_spans.tracer.health.total("prev_dropped") == 3


def test_an_unchanged_spec_keeps_the_span_that_is_there(captured_spans: CapturedSpans) -> None:
    """The object span returned is the live one; its carriers are kept byte for byte."""
    live = with_record(deployment(), WEB, **{TRACEPARENT: "00-" + "a" * 32 + "-" + "b" * 16 + "-01"})
    sent = new(deployment())
    span = captured_spans.tracer.trace_until_reached(sent, live=live)
    assert span == ObjectSpan(WEB.context, WEB)
    assert sent["metadata"]["annotations"] == live["metadata"]["annotations"]


def test_the_same_write_again_keeps_the_record(captured_spans: CapturedSpans) -> None:
    """The server stores some specs otherwise than they were sent ("1000m" as "1"), so that what is sent
    differs for ever; the span that it would open is there already."""
    owner = with_record(deployment(), WEB)
    live = replica_set(2)
    for second in range(4):
        body: Object = {"spec": {"replicas": 2, "weight": "1000m"}}
        captured_spans.advance(1)
        with captured_spans.tracer.start_span_from_object(owner, "test.Apply", only_if_work=True):
            captured_spans.tracer.trace_until_reached(body, live=live)
        if second:
            assert body["metadata"]["annotations"] == live["metadata"]["annotations"]
        live["metadata"]["annotations"] = body["metadata"]["annotations"]
        live["spec"]["weight"] = "1"


@pytest.mark.parametrize(
    ("owner", "given", "expected"),
    [
        pytest.param(30.0, None, 30.0, id="a child without a deadline takes its owner's duration"),
        pytest.param(30.0, 5.0, 5.0, id="one of its own comes first"),
        pytest.param(None, None, None, id="neither has one: the setting decides when it closes"),
    ],
)
def test_deadlines_flow_down(
    captured_spans: CapturedSpans, owner: float | None, given: float | None, expected: float | None
) -> None:
    web = with_record(deployment(), replace(WEB, deadline=owner))
    assert expected == opened(captured_spans, web, new(replica_set()), given).deadline


def test_flags_are_written_as_the_creator_has_them(captured_spans: CapturedSpans) -> None:
    """00 too."""
    web = with_record(deployment(), replace(WEB, flags=0))
    child = new(replica_set())
    assert opened(captured_spans, web, child).flags == 0
    assert child["metadata"]["annotations"][TRACEPARENT].endswith("-00")


def test_a_closer_can_be_named(captured_spans: CapturedSpans) -> None:
    """Who writes the kind's status; the writer of the object is often another."""
    sent = new(pod())
    captured_spans.tracer.trace_until_reached(sent, closer="kubelet")
    assert record_in(sent).closer == "kubelet"


def test_a_write_that_was_refused_leaves_the_old_span_open(captured_spans: CapturedSpans) -> None:
    """Its record never got stored: the live object's holds as before, and closes as it would have."""
    live = unreached(with_record(deployment(), WEB))
    captured_spans.tracer.trace_until_reached({"spec": {"replicas": 5}}, live=live)
    captured_spans.tracer.end_if_reached(live)
    captured_spans.tracer.end_if_reached(reached(live))
    assert dict(captured_spans.one("Deployment").attributes or {})["traceutil.reason"] == "reached"


def test_a_deletion_opens_in_the_deleters_trace(captured_spans: CapturedSpans) -> None:
    """Under the object on whose behalf it is deleted; closed when it is seen gone."""
    owner = with_record(replica_set(), record_of(replica_set(), span_id=0xC1))
    gone = pod(deletionTimestamp=at(30), deletionGracePeriodSeconds=30)
    with captured_spans.tracer.start_span_from_object(owner, "test.Delete", only_if_work=True):
        captured_spans.tracer.trace_deletion(pod())
        captured_spans.tracer.work_done()
    captured_spans.advance(4)
    captured_spans.tracer.end_if_reached(gone, deleted=True)
    deletions = [span for span in captured_spans.all("Pod") if span.parent is not None]
    assert [span.parent.span_id for span in deletions if span.parent] == [0xC1]
    derived = derive.object_ids(gone["metadata"]["uid"], "deletion")
    assert deletions[0].context is not None
    assert deletions[0].context.span_id == derived.span_id
    whys = [(link.attributes or {})["traceutil.link"] for link in deletions[0].links]
    assert whys == ["written_by", "deletion"]
    assert deletions[0].end_time == ns(4)


def test_outside_of_work_a_deletion_opens_nothing(captured_spans: CapturedSpans) -> None:
    assert not captured_spans.tracer.trace_deletion(pod()).context.is_valid
