"""The verbs against the bare OpenTelemetry calls that do the same, over 1,000 different objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import NoOpTracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tests.benchmarks.measure import Ratio, compare
from traceutil.sdk import Telemetry, setup
from traceutil.tracer import ObjectTracer

COUNT = 1_000
NAME = "benchmark.Work"


class Nowhere(SpanExporter):
    """Takes spans and forgets them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def objects(tracer: ObjectTracer) -> list[dict[str, Any]]:
    """1,000 Deployments as a watch delivers them: half with a record, half with a plain context."""
    made = []
    for number in range(COUNT):
        obj: dict[str, Any] = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": f"web-{number}", "namespace": "default"},
            "spec": {"replicas": 3},
        }
        tracer.trace_until_reached(obj, closer="deployment")
        annotations = obj["metadata"]["annotations"]
        if number % 2:
            del annotations["traceutil.dev/object-span"]
        obj["metadata"] |= {
            "uid": f"00000000-0000-4000-8000-{number:012d}",
            "resourceVersion": str(1_000 + number),
            "generation": 1,
        }
        made.append(obj)
    return made


def bare_carriers(made: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The same contexts under the keys that OpenTelemetry's own propagator reads."""
    key = "tracing.k8s.io/traceparent"
    return [{"traceparent": obj["metadata"]["annotations"][key]} for obj in made]


def attributes_of(tracer: ObjectTracer, obj: dict[str, Any]) -> dict[str, Any]:
    """Exactly the attributes that the verb sets, seen on a span of its own."""
    with tracer.start_span_from_object(obj, NAME) as span:
        return dict(getattr(span, "attributes", None) or {})


def with_sdk() -> list[Ratio]:
    """`start_span_from_object` + end, and `encode_context_into_object`, with the SDK."""
    telemetry = setup("benchmark", exporters=[Nowhere()], set_global=False, environ={})
    rows = [*_starts(telemetry), _encode(telemetry.tracer())]
    telemetry.shutdown()
    return rows


def _starts(telemetry: Telemetry) -> list[Ratio]:
    tracer = telemetry.tracer()
    bare_tracer = telemetry.provider.get_tracer("bare")
    propagator = TraceContextTextMapPropagator()
    made = objects(tracer)
    carriers = bare_carriers(made)
    attributes = [attributes_of(tracer, obj) for obj in made]

    def bare_start() -> None:
        for carrier, attrs in zip(carriers, attributes, strict=True):
            with bare_tracer.start_as_current_span(NAME, propagator.extract(carrier), attributes=attrs):
                pass

    def ours_start() -> None:
        for obj in made:
            with tracer.start_span_from_object(obj, NAME):
                pass

    def bare_bare_start() -> None:
        for carrier, attrs in zip(carriers, attributes, strict=True):
            bare_tracer.start_span(NAME, propagator.extract(carrier), attributes=attrs).end()

    return [
        compare(
            "start_span_from_object + end / extract, start, end",
            bare_bare_start,
            ours_start,
            calls=COUNT,
            limit=1.3,
        ),
        compare("  the same, bare side made current too", bare_start, ours_start, calls=COUNT, limit=1.3),
    ]


def _encode(tracer: ObjectTracer) -> Ratio:
    propagator = TraceContextTextMapPropagator()

    def bare_inject() -> None:
        for _ in range(COUNT):
            propagator.inject({})

    def ours_encode() -> None:
        for _ in range(COUNT):
            tracer.encode_context_into_object({"metadata": {"annotations": {}}})

    with tracer.start_span_from_object(objects(tracer)[0], NAME):
        return compare(
            "encode_context_into_object / inject", bare_inject, ours_encode, calls=COUNT, limit=2.8
        )


def without_sdk() -> list[Ratio]:
    """The same where no SDK is configured: the API's no-op tracer."""
    made = objects(ObjectTracer(component="benchmark"))
    carriers = bare_carriers(made)
    provider = NoOpTracerProvider()
    tracer = ObjectTracer(provider, component="benchmark")
    bare_tracer = trace.get_tracer("bare", tracer_provider=provider)
    propagator = TraceContextTextMapPropagator()

    def bare() -> None:
        for carrier in carriers:
            with bare_tracer.start_as_current_span(NAME, propagator.extract(carrier)):
                pass

    def ours() -> None:
        for obj in made:
            with tracer.start_span_from_object(obj, NAME):
                pass

    return [
        compare(
            "no SDK: start_span_from_object / extract, start_as_current", bare, ours, calls=COUNT, limit=1.3
        )
    ]


def run() -> list[Ratio]:
    """All rows."""
    return [*with_sdk(), *without_sdk()]
