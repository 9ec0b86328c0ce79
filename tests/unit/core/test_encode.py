from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.baggage import set_baggage
from opentelemetry.context import get_current
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    deployment,
    ns,
    pod,
    record_of,
    replica_set,
    with_record,
)
from traceutil.places import OPT_OUT
from traceutil.record import KEY, loads
from traceutil.testing import CapturedSpans, capture_spans

CALLER = SpanContext(0xCA11, 0xE4, True, TraceFlags(1))
CONTEXT = set_span_in_context(NonRecordingSpan(CALLER))
WRITTEN = f"00-{CALLER.trace_id:032x}-{CALLER.span_id:016x}-01"
WEB = record_of(deployment())
OWNED = {"a": "1", TRACEPARENT: "00-" + "a" * 32 + "-" + "b" * 16 + "-01", KEY: "kept as it is"}


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param({}, {}, id="an empty patch gets its metadata"),
        pytest.param({"metadata": {"annotations": {"a": "1"}}}, {"a": "1"}, id="other annotations stay"),
        pytest.param({"metadata": {"annotations": None}}, {}, id="annotations that are null"),
        pytest.param({"metadata": None}, {}, id="metadata that is null"),
        pytest.param({"metadata": {"annotations": ["odd"]}}, {}, id="annotations of another shape"),
        pytest.param(
            {"metadata": {"annotations": {TRACEPARENT: "old", KEY: "{}"}}},
            {},
            id="an older context is replaced",
        ),
    ],
)
def test_a_context_is_written_in_place(obj: Object, expected: dict[str, str]) -> None:
    """Into the same maps where there are maps."""
    with capture_spans() as spans:
        spans.tracer.encode_context_into_object(obj, context=CONTEXT)
    assert obj["metadata"]["annotations"] == {**expected, TRACEPARENT: WRITTEN}


def test_inside_work_the_object_span_is_written_and_never_the_works_own(
    captured_spans: CapturedSpans,
) -> None:
    """The work span may be lost in a kill; the object span of what it moves is recorded."""
    with captured_spans.tracer.start_span_from_object(with_record(deployment(), WEB), "test.Work"):
        child = replica_set()
        captured_spans.tracer.encode_context_into_object(child)
    expected = f"00-{WEB.trace_id:032x}-{WEB.span_id:016x}-01"
    assert child["metadata"]["annotations"][TRACEPARENT] == expected


def test_in_an_ordinary_span_that_is_written(captured_spans: CapturedSpans) -> None:
    with captured_spans.provider.get_tracer("t").start_as_current_span("caller") as span:
        child: Object = {}
        captured_spans.tracer.encode_context_into_object(child)
    context = span.get_span_context()
    expected = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    assert child["metadata"]["annotations"][TRACEPARENT] == expected


@pytest.mark.parametrize("live", [None, deployment(9)], ids=["without live", "with live"])
def test_outside_nothing_is_written(captured_spans: CapturedSpans, live: Object | None) -> None:
    """Not even an empty map, which for kopf's `patch` would be one more request."""
    patch: Object = {}
    captured_spans.tracer.encode_context_into_object(patch, live=live)
    assert patch == {}


def test_flags_are_never_provisional(captured_spans: CapturedSpans) -> None:
    """Before work is known the current span says that it is not sampled; what is written does not."""
    for options in ({}, {"context": "current"}):
        with captured_spans.tracer.start_span_from_object(pod(uid=""), "test.Work", only_if_work=True):
            child: Object = {}
            given: Any = {"context": get_current()} if options else {}
            captured_spans.tracer.encode_context_into_object(child, **given)
        assert child["metadata"]["annotations"][TRACEPARENT].endswith("-03"), options


LIVE = deployment(annotations=OWNED)
BARE = deployment(annotations={"a": "1"})


@pytest.mark.parametrize(
    ("sent", "live", "expected"),
    [
        pytest.param(
            {"spec": {"replicas": 2}},
            LIVE,
            {key: OWNED[key] for key in (TRACEPARENT, KEY)},
            id="a merge patch that changes nothing keeps live's carriers byte for byte",
        ),
        pytest.param({"spec": {"replicas": 2}}, BARE, None, id="live has none: the patch stays as it is"),
        pytest.param(copy.deepcopy(LIVE), LIVE, OWNED, id="a whole object that was read and sent back"),
        pytest.param(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "web"},
                "spec": {"replicas": 2},
            },
            LIVE,
            {key: OWNED[key] for key in (TRACEPARENT, KEY)},
            id="an apply configuration keeps them, for leaving them out would delete them",
        ),
        pytest.param(
            {"metadata": {"annotations": {"b": "2", TRACEPARENT: "stale"}}, "spec": {"replicas": 2}},
            BARE,
            {"b": "2"},
            id="what a former encode put in, and live has not, is taken out",
        ),
        pytest.param(
            {"spec": {"replicas": 3}},
            LIVE,
            {TRACEPARENT: WRITTEN},
            id="desired state that differs: written anew",
        ),
    ],
)
def test_writing_over_a_live_object(sent: Object, live: Object, expected: dict[str, str] | None) -> None:
    with capture_spans() as spans:
        spans.tracer.encode_context_into_object(sent, live=live, context=CONTEXT)
    assert expected == sent.get("metadata", {}).get("annotations")


@pytest.mark.parametrize("kind", ["Event", "Lease"])
def test_what_is_written_all_the_time_carries_nothing(captured_spans: CapturedSpans, kind: str) -> None:
    for obj in ({"kind": kind}, {"kind": kind, "metadata": {"name": "x"}}):
        before = copy.deepcopy(obj)
        captured_spans.tracer.encode_context_into_object(obj, context=CONTEXT)
        captured_spans.tracer.trace_until_reached(obj, context=CONTEXT)
        assert obj == before


def test_a_binding_gets_only_the_time_of_scheduling(captured_spans: CapturedSpans) -> None:
    """Its annotations are merged into the pod, whose context stays."""
    binding: Object = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "web"}}
    captured_spans.advance(1.5)
    captured_spans.tracer.encode_context_into_object(binding, live=pod(), context=CONTEXT)
    assert binding["metadata"]["annotations"] == {"traceutil.dev/scheduled-at": str(ns(1.5))}


def test_a_binding_of_a_pod_that_opted_out_gets_nothing(captured_spans: CapturedSpans) -> None:
    binding: Object = {"kind": "Binding", "metadata": {"name": "web"}}
    captured_spans.tracer.encode_context_into_object(binding, live=pod(annotations={OPT_OUT: "disabled"}))
    assert binding == {"kind": "Binding", "metadata": {"name": "web"}}


def test_the_template_is_never_touched(captured_spans: CapturedSpans) -> None:
    """It would roll the pods."""
    sent = deployment(9)
    before = copy.deepcopy(sent["spec"])
    captured_spans.tracer.trace_until_reached(sent, live=deployment(), context=CONTEXT)
    assert sent["spec"] == before


BIG = {"big": "é" * (128 * 1024 - 20)}


@pytest.mark.parametrize(
    ("sent", "live"),
    [
        pytest.param({"metadata": {"annotations": dict(BIG)}}, None, id="in what is sent"),
        pytest.param(
            {"spec": {"replicas": 9}}, deployment(annotations=BIG), id="in what a patch is laid over"
        ),
    ],
)
def test_annotations_that_would_pass_256_kib_are_refused(sent: Object, live: Object | None) -> None:
    """And counted; the caller's own write goes through as it is."""
    with capture_spans() as spans:
        before = copy.deepcopy(sent)
        spans.tracer.encode_context_into_object(sent, live=live, context=CONTEXT)
        assert not spans.tracer.trace_until_reached(sent, live=live, context=CONTEXT).record
        assert (sent, spans.tracer.health.total("oversized")) == (before, 2)


def test_tracestate_and_allowed_baggage_travel() -> None:
    """A tracestate that belonged to the former context goes with it; baggage only by name."""
    state = TraceState([("vendor", "1")])
    span = NonRecordingSpan(SpanContext(0xCA11, 0xE4, True, TraceFlags(1), state))
    context = set_baggage("secret", "s", set_baggage("tenant", "blue", set_span_in_context(span)))
    obj: Object = {}
    with capture_spans(baggage=("tenant",)) as spans:
        spans.tracer.encode_context_into_object(obj, context=context)
        assert obj["metadata"]["annotations"] == {
            TRACEPARENT: WRITTEN,
            "tracing.k8s.io/tracestate": "vendor=1",
            "tracing.k8s.io/baggage": "tenant=blue",
        }
        patch = spans.tracer.context_json_patch({"metadata": {"annotations": {}}}, context=context)
        assert "tenant=blue" in [operation["value"] for operation in patch]
        spans.tracer.encode_context_into_object(obj, context=CONTEXT)
    assert obj["metadata"]["annotations"] == {TRACEPARENT: WRITTEN}


def test_one_switch_stops_all_writing() -> None:
    """Spans go on; contexts are read, and nothing is written anywhere."""
    with capture_spans(writing=False) as spans:
        sent = deployment()
        patch: Object = {"status": {}}
        before = copy.deepcopy(sent)
        with spans.tracer.start_span_from_object(with_record(deployment(), WEB), "test.Work"):
            spans.tracer.encode_context_into_object(sent)
            spans.tracer.trace_until_reached(sent)
            spans.tracer.encode_context_into_object(patch)
            assert spans.tracer.context_json_patch(sent) == []
        assert (sent, patch) == (before, {"status": {}})
        assert spans.one("test.Work").parent is not None


def test_one_switch_turns_everything_off() -> None:
    with capture_spans(enabled=False) as spans:
        sent = deployment()
        before = copy.deepcopy(sent)
        with spans.tracer.start_span_from_object(sent, "test.Work"):
            spans.tracer.trace_until_reached(sent, context=CONTEXT)
        assert (sent, len(spans)) == (before, 0)
        assert not spans.tracer.end_if_reached(sent)


@pytest.mark.parametrize(
    ("obj", "error"),
    [
        pytest.param(5, "not a Kubernetes object", id="a number"),
        pytest.param("pod", "not a Kubernetes object", id="a string"),
        pytest.param(None, "not a Kubernetes object", id="nothing"),
    ],
)
def test_what_is_no_object_is_a_programmers_mistake(
    captured_spans: CapturedSpans, obj: Any, error: str
) -> None:
    """Said on the first call, whether there is a span or not."""
    for verb in (
        captured_spans.tracer.encode_context_into_object,
        captured_spans.tracer.trace_until_reached,
        captured_spans.tracer.context_from_object,
        captured_spans.tracer.object_span,
        captured_spans.tracer.end_if_reached,
        captured_spans.tracer.desired_state_reached,
    ):
        with pytest.raises(TypeError, match=error):
            verb(obj)


def test_a_record_is_left_where_a_plain_context_is_written_into_a_patch(
    captured_spans: CapturedSpans,
) -> None:
    """An encode of a whole object replaces the record, which spoke of the former desired state."""
    sent = with_record(deployment(9), replace(WEB, end=ns(1), reason="reached"))
    captured_spans.tracer.encode_context_into_object(sent, live=deployment(), context=CONTEXT)
    assert KEY not in sent["metadata"]["annotations"]


def test_opening_includes_encoding(captured_spans: CapturedSpans) -> None:
    sent = deployment()
    span = captured_spans.tracer.trace_until_reached(sent)
    annotations = sent["metadata"]["annotations"]
    assert loads(annotations[KEY]).span_id == span.context.span_id
    assert f"-{span.span_id}-" in annotations[TRACEPARENT]
