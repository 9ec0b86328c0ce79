"""Spans: tags, logs, errors, references, baggage, and which of them is active."""

from __future__ import annotations

import logging
from typing import Any

import opentracing
import pytest
from opentelemetry import baggage
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from opentracing.ext import tags

from tests.unit.jaeger_compat.tracers import Kept
from traceutil.jaeger_compat import SpanContext
from traceutil.jaeger_compat.values import Limits, attribute


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(True, True, id="a truth value"),
        pytest.param(5, 5, id="a number"),
        pytest.param(0.5, 0.5, id="a fraction"),
        pytest.param(2**63, "922337203685477580", id="a number beyond 64 bits: as text, cut to length"),
        pytest.param("text" * 10, "texttexttexttextte", id="text, cut to length"),
        pytest.param(b"bytes", "bytes", id="bytes"),
        pytest.param(None, "None", id="nothing"),
        pytest.param([1, 2], "[1, 2]", id="anything else: as text"),
        pytest.param("\ud800", "?", id="half a surrogate pair, which could not be sent"),
    ],
)
def test_a_value_of_a_tag(value: Any, expected: Any) -> None:
    assert expected == attribute(value, Limits(18, 40))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("client", SpanKind.CLIENT),
        ("server", SpanKind.SERVER),
        ("producer", SpanKind.PRODUCER),
        ("consumer", SpanKind.CONSUMER),
    ],
)
def test_the_kind_is_a_tag_no_more(kind: str, expected: SpanKind) -> None:
    kept = Kept()
    kept.tracer.start_span("s", tags={"span.kind": kind, "a": "b"}).finish()
    (span,) = kept.exported
    assert (expected, "b", False) == (
        span.kind,
        (span.attributes or {})["a"],
        "span.kind" in (span.attributes or {}),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, StatusCode.ERROR), ("true", StatusCode.ERROR), (False, StatusCode.UNSET)],
)
@pytest.mark.parametrize("later", [False, True], ids=["at the start", "later"])
def test_the_tag_error_is_the_status(value: Any, expected: StatusCode, later: bool) -> None:
    kept = Kept()
    span = kept.tracer.start_span("s", tags={} if later else {tags.ERROR: value})
    if later:
        span.set_tag(tags.ERROR, value)
    span.finish()
    assert expected == kept.exported[0].status.status_code


@pytest.mark.parametrize("active", [False, True], ids=["start_span", "start_active_span"])
def test_an_exception_is_recorded(active: bool) -> None:
    """By OpenTelemetry's names, and raised on."""
    kept = Kept()
    start = kept.tracer.start_active_span if active else kept.tracer.start_span
    with pytest.raises(KeyError), start("s"):
        raise KeyError("gone")
    (span,) = kept.exported
    (event,) = span.events
    found = dict(event.attributes or {})
    assert (StatusCode.ERROR, "exception") == (span.status.status_code, event.name)
    assert ("KeyError", "'gone'") == (found["exception.type"], found["exception.message"])
    assert "test_an_exception_is_recorded" in str(found["exception.stacktrace"])


def test_times_are_seconds() -> None:
    """Of start, log and end."""
    kept = Kept()
    span = kept.tracer.start_span("s", start_time=1_767_225_600.5)
    span.log_kv({"event": "half"}, timestamp=1_767_225_601.0)
    span.finish(1_767_225_602.25)
    (found,) = kept.exported
    assert (1_767_225_600_500_000_000, 1_767_225_602_250_000_000) == (found.start_time, found.end_time)
    assert [("half", 1_767_225_601_000_000_000)] == [(event.name, event.timestamp) for event in found.events]
    assert (1_767_225_600.5, 1_767_225_602.25) == (span.start_time, span.end_time)


def test_a_span_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """Finishing it again warns, as there."""
    kept = Kept()
    span = kept.tracer.start_span("s")
    span.finish()
    span.finish()
    assert [span] == kept.reported
    assert ["Span has already been finished; will not be reported again."] == [
        record.getMessage() for record in caplog.records if record.levelno == logging.WARNING
    ]


def test_references_are_parent_and_links() -> None:
    """The first is the parent where none is given; a single one need not be in a list."""
    kept = Kept()
    first, second = SpanContext(1, 0xA, None, 1), SpanContext(2, 0xB, None, 1)
    both = [opentracing.follows_from(first), opentracing.child_of(second)]
    kept.tracer.start_span("several", references=both).finish()
    kept.tracer.start_span("one", references=opentracing.child_of(second)).finish()
    kept.tracer.start_span("none", references=[opentracing.child_of(None)]).finish()
    found = [
        (span.name, span.parent and span.parent.span_id, [link.context.span_id for link in span.links])
        for span in kept.exported
    ]
    assert [("several", 0xA, [0xB]), ("one", 0xB, []), ("none", None, [])] == found


def test_what_is_active_is_the_parent() -> None:
    """Unless it is to be ignored; and for OpenTelemetry it is the current span."""
    tracer = Kept().tracer
    assert (None, None) == (tracer.active_span, tracer.scope_manager.active)
    with tracer.start_active_span("outer", finish_on_close=False) as scope:
        assert scope.span is tracer.active_span
        assert scope.span.unwrap() is get_current_span()
        inner, alone = tracer.start_span("inner"), tracer.start_span("alone", ignore_active_span=True)
        assert (scope.span.span_id, None) == (inner.parent_id, alone.parent_id)
    assert not scope.span.finished
    assert tracer.active_span is None


def test_opentelemetrys_current_span_is_active() -> None:
    """An instrumentation's span is the parent of what OpenTracing starts inside."""
    kept = Kept()
    otel = kept.tracer.telemetry.provider.get_tracer("t")
    with otel.start_as_current_span("otel") as current:
        with kept.tracer.start_active_span("ours"):
            pass
        assert kept.tracer.active_span is not None
        assert current.get_span_context().span_id == kept.tracer.active_span.span_id
    assert ["ours", "otel"] == [span.name for span in kept.exported]
    assert kept.exported[0].parent == kept.exported[1].context


def test_baggage_goes_to_children_and_to_opentelemetry() -> None:
    """Not to a parent, nor to what was started before."""
    tracer = Kept().tracer
    with tracer.start_span("outer") as outer:
        before = tracer.start_span("before", child_of=outer)
        outer.set_baggage_item("user", "me").set_baggage_item("gone", "x").set_baggage_item("gone", None)
        with tracer.start_active_span("inner", child_of=outer) as inner:
            assert {"user": "me"} == inner.span.context.baggage == dict(baggage.get_all())
    assert (None, {}) == (before.get_baggage_item("user"), before.context.baggage)


def test_a_priority_that_comes_too_late_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """The SDK decides at the start."""
    tracer = Kept().tracer
    for _ in range(2):
        tracer.start_span("s").set_tag(tags.SAMPLING_PRIORITY, 0)
    tracer.start_span("s").set_tag(tags.SAMPLING_PRIORITY, 1)
    assert [
        "sampling.priority: is obeyed among the tags of start_span alone, for sampling is decided there"
    ] == [record.getMessage() for record in caplog.records]
