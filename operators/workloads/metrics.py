"""Everything on /metrics, in one file, until the metrics framework takes over."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class ReconcileMetrics:
    """How often, how long, with what result each controller reconciles, and what waits for it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["controller"]
        self.reconciles = Counter(
            "workloads_reconciles",
            "Reconciles by result: ok, conflict or error.",
            [*labels, "result"],
            registry=registry,
        )
        self.duration = Histogram(
            "workloads_reconcile_duration_seconds",
            "Time that one reconcile took.",
            labels,
            buckets=_SECONDS,
            registry=registry,
        )
        self.depth = Gauge(
            "workloads_queue_depth", "Objects that wait to be reconciled.", labels, registry=registry
        )
        self.waited = Histogram(
            "workloads_queue_wait_seconds",
            "Time from an object becoming due to its reconcile.",
            labels,
            buckets=_SECONDS,
            registry=registry,
        )
        self.retries = Counter(
            "workloads_retries", "Reconciles put back after a failure.", labels, registry=registry
        )  # fmt: skip


class ApiMetrics:
    """The requests that one controller made."""

    def __init__(self, requests: Counter, controller: str) -> None:
        self._requests, self._controller = requests, controller

    @staticmethod
    def counter(registry: CollectorRegistry) -> Counter:
        return Counter(
            "workloads_api_requests", "API requests made, by HTTP status (0: no answer).",
            ["controller", "verb", "kind", "subresource", "code"], registry=registry,
        )  # fmt: skip

    def called(self, verb: str, kind: str, subresource: str, status: int) -> None:
        self._requests.labels(self._controller, verb, kind, subresource, str(status)).inc()
