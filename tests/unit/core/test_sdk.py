"""The SDK's set-up, against real receivers on loopback."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.unit.core.objects import deployment, pod, reached, record_of, unreached, with_record
from tests.unit.core.receivers import grpc_receiver, http_receiver
from traceutil import current_tracer
from traceutil.current import set_process_default
from traceutil.exporting import traces_url
from traceutil.sdk import Telemetry, setup
from traceutil.testing import FixedClock

QUIET: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _no_default() -> Iterator[None]:
    """Each test leaves the process without a default tracer."""
    yield
    set_process_default(None)


def emit(telemetry: Telemetry, count: int) -> None:
    tracer = telemetry.provider.get_tracer("t")
    for _ in range(count):
        tracer.start_span("x").end()


@pytest.mark.parametrize(
    ("receiver", "protocol"),
    [
        pytest.param(http_receiver, None, id="HTTP, the default"),
        pytest.param(http_receiver, "http/protobuf", id="HTTP"),
        pytest.param(grpc_receiver, "grpc", id="gRPC"),
    ],
)
def test_spans_arrive_over(receiver: Callable[[], Any], protocol: Any) -> None:
    """Work under the controller's name, object spans under their kind's."""
    with receiver() as received:
        with setup("replicaset", received.url, protocol, set_global=False, environ=QUIET) as telemetry:
            tracer = telemetry.tracer(clock=FixedClock())
            live = with_record(deployment(), record_of(deployment(), closer="replicaset"))
            with tracer.start_span_from_object(unreached(live), "replicaset.Work"):
                tracer.end_if_reached(unreached(live))
            tracer.end_if_reached(reached(live))
        assert telemetry.dropped == 0
    assert {span.name for span in received.spans} == {"replicaset.Work", "Deployment"}
    assert received.services == {"replicaset", "deployment"}


@pytest.mark.parametrize(
    ("variables", "receiver", "path"),
    [
        pytest.param({"OTEL_EXPORTER_OTLP_ENDPOINT": "{}"}, http_receiver, "/v1/traces", id="the endpoint"),
        pytest.param(
            {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "{}/custom"},
            http_receiver,
            "/custom",
            id="the traces' own",
        ),
        pytest.param(
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "{}", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            grpc_receiver,
            None,
            id="the protocol",
        ),
        pytest.param(
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "{}", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"},
            grpc_receiver,
            None,
            id="the traces' own protocol",
        ),
    ],
)
def test_the_standard_variables_say_where(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], receiver: Callable[[], Any], path: str | None
) -> None:
    with receiver() as received:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.format(received.url))
        monkeypatch.setenv("OTEL_SERVICE_NAME", "db")
        with setup(set_global=False) as telemetry:
            emit(telemetry, 1)
    assert received.services == {"db"}
    assert received.paths == ([] if path is None else [path])


@pytest.mark.parametrize(
    ("variables", "given", "expected"),
    [
        pytest.param({"OTEL_SERVICE_NAME": "a"}, None, "a", id="OTEL_SERVICE_NAME"),
        pytest.param({"OTEL_SERVICE_NAME": "a"}, "b", "b", id="the argument comes first"),
        pytest.param(
            {"OTEL_RESOURCE_ATTRIBUTES": "service.name=c,x=y"}, None, "c", id="OTEL_RESOURCE_ATTRIBUTES"
        ),
    ],
)
def test_the_service_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], given: str | None, expected: str
) -> None:
    """And so is the component, by which object spans are closed."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    exporter = InMemorySpanExporter()
    with setup(given, exporters=[exporter], set_global=False) as telemetry:
        emit(telemetry, 1)
        assert telemetry.tracer().settings.component == expected
        telemetry.flush()
        assert exporter.get_finished_spans()[0].resource.attributes["service.name"] == expected


@pytest.mark.parametrize(("sampler", "expected"), [("always_off", 0), ("always_on", 1), ("traceidratio", 0)])
def test_the_standard_variables_say_what_is_sampled(
    monkeypatch: pytest.MonkeyPatch, sampler: str, expected: int
) -> None:
    """Object spans obey their stored flag all the same."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.0")
    exporter = InMemorySpanExporter()
    with setup("test", exporters=[exporter], set_global=False) as telemetry:
        emit(telemetry, 1)
        tracer = telemetry.tracer(clock=FixedClock())
        live = with_record(deployment(), record_of(deployment()))
        tracer.end_if_reached(unreached(live))
        tracer.end_if_reached(reached(live))
        telemetry.flush()
        names = [span.name for span in exporter.get_finished_spans()]
    assert names.count("x") == expected
    assert names.count("Deployment") == 1


@pytest.mark.parametrize(
    ("environ", "kinds"),
    [
        pytest.param({"OTEL_TRACES_EXPORTER": "none"}, 0, id="none"),
        pytest.param({"OTEL_TRACES_EXPORTER": "console"}, 1, id="console"),
        pytest.param({}, 1, id="otlp unless said otherwise"),
    ],
)
def test_the_exporter_can_be_chosen(
    environ: dict[str, str], kinds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with setup("test", set_global=False, environ=environ) as telemetry:
        assert kinds == len(telemetry.provider._active_span_processor._span_processors)


def test_a_burst_of_20_000_spans_does_not_overflow() -> None:
    """All arrive, none is dropped."""
    with http_receiver() as received:
        with setup("test", received.url, set_global=False, environ=QUIET) as telemetry:
            emit(telemetry, 20_000)
            assert telemetry.flush(timeout=30)
        assert (telemetry.dropped, len(received.spans)) == (0, 20_000)


def test_shutting_down_twice_is_no_harm() -> None:
    telemetry = setup("test", exporters=[InMemorySpanExporter()], set_global=False, environ=QUIET)
    assert (telemetry.shutdown(), telemetry.shutdown()) == (0, 0)


def test_a_process_with_several_components_has_a_tracer_for_each() -> None:
    """One pipeline; each component's work under its own service.name, without host or instance."""
    exporter = InMemorySpanExporter()
    with setup("workloads", exporters=[exporter], set_global=False, environ=QUIET) as telemetry:
        for component in ("scheduler", "kubelet", None):
            tracer = telemetry.tracer(component, deadline=5.0)
            assert tracer.settings.deadline == 5.0
            with tracer.start_span_from_object(pod(), "test.Work"):
                pass
        telemetry.flush()
        found = {
            dict(span.resource.attributes)["service.name"]: span for span in exporter.get_finished_spans()
        }
    assert set(found) == {"scheduler", "kubelet", "workloads"}
    assert dict(found["kubelet"].resource.attributes) == {"service.name": "kubelet"}


def test_the_default_tracer_of_the_process_is_set_and_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that threads without a context use it too."""
    from opentelemetry import trace

    monkeypatch.setattr(trace, "set_tracer_provider", lambda _: None)
    telemetry = setup("db", exporters=[InMemorySpanExporter()], environ=QUIET)
    assert current_tracer().settings.component == "db"
    telemetry.shutdown()
    assert current_tracer().settings.component != "db"


def test_settings_of_the_environment_are_obeyed() -> None:
    environ = {"TRACEUTIL_MAX_LINKS": "3", "TRACEUTIL_COMPONENT": "db"}
    with setup(exporters=[InMemorySpanExporter()], set_global=False, environ=environ) as telemetry:
        settings = telemetry.tracer().settings
        assert (settings.max_links, settings.component) == (3, "db")


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        pytest.param(
            {"protocol": "carrier pigeon"}, {}, "carrier pigeon", id="a protocol that does not exist"
        ),
        pytest.param(
            {}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "http/json", id="one that we do not speak"
        ),
        pytest.param(
            {}, {"OTEL_BSP_SCHEDULE_DELAY": "soon"}, "OTEL_BSP_SCHEDULE_DELAY='soon'", id="no number"
        ),
        pytest.param({}, {"TRACEUTIL_RATIO": "2"}, "TRACEUTIL_RATIO='2'", id="one of our own variables"),
    ],
)
def test_what_cannot_be_used_is_named(
    arguments: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        setup("test", set_global=False, environ=environ, **arguments)


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/v1/traces", "http://localhost:4318/v1/traces"),
    ],
)
def test_the_traces_path_is_added_once(endpoint: str, expected: str) -> None:
    assert expected == traces_url(endpoint)


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        pytest.param(0.2, None, id="as given"),
        pytest.param(None, "0.2", id="as the standard variable says"),
    ],
)
@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_an_export_takes_no_longer_than(
    monkeypatch: pytest.MonkeyPatch, protocol: Any, given: float | None, variable: str | None
) -> None:
    """Against a collector that accepts connections and never answers."""
    if variable is not None:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", variable)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        telemetry = setup("test", url, protocol, export_timeout=given, set_global=False)
        emit(telemetry, 1)
        began = time.monotonic()
        telemetry.flush(timeout=5)
        assert (time.monotonic() - began < 4, telemetry.dropped) == (True, 1)
        telemetry.shutdown(timeout=1)
