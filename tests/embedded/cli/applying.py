"""`traceutil apply` in a namespace of the test's own, with a collector that listens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.http_client import MERGE, Client
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import Answer, traceutil
from tests.embedded.demo.inside import inside
from traceutil.view.spans import SpanData

Json = dict[str, Any]

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
COLLECTIONS = {
    "ConfigMap": "api/v1/namespaces/{}/configmaps",
    "Pod": "api/v1/namespaces/{}/pods",
    "Deployment": "apis/apps/v1/namespaces/{}/deployments",
    "StatefulSet": "apis/apps/v1/namespaces/{}/statefulsets",
    "Widget": "apis/example.org/v1/namespaces/{}/widgets",
}


@dataclass
class Place:
    """Where the test plays."""

    directory: Path
    kubeconfig: Path
    namespace: str
    collector: OtlpCollector
    user: Client
    files: Iterator[int] = field(default_factory=lambda: iter(range(1_000)))

    def apply(
        self, *args: object, objects: tuple[Json, ...] = (), environ: Mapping[str, str] | None = None
    ) -> Answer:
        """Run it on these objects, answering in JSON."""
        return inside(*self.arguments(*args, objects=objects), "-o", "json", environ=environ)

    def apply_as_a_process(
        self, *args: object, objects: tuple[Json, ...] = (), environ: Mapping[str, str] | None = None
    ) -> Answer:
        """The same as its user runs it; and beside another."""
        return traceutil(*self.arguments(*args, objects=objects), "-o", "json", environ=environ)

    def arguments(self, *args: object, objects: tuple[Json, ...]) -> tuple[object, ...]:
        file = self.directory / f"{next(self.files)}.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        where = ("--kubeconfig", self.kubeconfig, "-n", self.namespace, "--otlp", self.collector.url)
        return ("apply", "-f", file, *where, *args)

    def path(self, kind: str, name: str) -> str:
        return f"/{COLLECTIONS[kind].format(self.namespace)}/{name}"

    def stored(self, kind: str, name: str) -> Json:
        """The object; {} where there is none."""
        reply = self.user.get(self.path(kind, name))
        body: Json = reply.body if reply.code == 200 else {}
        return body

    def spans(self, trace_id: str) -> list[SpanData]:
        """What the collector has of a trace, the earliest first."""
        found = [span for span in self.collector.spans if span.trace_id == trace_id]
        return sorted(found, key=lambda span: span.start)

    @contextmanager
    def meanwhile(self, act: Callable[[Client], None]) -> Iterator[None]:
        """Somebody else does something beside the block, with a client of their own."""
        other = Client(self.user.server)
        failed: list[BaseException] = []

        def run() -> None:
            try:
                act(other)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            thread.join()
            other.close()
        assert [] == failed

    def once_stored(
        self, kind: str, name: str, change: Callable[[Json], Json], below: str = ""
    ) -> Callable[[Client], None]:
        """Somebody who changes the object (or what is `below` it) as soon as it is there."""

        def act(client: Client) -> None:
            where = self.path(kind, name)
            obj = eventually(f"{kind}/{name}", lambda: _found(client, where))
            reply = client.request("PATCH", where + below, change(obj), content_type=MERGE)
            assert 200 == reply.code, reply.body

        return act


def _found(client: Client, path: str) -> Json | None:
    reply = client.get(path)
    return reply.body if reply.code == 200 else None


def results(answer: Answer) -> list[tuple[str, str, str | None]]:
    """(kind, what was done, state) of each object."""
    return [(each["kind"], each["result"], each["state"]) for each in answer.document["objects"]]


def config(name: str = "settings", **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data or {"a": "1"}}


def _template(name: str, container: Json) -> Json:
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", **container}]}}


def stateful_set(name: str = "db", image: str = "db:1") -> Json:
    """A kind that no controller in these tests owns. 1000m is stored as 1."""
    container = {"image": image, "resources": {"limits": {"cpu": "1000m"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "serviceName": name,
            "selector": {"matchLabels": {"app": name}},
            "template": _template(name, container),
        },
    }


def deployment(name: str = "web", replicas: int = 2, cpu: str = "100m", **spec: Any) -> Json:
    container = {"image": "web:1", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": _template(name, container),
            **spec,
        },
    }


def ready(obj: Json) -> Json:
    """The status of a StatefulSet that is as wished."""
    revision = {"currentRevision": "r1", "updateRevision": "r1", "updatedReplicas": 1}
    counts = {"replicas": 1, "readyReplicas": 1, "availableReplicas": 1, "currentReplicas": 1}
    return {"status": {"observedGeneration": obj["metadata"]["generation"], **counts, **revision}}


def definition(plural: str = "widgets", **version_fields: Any) -> Json:
    """Of a kind with a status, unless `version_fields` says otherwise."""
    kind = plural.removesuffix("s").capitalize()
    schema = {
        "type": "object",
        "properties": {
            "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        **version_fields,
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [version],
        },
    }


def widget(name: str = "a") -> Json:
    return {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": name}, "spec": {"size": 1}}
