"""jaeger_client's Prometheus metrics: accepted and not fed."""

from __future__ import annotations

from traceutil.jaeger_compat.metrics import MetricsFactory


class PrometheusMetricsFactory(MetricsFactory):
    """Does nothing."""

    def __init__(self, namespace: str = "", service_name_label: str | None = None) -> None: ...
