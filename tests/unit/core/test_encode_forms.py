"""The other forms of the write: JSON patch, server-side apply."""

from __future__ import annotations

import pytest
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    set_span_in_context,
)

from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    deployment,
    owner_of_annotation,
)
from traceutil.places import OPT_OUT
from traceutil.record import KEY
from traceutil.testing import CapturedSpans, capture_spans

CALLER = SpanContext(0xCA11, 0xE4, True, TraceFlags(1))


CONTEXT = set_span_in_context(NonRecordingSpan(CALLER))


WRITTEN = f"00-{CALLER.trace_id:032x}-{CALLER.span_id:016x}-01"


OWNED = {"a": "1", TRACEPARENT: "00-" + "a" * 32 + "-" + "b" * 16 + "-01", KEY: "kept as it is"}


BIG = {"big": "é" * (128 * 1024 - 20)}


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param(
            deployment(annotations={"a": "1"}),
            [{"op": "add", "path": "/metadata/annotations/tracing.k8s.io~1traceparent", "value": WRITTEN}],
            id="one operation for each key, with / escaped; other annotations stay",
        ),
        pytest.param(
            {"metadata": {"resourceVersion": "7"}},
            [
                {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
                {"op": "add", "path": "/metadata/annotations", "value": {TRACEPARENT: WRITTEN}},
            ],
            id="no map yet: one is added, guarded by the version",
        ),
        pytest.param({"kind": "Lease", "metadata": {"annotations": {}}}, [], id="nothing into a Lease"),
        pytest.param(deployment(annotations=BIG), [], id="nothing where it would not fit"),
        pytest.param(deployment(annotations={OPT_OUT: "disabled"}), [], id="nothing where it is not wanted"),
    ],
)
def test_the_form_of_a_json_patch(live: Object, expected: list[Object]) -> None:
    with capture_spans() as spans:
        assert expected == spans.tracer.context_json_patch(live, context=CONTEXT)


def test_a_json_patch_outside_of_a_span_is_empty(captured_spans: CapturedSpans) -> None:
    assert captured_spans.tracer.context_json_patch(deployment()) == []


def test_keys_are_escaped_for_a_json_pointer() -> None:
    """RFC 6901: ~ before /."""
    with capture_spans(prefix="a~b/") as spans:
        patch = spans.tracer.context_json_patch(deployment(), context=CONTEXT)
    assert patch[0]["path"] == "/metadata/annotations/a~0b~1traceparent"


def applied(manager: str, *keys: str, operation: str = "Apply") -> Object:
    entry = owner_of_annotation(0, manager=manager, operation=operation)
    entry["fieldsV1"] = {"f:metadata": {"f:annotations": {f"f:{key}": {} for key in keys}}}
    return entry


@pytest.mark.parametrize(
    ("entries", "expected", "counted"),
    [
        pytest.param([applied("me", TRACEPARENT)], {TRACEPARENT}, 0, id="our own: written"),
        pytest.param([], {TRACEPARENT}, 0, id="nobody's: written"),
        pytest.param(
            [applied("you", TRACEPARENT)], set(), 1, id="another manager's: left alone, and counted"
        ),
        pytest.param(
            [applied("me", TRACEPARENT, operation="Update")],
            set(),
            1,
            id="written by us otherwise: a conflict too",
        ),
        pytest.param(
            [applied("me", TRACEPARENT), applied("you", TRACEPARENT)],
            set(),
            1,
            id="owned by both: left to the other",
        ),
    ],
)
def test_server_side_apply_takes_over_no_key(entries: list[Object], expected: set[str], counted: int) -> None:
    """Where the field manager is known."""
    live = deployment(managedFields=entries, annotations=OWNED)
    sent: Object = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    sent["spec"] = {"replicas": 7}
    with capture_spans(field_manager="me") as spans:
        spans.tracer.encode_context_into_object(sent, live=live, context=CONTEXT)
        assert expected == set(sent["metadata"].get("annotations", ()))
        assert counted == spans.tracer.health.total("foreign_owner")


def test_an_unchanged_apply_does_not_become_a_co_owner(captured_spans: CapturedSpans) -> None:
    """That would move the resourceVersion."""
    live = deployment(managedFields=[applied("you", TRACEPARENT, KEY)], annotations=OWNED)
    sent: Object = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"replicas": 2}}
    with capture_spans(field_manager="me") as spans:
        spans.tracer.encode_context_into_object(sent, live=live, context=CONTEXT)
    assert sent["metadata"] == {}
