"""The OpenTelemetry pipeline under a tracer: exporter, sampler, resource, ids."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased

from traceutil.jaeger_compat.deciding import DebugFirst, Deciding
from traceutil.jaeger_compat.reporter import BaseReporter, over_otlp
from traceutil.jaeger_compat.sampler import RemoteControlledSampler, Sampler
from traceutil.sdk import Telemetry, setup


class ShortTraceIds(RandomIdGenerator):
    """Trace ids of 64 bits, for peers that know no others: jaeger_client's default."""

    def generate_trace_id(self) -> int:
        return self.generate_span_id()


def pipeline(
    service_name: str,
    reporter: BaseReporter,
    sampler: Sampler,
    tags: Mapping[str, Any],
    *,
    short_ids: bool,
    environ: Mapping[str, str] = os.environ,
) -> Telemetry:
    """What `sdk.setup` gives; nobody's default yet. A remote sampler gives way to `OTEL_TRACES_SAMPLER`."""
    otlp = over_otlp(reporter)
    variables = dict(environ)
    if otlp is not None and otlp.flush_interval is not None:
        variables["OTEL_BSP_SCHEDULE_DELAY"] = str(otlp.flush_interval * 1000)
    by_environment = isinstance(sampler, RemoteControlledSampler) and bool(environ.get("OTEL_TRACES_SAMPLER"))
    telemetry = setup(
        service_name,
        None if otlp is None else otlp.endpoint,
        max_queue=None if otlp is None else otlp.queue_capacity,
        exporters=[] if otlp is None else None,
        sampler=None if by_environment else ParentBased(Deciding(sampler)),
        resource={key: str(value) for key, value in tags.items()},
        set_global=False,
        environ=variables,
    )
    provider = telemetry.provider
    provider.sampler = DebugFirst(provider.sampler)
    if short_ids:
        provider.id_generator = ShortTraceIds()
    return telemetry
