"""jaeger_client's samplers decide as there, and OpenTelemetry's SDK obeys them."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.trace import Link, SpanContext, TraceFlags
from opentracing.ext import tags

from tests.unit.jaeger_compat.tracers import Kept
from traceutil.jaeger_compat import (
    ConstSampler,
    ProbabilisticSampler,
    RateLimitingSampler,
    RemoteControlledSampler,
)
from traceutil.jaeger_compat import SpanContext as Context
from traceutil.jaeger_compat.sampler import Sampler

HALF = 1 << 63


@pytest.mark.parametrize(
    ("sampler", "trace_id", "expected"),
    [
        pytest.param(ConstSampler(True), 1, True, id="const: all"),
        pytest.param(ConstSampler(False), 1, False, id="const: none"),
        pytest.param(ProbabilisticSampler(0.5), HALF - 1, True, id="probabilistic: below the boundary"),
        pytest.param(ProbabilisticSampler(0.5), HALF, False, id="probabilistic: at the boundary"),
        pytest.param(
            ProbabilisticSampler(0.5), (1 << 64) | 1, True, id="probabilistic: the low 64 bits count"
        ),
        pytest.param(ProbabilisticSampler(0.0), 0, False, id="probabilistic: none at 0"),
        pytest.param(RemoteControlledSampler(), (1 << 64) // 2000, True, id="remote: a thousandth, yes"),
        pytest.param(RemoteControlledSampler(), (1 << 64) // 500, False, id="remote: a thousandth, no"),
        pytest.param(
            RemoteControlledSampler(init_sampler=ConstSampler(True)), HALF, True, id="remote: as it begins"
        ),
    ],
)
def test_a_sampler_decides(sampler: Sampler, trace_id: int, expected: bool) -> None:
    assert expected == sampler.is_sampled(trace_id, "any")[0]


@pytest.mark.parametrize(
    ("rate", "times", "expected"),
    [
        pytest.param(2, [0, 0, 0], [True, True, False], id="two a second, at once"),
        pytest.param(2, [0, 0, 0.5, 0.5], [True, True, True, False], id="half a second earns one"),
        pytest.param(
            2, [0, 0, 60, 60, 60], [True, True, True, True, False], id="a minute earns no more than two"
        ),
        pytest.param(0.5, [0, 1, 2], [True, False, True], id="one in two seconds"),
        pytest.param(0, [0, 3600], [True, False], id="none a second: the first alone"),
    ],
)
def test_a_rate_is_limited(rate: float, times: list[float], expected: list[bool]) -> None:
    """From a full balance."""
    now = iter([0.0, *times])
    sampler = RateLimitingSampler(rate, clock=lambda: next(now), initial=1.0)
    assert expected == [sampler.is_sampled(1)[0] for _ in times]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ProbabilisticSampler(1.5), "sampling rate 1.5: use a number from 0 to 1"),
        (lambda: RateLimitingSampler(-1), "max_traces_per_second -1: use a number from 0"),
    ],
)
def test_a_share_that_is_none_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


class OnlyChecks(Sampler):
    """One of a program's own."""

    def is_sampled(self, trace_id: int, operation: str = "") -> tuple[bool, dict[str, Any]]:
        return operation.startswith("check"), {"why": "checks only"}


def test_a_programs_own_sampler_is_asked() -> None:
    """By name; its tags are on the root, not on the child."""
    kept = Kept(OnlyChecks())
    for name in ("check it", "serve"):
        with kept.tracer.start_active_span(name), kept.tracer.start_active_span("child"):
            pass
    found = [(span.name, dict(span.attributes or {})) for span in kept.exported]
    assert [("child", {}), ("check it", {"why": "checks only"})] == found
    assert ["child", "check it"] == [span.operation_name for span in kept.reported]


@pytest.mark.parametrize(
    ("parent", "set_tags", "sampled", "flags"),
    [
        pytest.param(None, {}, False, 0, id="a root: as the sampler says"),
        pytest.param(Context(1, 2, None, 1), {}, True, 1, id="a child of a sampled span"),
        pytest.param(Context(1, 2, None, 3), {}, True, 3, id="a child of a debug span is one"),
        pytest.param(Context(1, 2, None, 0), {}, False, 0, id="a child of an unsampled span"),
        pytest.param(None, {tags.SAMPLING_PRIORITY: 1}, True, 3, id="a root that must be sampled"),
        pytest.param(Context(1, 2, None, 0), {tags.SAMPLING_PRIORITY: 1}, True, 3, id="a child that must be"),
        pytest.param(
            Context(1, 2, None, 1), {tags.SAMPLING_PRIORITY: 0}, False, 0, id="a child that must not"
        ),
        pytest.param(None, {tags.SAMPLING_PRIORITY: "high"}, False, 0, id="a priority that is no number"),
        pytest.param(Context(None, None, None, None, debug_id="me"), {}, True, 3, id="a root by a debug id"),
        pytest.param(
            Context(None, None, None, None, {"a": "b"}), {}, False, 0, id="a root with baggage alone"
        ),
    ],
)
def test_what_decides_about_a_span(
    parent: Context | None, set_tags: dict[str, Any], sampled: bool, flags: int
) -> None:
    """Under a sampler that takes none."""
    kept = Kept(ConstSampler(False))
    span = kept.tracer.start_span("s", child_of=parent, tags=set_tags)
    span.finish()
    assert (sampled, flags, sampled) == (span.is_sampled(), span.flags, bool(kept.exported))
    assert (parent.baggage if parent else {}) == span.context.baggage


def test_a_debug_id_is_a_tag_of_the_root() -> None:
    """To find the trace by."""
    kept = Kept(ConstSampler(False))
    kept.tracer.start_span("s", child_of=Context(None, None, None, None, debug_id="me")).finish()
    assert {"jaeger-debug-id": "me"} == dict(kept.exported[0].attributes or {})


def test_the_pipeline_looks_at_links() -> None:
    """A root that is linked to a sampled trace is sampled, whatever jaeger_client's sampler says."""
    provider = Kept(ConstSampler(False)).tracer.telemetry.provider
    link = Link(SpanContext(1, 2, True, TraceFlags(1)))
    assert provider.get_tracer("t").start_span("s", links=[link]).get_span_context().trace_flags.sampled
