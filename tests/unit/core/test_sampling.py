"""Flags on objects are written always, and obeyed by whoever reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    database,
    deployment,
    reached,
    record_of,
    replica_set,
    unreached,
    with_record,
)
from tests.unit.core.providers import provider
from traceutil import ObjectTracer, derive
from traceutil.record import KEY, loads
from traceutil.sampling import ObeyStoredFlags
from traceutil.testing import FixedClock, capture_spans

WEB = record_of(deployment())


def caller(flags: int) -> SpanContext:
    return SpanContext(0xCA11, 0xE4, True, TraceFlags(flags))


@pytest.mark.parametrize("flags", [0, 1])
def test_flags_are_written_as_they_are(flags: int) -> None:
    """00 too: an object that says nothing would be decided anew by everybody."""
    with capture_spans() as spans:
        plain, opened = deployment(), deployment()
        context = set_span_in_context(NonRecordingSpan(caller(flags)))
        spans.tracer.encode_context_into_object(plain, context=context)
        spans.tracer.trace_until_reached(opened, context=context)
    for obj in (plain, opened):
        assert obj["metadata"]["annotations"][TRACEPARENT].endswith(f"-0{flags}")
    assert loads(opened["metadata"]["annotations"][KEY]).flags == flags


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param(1, ["test.Work", "Deployment"], id="01: work and object span are exported"),
        pytest.param(3, ["test.Work", "Deployment"], id="03: the random bit does not matter"),
        pytest.param(0, [], id="00: neither is"),
    ],
)
def test_flags_on_an_object_are_obeyed(flags: int, expected: list[str]) -> None:
    with capture_spans() as spans:
        live = with_record(deployment(), replace(WEB, flags=flags))
        with spans.tracer.start_span_from_object(unreached(live), "test.Work"):
            spans.tracer.end_if_reached(unreached(live))
        spans.tracer.end_if_reached(reached(live))
        assert expected == [span.name for span in spans]


@pytest.mark.parametrize(
    ("sampler", "ours", "flags", "exported", "counted"),
    [
        pytest.param(ALWAYS_OFF, True, 1, 1, 0, id="sampled: exported, whatever the sampler would say today"),
        pytest.param(ALWAYS_ON, True, 0, 0, 0, id="not sampled: not exported, whatever it would say"),
        pytest.param(ParentBased(ALWAYS_OFF), True, 1, 1, 0, id="sampled, under a parent-based sampler"),
        pytest.param(ALWAYS_ON, False, 1, 1, 0, id="a foreign provider that samples"),
        pytest.param(ALWAYS_OFF, False, 1, 0, 1, id="what a foreign provider drops is counted"),
        pytest.param(ALWAYS_OFF, False, 0, 0, 0, id="what it need not sample is no loss"),
    ],
)
def test_a_crafted_span_obeys_the_stored_flag(
    sampler: Sampler, ours: bool, flags: int, exported: int, counted: int
) -> None:
    made, exporter = provider(sampler, ours=ours)
    tracer = ObjectTracer(made, component="test", clock=FixedClock())
    live = with_record(deployment(), replace(WEB, flags=flags))
    tracer.end_if_reached(unreached(live))
    tracer.end_if_reached(reached(live))
    assert exported == len(exporter.get_finished_spans())
    assert counted == tracer.health.total("unsampled_crafted")


def test_the_wrapped_sampler_decides_about_all_other_spans() -> None:
    """And is named in the description."""
    made, exporter = provider(ALWAYS_OFF, ours=True)
    made.get_tracer("t").start_span("other").end()
    assert len(exporter.get_finished_spans()) == 0
    assert (
        ObeyStoredFlags(TraceIdRatioBased(0.5)).get_description().startswith("ObeyStoredFlags(TraceIdRatio")
    )


@pytest.mark.parametrize("ratio", [0.0, 0.25, 1.0])
def test_one_ratio_holds_for_the_whole_cluster(ratio: float) -> None:
    """Two processes decide alike about every derived trace: whole traces are there, or are not."""
    sampled = set()
    for component in ("one", "two"):
        with capture_spans(component, ratio=ratio) as spans:
            for n in range(200):
                with spans.tracer.start_span_from_object(database(uid=f"u{n}"), f"{component}.Work"):
                    pass
            sampled.add(frozenset(span.context.trace_id for span in spans if span.context))
    assert len(sampled) == 1
    assert abs(len(sampled.pop()) - 200 * ratio) <= 20


def test_a_derived_trace_that_is_not_sampled_has_no_part_exported() -> None:
    """Neither root nor work nor what it writes into children."""
    with capture_spans(ratio=0.0) as spans:
        child: Object = replica_set()
        with spans.tracer.start_span_from_object(unreached(deployment()), "test.Work"):
            spans.tracer.trace_until_reached(child)
        spans.tracer.end_if_reached(unreached(deployment()))
        spans.tracer.end_if_reached(reached(deployment()))
        assert len(spans) == 0
    assert loads(child["metadata"]["annotations"][KEY]).flags == 0


def test_a_users_root_is_sampled_by_the_same_ratio() -> None:
    """As a derived one would be: by its trace id."""
    with capture_spans(ratio=0.5) as spans:
        for _ in range(50):
            sent = deployment()
            span = spans.tracer.trace_until_reached(sent)
            expected = derive.sampled(span.context.trace_id, 0.5)
            assert expected == span.context.trace_flags.sampled
