"""jaeger_client's metrics: accepted and not fed; `tracer.telemetry.dropped` counts what was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class MetricsFactory:
    """Makes counters, timers and gauges that do nothing."""

    def create_counter(self, name: str, tags: dict[str, str] | None = None) -> Callable[[float], None]:
        return _ignore

    create_timer = create_gauge = create_counter


class Metrics:
    """Deprecated, there too."""

    def __init__(self, count: Any = None, gauge: Any = None, timing: Any = None) -> None: ...


class LegacyMetricsFactory(MetricsFactory):
    """Deprecated, there too."""

    def __init__(self, metrics: Metrics) -> None: ...


def _ignore(value: float) -> None: ...
