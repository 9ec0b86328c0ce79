from __future__ import annotations

import pytest
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tests.unit.carriers.vectors import CONTEXT, SPAN_ID, TRACE_ID, TRACEPARENT, context, seen
from traceutil.carriers import Malformed
from traceutil.carriers.propagator import Propagator


class SingleHeader(TextMapPropagator):
    """A propagator as others write them: one header, and exceptions for what it does not understand."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        trace_id, span_id, sampled = (getter.get(carrier, "b3") or [""])[0].split("-")
        found = SpanContext(int(trace_id, 16), int(span_id, 16), False, TraceFlags(int(sampled)))
        return set_span_in_context(NonRecordingSpan(found), context)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        current = get_current_span(context).get_span_context()
        value = f"{current.trace_id:032x}-{current.span_id:016x}-{int(current.trace_flags.sampled)}"
        setter.set(carrier, "b3", value)

    @property
    def fields(self) -> set[str]:
        return {"b3", "baggage"}


B3_LIKE = SingleHeader()
B3 = Propagator(B3_LIKE, "b3")
VALUE = f"{TRACE_ID:032x}-{SPAN_ID:016x}-1"


def test_headers_stand_as_annotations_under_the_prefix() -> None:
    annotations: dict[str, str] = {}
    B3.write(CONTEXT, annotations)
    expected = {"tracing.k8s.io/b3": VALUE}
    assert expected == annotations


def test_a_context_that_is_read_is_remote_whatever_the_propagator_says() -> None:
    assert seen(CONTEXT) == seen(B3.read({"tracing.k8s.io/b3": VALUE}, {}))


def test_baggage_is_no_context() -> None:
    expected = ("tracing.k8s.io/b3",)
    assert expected == B3.keys
    assert B3.read({"tracing.k8s.io/baggage": "a=1"}, {}) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("nonsense", id="the propagator raises"),
        pytest.param(f"{0:032x}-{SPAN_ID:016x}-1", id="the propagator finds an invalid context"),
        pytest.param(7, id="no string"),
        pytest.param("0" * 300_000, id="300 kB"),
    ],
)
def test_what_the_propagator_cannot_read_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        B3.read({"tracing.k8s.io/b3": value}, {})


def test_headers_that_the_new_context_does_not_need_are_removed() -> None:
    """OpenTelemetry's own propagator writes no tracestate when there is none."""
    carrier = Propagator(TraceContextTextMapPropagator(), "otel", "example.com/")
    annotations = {"example.com/tracestate": "old=1"}
    carrier.write(CONTEXT, annotations)
    expected = {"example.com/traceparent": TRACEPARENT}
    assert expected == annotations
    carrier.write(context(TRACEPARENT, a="1"), annotations)
    assert seen(context(TRACEPARENT, a="1")) == seen(carrier.read(annotations, {}))
