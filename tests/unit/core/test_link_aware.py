"""The sampler that looks at links."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from tests.unit.core.objects import deployment, reached, record_of, unreached, with_record
from tests.unit.core.providers import provider
from traceutil import ObjectTracer
from traceutil.sampling import LinkAware, aware, from_argument
from traceutil.sdk import setup
from traceutil.testing import FixedClock

WEB = record_of(deployment())
LINKED = SpanContext(0xA1, 0xB1, True, TraceFlags(1))
UNSAMPLED = SpanContext(0xA1, 0xB1, True, TraceFlags(0))
MARKED = SpanContext(0xA1, 0xB1, True, TraceFlags(1), TraceState([("traceutil", "l:1")]))


BY_LINK = (1, "traceutil=l:1")
OFF, ON = LinkAware(ALWAYS_OFF), LinkAware(ALWAYS_ON)
STRICT = LinkAware(ParentBased(ALWAYS_OFF, remote_parent_sampled=ALWAYS_OFF))


@pytest.mark.parametrize(
    ("sampler", "parent", "link", "expected"),
    [
        pytest.param(OFF, None, LINKED, BY_LINK, id="a root, linked to a sampled trace"),
        pytest.param(OFF, None, MARKED, (0, ""), id="a root, linked to one sampled for a link"),
        pytest.param(OFF, None, UNSAMPLED, (0, ""), id="a root, linked to an unsampled one"),
        pytest.param(OFF, None, None, (0, ""), id="a root without links"),
        pytest.param(ON, None, LINKED, (1, ""), id="a root that would be sampled anyway"),
        pytest.param(ON, UNSAMPLED, LINKED, (0, ""), id="with a parent: as the parent, not the link"),
        pytest.param(OFF, MARKED, None, BY_LINK, id="with a parent: its state goes on"),
        pytest.param(STRICT, LINKED, None, (0, ""), id="a parent-based root keeps its rules for parents"),
        pytest.param(aware(ParentBased(ALWAYS_OFF)), None, LINKED, BY_LINK, id="who asks parents asks links"),
        pytest.param(aware(ALWAYS_OFF), None, LINKED, (0, ""), id="who asks nobody decides alone"),
    ],
)
def test_a_link_aware_sampler(
    sampler: Sampler, parent: SpanContext | None, link: SpanContext | None, expected: tuple[int, str]
) -> None:
    """Under a plain provider: flags and tracestate of the span that starts."""
    above = None if parent is None else set_span_in_context(NonRecordingSpan(parent))
    tracer = TracerProvider(sampler=sampler, shutdown_on_exit=False).get_tracer("t")
    span = tracer.start_span("s", above, links=[] if link is None else [Link(link)])
    found = span.get_span_context()
    assert expected == (int(found.trace_flags.sampled), found.trace_state.to_header())


def test_a_plain_provider_under_it_exports_object_spans_too() -> None:
    """Sampled for a link's sake, with the state that says so: nothing is dropped, nothing counted."""
    made, exporter = provider(LinkAware(ALWAYS_OFF), ours=False)
    tracer = ObjectTracer(made, component="test", clock=FixedClock())
    live = with_record(deployment(), replace(WEB, state="traceutil=l:1,a=b"))
    tracer.end_if_reached(unreached(live))
    tracer.end_if_reached(reached(live))
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert "traceutil=l:1,a=b" == span.context.trace_state.to_header()
    assert 0 == tracer.health.total("unsampled_crafted")


def test_work_in_a_new_trace_is_sampled_for_the_sake_of_what_it_is_linked_to() -> None:
    """Under the relation `link`, whatever the share of new roots."""
    made, exporter = provider(LinkAware(ALWAYS_OFF), ours=True)
    tracer = ObjectTracer(made, component="test", clock=FixedClock(), relation="link")
    for flags in (0, 1):
        live = with_record(deployment(), replace(WEB, flags=flags))
        with tracer.start_span_from_object(unreached(live), f"test.Work{flags}"):
            pass
    assert ["test.Work1"] == [span.name for span in exporter.get_finished_spans()]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        pytest.param("", "AlwaysOnSampler", id="no share: all"),
        pytest.param("0.25", "TraceIdRatioBased{0.25}", id="a share"),
    ],
)
def test_its_name_in_the_environment(argument: str, expected: str) -> None:
    """`sdk.setup` knows it, which asks no entry points."""
    environ = {"OTEL_TRACES_SAMPLER": "traceutil_linkaware", "OTEL_TRACES_SAMPLER_ARG": argument}
    with setup("test", exporters=[], set_global=False, environ=environ) as telemetry:
        found = telemetry.provider.sampler.get_description()
    assert found.startswith(f"LinkAware(ParentBased{{root:{expected},")


@pytest.mark.parametrize("argument", ["many", "2", "nan"])
def test_a_share_that_is_none_is_named(argument: str) -> None:
    with pytest.raises(ValueError, match=f"OTEL_TRACES_SAMPLER_ARG='{argument}': use a number from 0 to 1"):
        from_argument(argument)


def test_opentelemetry_finds_it_by_its_entry_point() -> None:
    """As `opentelemetry-instrument` sets up the SDK: by the variables alone."""
    program = (
        "from opentelemetry.sdk._configuration import _OTelSDKConfigurator as Configurator\n"
        "from opentelemetry import trace\n"
        "Configurator().configure(auto_instrumentation_version='0')\n"
        "print(trace.get_tracer_provider().sampler.get_description())\n"
    )
    environ = {
        **os.environ,
        "OTEL_TRACES_SAMPLER": "traceutil_linkaware",
        "OTEL_TRACES_SAMPLER_ARG": "0.25",
        **dict.fromkeys(("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"), "none"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.startswith("LinkAware(ParentBased{root:TraceIdRatioBased{0.25},")
