"""Set up OpenTelemetry's SDK for a controller: the `OTEL_*` variables, and what object spans need."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, SynchronousMultiSpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.sdk.trace.sampling import Sampler

from traceutil.current import set_process_default
from traceutil.environment import settings_from
from traceutil.exporting import CountingExporter, Protocol
from traceutil.exporting import otlp_exporter as otlp_exporter
from traceutil.losses import Losses, sentence, summed
from traceutil.processors import CountingProcessor, HoldUntilWork, Promptly, pipeline
from traceutil.sampling import aware, named
from traceutil.tracer import ObjectTracer

#: Milliseconds between exports: a kill loses what sits in the queue, so the delay is short.
SCHEDULE_DELAY = 1_000
#: Spans that may wait for export: a burst of 20,000 must fit.
MAX_QUEUE = 32_768
#: Spans in one request.
BATCH = 2_048
#: Seconds that the end may take.
SHUTDOWN = 4.5

log = logging.getLogger(__name__)


class Provider(TracerProvider):
    """A tracer provider that keeps reads until work is known, and has a sibling for each service."""

    traceutil_holds_reads = True

    def __init__(
        self, sampler: Sampler | None, resource: Resource, processor: SynchronousMultiSpanProcessor
    ) -> None:
        super().__init__(sampler, resource, shutdown_on_exit=False, active_span_processor=processor)
        self.sampler: Sampler = aware(self.sampler)
        self._processor = processor
        self._siblings: dict[str, Provider] = {}

    def for_service(self, name: str) -> TracerProvider:
        """The same pipeline under another `service.name`, with no process, host or instance attribute."""
        sibling = self._siblings.get(name)
        if sibling is None:
            sibling = Provider(self.sampler, Resource({SERVICE_NAME: name}), self._processor)
            self._siblings[name] = sibling
        return sibling


class Telemetry:
    """The running SDK. A context manager: leaving it delivers what is queued. So does the process's exit.

    Use `.tracer(component)` for the verbs; the one of the service itself is already the process's default.
    """

    def __init__(self, provider: Provider, losses: Sequence[Losses], settings: Mapping[str, Any]) -> None:
        self.provider = provider
        self._losses = losses
        self._settings = dict(settings)
        self._tracers: list[ObjectTracer] = []
        self._stopped = False
        atexit.register(self.shutdown)

    @property
    def dropped(self) -> int:
        """Spans that did not arrive: the queue was full, or an export failed. Summed over the exporters."""
        return sum(self.losses.values())

    @property
    def losses(self) -> dict[str, int]:
        """The same by reason, the most frequent first."""
        return summed(self._losses)

    def tracer(self, component: str | None = None, **settings: Any) -> ObjectTracer:
        """An `ObjectTracer` of this pipeline, its work spans under `service.name` = `component`.

        Settings are those of the environment, overridden by the arguments (see `Settings`).
        """
        own = self._settings["component"]
        provider = self.provider if component in (None, own) else self.provider.for_service(str(component))
        merged = {**self._settings, "component": component or own, **settings}
        tracer = ObjectTracer(provider, **merged)
        self._tracers.append(tracer)
        return tracer

    def flush(self, timeout: float = 5.0) -> bool:
        """Deliver what is queued; whether that was done within `timeout` seconds."""
        for tracer in self._tracers:
            tracer.flush()
        return _within(timeout, lambda: self.provider.force_flush(int(timeout * 1000)))

    def shutdown(self, timeout: float = SHUTDOWN, *, report: bool = True) -> int:
        """Deliver what is queued and stop, within `timeout` seconds; returns how many spans were lost.

        One warning is logged, saying how many and why, unless `report` is false or nothing was lost.
        """
        if not self._stopped:
            self._stopped = True
            atexit.unregister(self.shutdown)
            for tracer in self._tracers:
                tracer.flush()
            _within(timeout, self.provider.shutdown)
            for losses in self._losses:
                losses.closed = True
            set_process_default(None)
            if report and self.dropped:
                log.warning("%s", sentence(self.losses))
        return self.dropped

    def __enter__(self) -> Telemetry:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.shutdown()


def _within(timeout: float, action: Any) -> bool:
    """Run `action` in a thread and wait at most `timeout` seconds: exporters have limits of their own."""
    thread = threading.Thread(target=action, name="traceutil-shutdown", daemon=True)
    thread.start()
    thread.join(timeout)
    return not thread.is_alive()


def setup(
    service_name: str | None = None,
    endpoint: str | None = None,
    protocol: Protocol | None = None,
    *,
    max_queue: int | None = None,
    export_timeout: float | None = None,
    exporters: Sequence[SpanExporter] | None = None,
    processors: Sequence[SpanProcessor] = (),
    sampler: Sampler | None = None,
    resource: Mapping[str, str] | None = None,
    set_global: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Telemetry:
    """Start the SDK. Whatever is not given comes from the standard `OTEL_*` variables.

    Args:
        service_name: `service.name`; the controller. None: `OTEL_SERVICE_NAME`.
        endpoint: OTLP endpoint; None: `OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT`, else the local collector.
        protocol: "http/protobuf" (default) or "grpc".
        max_queue: spans that may wait for export; more are dropped and counted. None:
            `OTEL_BSP_MAX_QUEUE_SIZE`, else 32,768.
        export_timeout: seconds that one export may take; None: `OTEL_EXPORTER_OTLP_[TRACES_]TIMEOUT`, else 2.
        exporters: instead of OTLP, for tests and files.
        processors: further processors, given every span.
        sampler: None: `OTEL_TRACES_SAMPLER`. One that asks the parent asks links too (see `LinkAware`).
        resource: further resource attributes.
        set_global: make it OpenTelemetry's global provider and the default of the module's verbs.

    Raises:
        ValueError: a protocol or a `TRACEUTIL_*` variable that cannot be used.
    """
    settings = settings_from(environ)
    known = Resource.create({**_named(service_name, environ), **(resource or {})})
    settings["component"] = service_name or settings["component"] or _service_in(known)
    if max_queue is None:
        max_queue = int(_number(environ, "OTEL_BSP_MAX_QUEUE_SIZE", MAX_QUEUE))
    delay = _number(environ, "OTEL_BSP_SCHEDULE_DELAY", SCHEDULE_DELAY)
    multi, losses = pipeline(), []
    chosen = _exporters(endpoint, protocol, export_timeout, environ) if exporters is None else exporters
    for exporter in chosen:
        losses.append(Losses(max_queue))
        multi.add_span_processor(HoldUntilWork(_queued(exporter, losses[-1], max_queue, delay)))
    for processor in processors:
        multi.add_span_processor(HoldUntilWork(processor))
    provider = Provider(named(environ) if sampler is None else sampler, known, multi)
    telemetry = Telemetry(provider, losses, settings)
    if set_global:
        trace.set_tracer_provider(provider)
        set_process_default(telemetry.tracer())
    return telemetry


def _named(service_name: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    name = service_name or environ.get("OTEL_SERVICE_NAME")
    return {SERVICE_NAME: name} if name else {}  # else OTEL_RESOURCE_ATTRIBUTES may have it


def _service_in(resource: Resource) -> str:
    name = str(resource.attributes.get(SERVICE_NAME, ""))
    return "" if name.startswith("unknown_service") else name


def _queued(exporter: SpanExporter, losses: Losses, max_queue: int, delay: float) -> SpanProcessor:
    batch = BatchSpanProcessor(
        CountingExporter(exporter, losses),
        max_queue_size=max_queue,
        schedule_delay_millis=delay,
        max_export_batch_size=min(BATCH, max_queue),
    )
    return CountingProcessor(Promptly(batch), losses)


def _exporters(
    endpoint: str | None, protocol: Protocol | None, timeout: float | None, environ: Mapping[str, str]
) -> list[SpanExporter]:
    wanted = environ.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower()
    if endpoint is None and wanted == "none":
        return []
    if endpoint is None and wanted == "console":
        return [ConsoleSpanExporter()]
    return [otlp_exporter(endpoint, protocol, timeout, environ)]


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    value = environ.get(name, "").strip()
    try:
        return float(value) if value else default
    except ValueError as error:
        raise ValueError(f"{name}={value!r}: use a number of milliseconds") from error
