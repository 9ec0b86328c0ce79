"""OTLP exporters that say why a batch did not arrive."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from traceutil.losses import UNKNOWN, Losses

Protocol = Literal["http/protobuf", "grpc"]

#: Seconds that one export may take, the exporter's own retries among them.
EXPORT_TIMEOUT = 2.0
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
#: Ends of the variables that give the SDK's HTTP exporter a session of the user's; ours would replace it.
_CREDENTIALS = "_CREDENTIAL_PROVIDER"
_GRPC_CODE = re.compile(r"StatusCode\.([A-Z_]+)")

log = logging.getLogger(__name__)


class Explained(SpanExporter):
    """An exporter that can be asked, after an export, why spans did not arrive, and how many of a success."""

    def __init__(
        self,
        inner: SpanExporter,
        why: Callable[[], str] = lambda: "",
        rejected: Callable[[], int] = lambda: 0,
    ) -> None:
        self._inner = inner
        self.why = why
        self.rejected = rejected

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export(spans)

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class CountingExporter(Explained):
    """Counts what `inner` delivered and what it failed to deliver; its exceptions end here.

    One line is logged when spans cease to arrive, and one when they arrive again.
    """

    def __init__(self, inner: SpanExporter, losses: Losses) -> None:
        told = inner if isinstance(inner, Explained) else Explained(inner)
        super().__init__(inner, told.why, told.rejected)
        self._losses = losses
        self._missed = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._losses.take(len(spans))
        result, why = SpanExportResult.FAILURE, ""
        try:
            result = super().export(spans)
            why = self.why()
        except Exception as error:
            why = f"{type(error).__name__} in the exporter"
        succeeded = result is SpanExportResult.SUCCESS
        lost = min(self.rejected(), len(spans)) if succeeded else len(spans)
        self._losses.exported(len(spans) - lost, lost, why or UNKNOWN)
        self._tell(lost, why or UNKNOWN)
        return result

    def _tell(self, lost: int, why: str) -> None:
        if lost and not self._missed:
            log.warning("spans do not arrive: %s", why)
        elif self._missed and not lost:
            log.warning("spans arrive again; %d were lost meanwhile", self._missed)
        self._missed = self._missed + lost if lost else 0


def otlp_exporter(
    endpoint: str | None,
    protocol: Protocol | None = None,
    timeout: float | None = None,
    environ: Mapping[str, str] = os.environ,
) -> SpanExporter:
    """An OTLP exporter over HTTP or gRPC; the SDK's own exporters read the rest of `OTEL_EXPORTER_OTLP_*`.

    Raises:
        ValueError: a protocol that is neither.
    """
    chosen = (
        protocol
        or environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    if timeout is None and not any(environ.get(name) for name in _TIMEOUTS):
        timeout = EXPORT_TIMEOUT
    if chosen == "grpc":
        return _grpc(endpoint, timeout)
    if chosen == "http/protobuf":
        return _http(None if endpoint is None else traces_url(endpoint), timeout, environ)
    raise ValueError(f"OTLP protocol {chosen!r}: use http/protobuf or grpc")


def traces_url(endpoint: str) -> str:
    """The traces path below a base endpoint (OTLP specification: `/v1/traces`)."""
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/traces") else f"{base}/v1/traces"


def _http(url: str | None, timeout: float | None, environ: Mapping[str, str]) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    if any(name.endswith(_CREDENTIALS) and value for name, value in environ.items()):
        return OTLPSpanExporter(endpoint=url, timeout=timeout)
    from traceutil.answers import Answers  # requests takes 0.1 s to import

    answers = Answers()
    exporter = OTLPSpanExporter(endpoint=url, timeout=timeout, session=answers)
    return Explained(exporter, answers.why, answers.rejected)


def _grpc(endpoint: str | None, timeout: float | None) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    insecure = None if endpoint is None else not endpoint.startswith("https://")
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=timeout, insecure=insecure)
    return Explained(exporter, _Overheard("opentelemetry.exporter.otlp.proto.grpc.exporter").why)


class _Overheard(logging.Filter):
    """The status code of a gRPC call, which the exporter tells nobody but its log. Filters nothing."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self._codes: dict[int | None, str] = {}
        logging.getLogger(logger).addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        if found := _GRPC_CODE.search(record.getMessage()):
            self._codes[record.thread] = found[1]
        return True

    def why(self) -> str:
        """Of this thread's last export."""
        code = self._codes.pop(threading.get_ident(), "")
        return f"gRPC {code}" if code else ""
