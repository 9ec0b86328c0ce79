"""What is not supported is said once, with what replaces it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from opentracing.scope_managers import ThreadLocalScopeManager

from tests.unit.jaeger_compat.configs import CONST, config
from traceutil.jaeger_compat.metrics.prometheus import PrometheusMetricsFactory
from traceutil.jaeger_compat.reporter import over_otlp


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Any:
    """The warnings of `jaeger_tracing`: setting and text."""
    return lambda: [
        tuple(record.getMessage().split(": ", 1))
        for record in caplog.records
        if record.name == "jaeger_tracing" and record.levelno == logging.WARNING
    ]


AGENT = {"local_agent": {"reporting_host": "h"}}
FACTORY = {"metrics_factory": PrometheusMetricsFactory()}
SCOPES = {"scope_manager": ThreadLocalScopeManager()}
OTLP, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
SAMPLER, LOST = "OTEL_TRACES_SAMPLER", "tracer.telemetry.dropped"
#: (keys, variables, arguments), the setting that is named, and what replaces it.
REPLACED: list[tuple[tuple[Any, Any, Any], str, str]] = [
    (({"sampler": None}, {}, {}), "sampler", SAMPLER),
    ((AGENT, {}, {}), "reporting_host", OTLP),
    (({}, {"JAEGER_AGENT_HOST": "h"}, {}), "reporting_host", OTLP),
    (({}, {"JAEGER_AGENT_PORT": "6831"}, {}), "JAEGER_AGENT_PORT", OTLP),
    (({}, {"JAEGER_ENDPOINT": "http://h:14268/api/traces"}, {}), "JAEGER_ENDPOINT", OTLP),
    (({}, {"JAEGER_USER": "me"}, {}), "JAEGER_USER", HEADERS),
    (({}, {"JAEGER_PASSWORD": "x"}, {}), "JAEGER_PASSWORD", HEADERS),
    (({}, {"JAEGER_AUTH_TOKEN": "x"}, {}), "JAEGER_AUTH_TOKEN", HEADERS),
    (({}, {"JAEGER_SAMPLING_ENDPOINT": "x"}, {}), "JAEGER_SAMPLING_ENDPOINT", SAMPLER),
    (({}, {"JAEGER_SAMPLER_MANAGER_HOST_PORT": "x"}, {}), "JAEGER_SAMPLER_MANAGER_HOST_PORT", SAMPLER),
    (({"reporter_batch_size": 5}, {}, {}), "reporter_batch_size", "reporter_flush_interval"),
    (({"sampling_refresh_interval": 5}, {}, {}), "sampling_refresh_interval", SAMPLER),
    (({"max_operations": 5}, {}, {}), "max_operations", SAMPLER),
    (({"throttler": {"port": 5}}, {}, {}), "throttler", "tail_sampling"),
    (({"metrics": True}, {}, {}), "metrics", LOST),
    (({}, {}, FACTORY), "metrics_factory", LOST),
    (({}, {}, SCOPES), "scope_manager", "OpenTelemetry's context"),
    (({"smapler": 5}, {}, {}), "smapler", "no such key"),
]


@pytest.mark.parametrize(
    ("given", "setting", "replacement"),
    [pytest.param(*row, id=f"{row[1]} is replaced by {row[2]}") for row in REPLACED],
)
def test_what_is_not_supported_is_said_once(
    said: Any, given: tuple[Any, Any, Any], setting: str, replacement: str
) -> None:
    """With what replaces it, however often a tracer is made."""
    keys, environ, arguments = given
    made = config(CONST | keys, environ, **arguments)
    for _ in range(2):
        made.new_tracer().close().result(10)
    assert [(setting, True)] == [(name, replacement in text) for name, text in said()]


def test_what_is_supported_is_not_spoken_of(said: Any) -> None:
    """No warning for a program that uses what there is."""
    keys = {
        **CONST, "enabled": True, "logging": True, "tags": {"a": "b"}, "propagation": "b3",
        "trace_id_header": "x", "baggage_header_prefix": "y", "debug_id_header": "z",
        "generate_128bit_trace_id": True, "max_tag_value_length": 9, "max_traceback_length": 9,
        "reporter_queue_size": 4000, "reporter_flush_interval": 1, "local_agent": {"enabled": True},
    }  # fmt: skip
    made = config(keys, {"JAEGER_TAGS": "a=b", "JAEGER_PROPAGATION": "w3c"}, validate=True)
    made.new_tracer().close().result(10)
    assert [] == said()


A = {"reporting_host": "a"}


@pytest.mark.parametrize(
    ("keys", "environ", "expected"),
    [
        pytest.param({}, {}, None, id="nothing: OpenTelemetry's default"),
        pytest.param(AGENT["local_agent"], {}, "http://h:4318", id="the agent's host"),
        pytest.param({"reporting_host": "::1"}, {}, "http://[::1]:4318", id="an address"),
        pytest.param({}, {"JAEGER_AGENT_HOST": "h"}, "http://h:4318", id="the agent's host, by variable"),
        pytest.param(A, {"JAEGER_AGENT_HOST": "b"}, "http://a:4318", id="the key goes first"),
        pytest.param(
            A,
            {"JAEGER_ENDPOINT": "https://h:14268/api/traces"},
            "https://h:4318",
            id="the collector's endpoint, before the agent",
        ),
        pytest.param(A, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b"}, None, id="OpenTelemetry's own"),
    ],
)
def test_where_spans_go(keys: dict[str, Any], environ: dict[str, str], expected: str | None) -> None:
    tracer = config(CONST | {"local_agent": keys, "logging": True}, environ).new_tracer()
    tracer.close().result(10)
    reporter = over_otlp(tracer.reporter)
    assert reporter is not None
    assert expected == reporter.endpoint


def test_a_remote_sampler_gives_way_to_opentelemetrys(monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    """And nothing is said, for it was replaced."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_on")
    tracer = config({}, {"OTEL_TRACES_SAMPLER": "parentbased_always_on"}).new_tracer()
    assert tracer.start_span("s").is_sampled()
    tracer.close().result(10)
    assert [] == said()
