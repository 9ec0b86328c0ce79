"""A controller's process that meets its fate: its client and its exporter tell when a point is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from demo.crew import Part, perform
from operators.workloads.client import Client
from operators.workloads.connection import Connection
from operators.workloads.metrics import ApiMetrics
from tests.crashes.deaths import Death, Fate
from traceutil.craft import SCOPE
from traceutil.record import KEY, loads
from traceutil.sdk import otlp_exporter, setup

#: Writes of these are the story; what a kubelet writes about its nodes is not.
STORY = ("Deployment", "ReplicaSet", "Pod")


@dataclass(frozen=True)
class MortalPart(Part):
    """`settings`: of its tracer. `speaks_of_objects`: whether it exports object spans."""

    death: Death | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def closes(self) -> bool:
        return self.name != "scheduler"


def act(part: MortalPart, says: Pipe) -> None:
    """The process."""
    fate = Fate(part.name, part.death)
    (endpoint,) = part.endpoints
    exporter = MortalExporter(otlp_exporter(endpoint, "http/protobuf"), fate, part.closes)
    telemetry = setup(part.name, exporters=[exporter], set_global=False, environ={})

    def client(connection: Connection, agent: str, metrics: ApiMetrics) -> Client:
        return MortalClient(connection, agent, metrics, fate=fate, closes=part.closes)

    perform(part, says, telemetry, client, **part.settings)


class MortalClient(Client):
    """Meets its fate before and after writes of the story's objects."""

    def __init__(
        self, connection: Connection, agent: str, metrics: ApiMetrics, *, fate: Fate, closes: bool
    ) -> None:
        super().__init__(connection, agent, metrics)
        self._fate, self._closes = fate, closes

    async def _call(
        self,
        verb: str,
        kind: str,
        namespace: str,
        name: str,
        subresource: str = "",
        *,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        told = verb != "GET" and kind in STORY
        what = f"{verb} {kind}{'/' if subresource else ''}{subresource} {name}".strip()
        if told:
            self._fate.meet("before a write", what)
        answer = await super()._call(verb, kind, namespace, name, subresource, body=body)
        if told and subresource != "status":
            self._fate.meet("after a write, before the export", what)
        elif told and (not self._closes or _ends(body)):
            self._fate.meet("after a status write, before the export", what)
        return answer


class MortalExporter(SpanExporter):
    """Meets its fate before and after a batch is sent."""

    def __init__(self, inner: SpanExporter, fate: Fate, closes: bool) -> None:
        self._inner, self._fate, self._closes = inner, fate, closes

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        what = f"{len(spans)} spans"
        self._fate.meet("with a batch waiting", what)
        result = self._inner.export(spans)
        if not self._closes or any(_is_of_object(span) for span in spans):
            self._fate.meet("after an export", what)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


def _ends(body: Mapping[str, Any] | None) -> bool:
    """Whether a status write takes the end of an object span along."""
    value = ((body or {}).get("metadata") or {}).get("annotations", {}).get(KEY)
    return value is not None and loads(value).end is not None


def _is_of_object(span: ReadableSpan) -> bool:
    return span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE
