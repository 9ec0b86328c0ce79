"""A cluster, a collector, a user, and four controllers in processes of their own that come back if killed."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from demo.crew import Crew
from demo.stage import recorded_spans
from demo.stories.objects import deployment
from operators.workloads import CONTROLLERS, Connection, Image, NodeSpec, Registry
from operators.workloads.kubelet.images import MIB
from tests.conformance.http_client import ApiServer, Client, Reply
from tests.crashes.deaths import Death
from tests.crashes.mortal import MortalPart, act
from tests.crashes.promises import Delivery, Evidence, broken
from tests.embedded.demo.collector import OtlpCollector
from traceutil import semconv
from traceutil.record import KEY, MAX_PREV, loads, predecessors
from traceutil.sdk import setup
from traceutil.times import SECOND

#: Real seconds until everything must be reached and exported.
PATIENCE = 120.0
#: Small and quick: the kills are the story.
IMAGES = Registry(other=Image(size=4 * MIB, ready_after=0.1, stop_after=0.05), latency=0.02)
KINDS = {
    "Deployment": "apis/apps/v1/namespaces/{}/deployments",
    "ReplicaSet": "apis/apps/v1/namespaces/{}/replicasets",
    "Pod": "api/v1/namespaces/{}/pods",
}


@dataclass(frozen=True)
class Place:
    """Where: a cluster's kubeconfig by user, and a namespace and Nodes of our own in it."""

    kubeconfig: Callable[[str], dict[str, Any]]
    namespace: str
    nodes: tuple[NodeSpec, ...]


@dataclass
class Ward:
    """`with Ward(place) as ward: ward.start(); ward.create("web"); ward.kill("kubelet"); ward.settle()`.

    `settings`: of all the controllers' tracers. `deaths`: who died, in order.
    """

    place: Place
    settings: Mapping[str, Any] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)

    def __enter__(self) -> Ward:
        self.collector = OtlpCollector().__enter__()
        self.crew = Crew(act)
        self._user = Client(_server(self._connection("user")))
        self._telemetry = setup("user", exporters=[], set_global=False, environ={})
        self._tracer = self._telemetry.tracer(window=self._window)
        self._roots: dict[str, str] = {}
        self._starts: list[int] = []
        self._alive: set[str] = set()
        self._away: dict[str, float] = {}
        self._kubelet_deaths: list[int] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.crew.__exit__(kind, error, trace)
        self._user.close()
        self._telemetry.shutdown()
        self.collector.__exit__(kind, error, trace)

    def _connection(self, user: str) -> Connection:
        return Connection.from_kubeconfig(self.place.kubeconfig(user))

    def start(self, *names: str, deaths: Mapping[str, Death] | None = None) -> None:
        """Start controllers, all where none is named, and wait until they work."""
        for name in names or CONTROLLERS:
            self._start(name, (deaths or {}).get(name))
        for name in names or CONTROLLERS:
            self.crew.ready(name)

    def _start(self, name: str, death: Death | None = None) -> None:
        self._starts.append(time.time_ns())
        part = MortalPart(
            name,
            self._connection(name),
            (self.collector.url,),
            self.place.nodes,
            (self.place.namespace,),
            IMAGES,
            death=death,
            settings=self.settings,
        )
        self.crew.start(part)
        self._alive.add(name)

    @property
    def _window(self) -> float:
        """In seconds."""
        return float(self.settings.get("window", 3.0))

    def spare(self, name: str) -> None:
        """Let it come to work first, where it may have been away for half of the window.

        An end whose export was lost is found again within the window only (docs/spec.md 6).
        """
        away_since = self._away.get(name)
        if away_since is not None and time.monotonic() - away_since > self._window / 2:
            self.crew.ready(name)
            del self._away[name]

    def kill(self, name: str) -> None:
        """SIGKILL from outside, and a successor at once."""
        self.crew.kill(name)
        self._away.setdefault(name, time.monotonic())
        self.deaths.append(name)
        if name == "kubelet":
            self._kubelet_deaths.append(time.time_ns())
        self._start(name)

    def tend(self) -> None:
        """Give each that killed itself a successor."""
        for name in sorted(self._alive):
            if self.crew.exit_code(name) is not None:
                assert self.crew.exit_code(name) == -9, f"{name} ended with {self.crew.exit_code(name)}"
                self.kill(name)

    def until(self, what: str, holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """What `holds` answers as soon as that is true, tending meanwhile; fails after so many seconds."""
        end = time.monotonic() + seconds
        while not (answer := holds()):
            assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
            self.tend()
            time.sleep(0.1)
        return answer

    def create(self, name: str, replicas: int = 3) -> None:
        wanted = deployment(name, replicas)
        del wanted["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
        wanted["metadata"]["namespace"] = self.place.namespace
        wanted["spec"]["template"]["spec"]["nodeSelector"] = dict(self.place.nodes[0].labels)
        self._tracer.trace_until_reached(wanted, closer="deployment")
        reply = self._user.post(self._path("Deployment"), wanted)
        assert reply.code == 201, reply.body
        self._note_root(wanted)

    def change(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """The user changes `spec` of the version that was read: an unguarded write could wipe out an end that
        was recorded since, and the span would close twice."""
        while (reply := self._changed(name, change)).code == 409:
            self.tend()
        assert reply.code == 200, reply.body

    def is_full(self, name: str) -> bool:
        """Whether one more change would push an open span out of the record, and lose it (docs/spec.md 3)."""
        live = self._user.get(f"{self._path('Deployment')}/{name}").body
        record = loads(live["metadata"]["annotations"][KEY])
        return record.end is None and len(list(predecessors(record))) == MAX_PREV

    def _changed(self, name: str, change: Callable[[dict[str, Any]], None]) -> Reply:
        live = self._user.get(f"{self._path('Deployment')}/{name}").body
        wanted = copy.deepcopy(live["spec"])
        change(wanted)
        version = live["metadata"]["resourceVersion"]
        meta = {
            "name": name,
            "namespace": self.place.namespace,
            "resourceVersion": version,
            "annotations": {},
        }
        patch = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": wanted}
        self._tracer.trace_until_reached(patch, live=live, closer="deployment")
        reply = self._user.merge(f"{self._path('Deployment')}/{name}", patch)
        if reply.code == 200:
            self._note_root(patch)
        return reply

    def delete_pod(self, name: str) -> None:
        reply = self._user.delete(f"{self._path('Pod')}/{name}")
        assert reply.code in (200, 202, 404), reply.body

    def _note_root(self, written: dict[str, Any]) -> None:
        annotations = written["metadata"]["annotations"]
        trace = annotations["tracing.k8s.io/traceparent"].split("-")[1]
        self._roots[f"{recorded_spans(written)[0]:016x}"] = trace

    def _path(self, kind: str) -> str:
        return "/" + KINDS[kind].format(self.place.namespace)

    def objects(self, *kinds: str) -> list[dict[str, Any]]:
        """What is stored, of these kinds or of all that the story has."""
        return [
            {**each, "apiVersion": "v1" if kind == "Pod" else "apps/v1", "kind": kind}
            for kind in kinds or KINDS
            for each in self._user.get(self._path(kind)).body["items"]
        ]

    def evidence(self) -> Evidence:
        window = int(self._window * SECOND)
        came, stored = deliveries(self.collector), self.objects()
        return Evidence(came, stored, self._roots, self._starts, self._kubelet_deaths, window)

    def settle(self, seconds: float = PATIENCE) -> list[str]:
        """Wait until every promise is kept; returns those that were not kept in time."""
        end = time.monotonic() + seconds
        while (found := broken(self.evidence())) and time.monotonic() < end:
            self.tend()
            time.sleep(0.3)
        return found


def deliveries(collector: OtlpCollector) -> list[Delivery]:
    """Everything that arrived, repeats too."""
    return [
        Delivery(
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            span.name,
            _said(span, semconv.SPAN_TYPE) == "object",
            span.end_time_unix_nano,
            _said(span, "k8s.pod.uid"),
            tuple(each.trace_id.hex() for each in span.links),
            resource.SerializeToString(deterministic=True) + span.SerializeToString(deterministic=True),
        )
        for resource, span in collector.arrived
    ]


def _said(span: Span, key: str) -> str:
    return next((each.value.string_value for each in span.attributes if each.key == key), "")


def _server(connection: Connection) -> ApiServer:
    return ApiServer(connection.server, connection.token or "", connection.ca)
