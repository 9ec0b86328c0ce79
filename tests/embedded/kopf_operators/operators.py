"""Real kopf operators in threads of this process, against the embedded server."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import kopf

from demo.apiserver import ClusterThread
from traceutil import ObjectTracer, use

Object = dict[str, Any]
GROUP, VERSION, PLURAL = "example.com", "v1", "databases"
PATH = f"/apis/{GROUP}/{VERSION}/namespaces/default/{PLURAL}"
PATIENCE = 60.0
#: Long enough for an operator that would react to have reacted (kopf batches events for 0.1 s), in seconds.
QUIET = 0.6


class Api:
    """A user's client."""

    def __init__(self, cluster: ClusterThread) -> None:
        self.cluster = cluster

    def send(self, method: str, path: str, body: Object | None = None) -> Object:
        token = self.cluster.kubeconfig("user")["users"][0]["user"]["token"]
        kind = "merge-patch+json" if method == "PATCH" else "json"
        headers = {"Content-Type": f"application/{kind}", "Authorization": f"Bearer {token}"}
        connection = http.client.HTTPConnection(urlsplit(self.cluster.url).netloc)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            answer: Object = json.loads(response.read())
        finally:
            connection.close()
        assert response.status < 300, answer
        return answer

    def define(self) -> None:
        """The custom resource: with a status subresource, any spec."""
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version = {
            "name": VERSION,
            "served": True,
            "storage": True,
            "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": schema},
        }
        names = {"plural": PLURAL, "singular": "database", "kind": "Database"}
        spec = {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]}
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{PLURAL}.{GROUP}"},
            "spec": spec,
        }
        self.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)

    def create(self, name: str = "orders", **spec: Any) -> Object:
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "Database",
            "metadata": {"name": name},
            "spec": spec,
        }
        return self.send("POST", PATH, body)

    def patch(self, body: Object, name: str = "orders") -> Object:
        return self.send("PATCH", f"{PATH}/{name}", body)

    def get(self, name: str = "orders") -> Object:
        return self.send("GET", f"{PATH}/{name}")

    def requests_of(self, user: str) -> dict[tuple[str, str], int]:
        """Requests of a user by (verb, resource), without those by which an operator finds its way."""
        counted = self.cluster.cluster.requests
        return {
            (key.verb, key.resource): count
            for key, count in counted.items()
            if key.user == user and key.resource == PLURAL and key.verb not in ("list", "watch")
        }


@contextmanager
def operator(
    api: Api,
    registry: kopf.OperatorRegistry,
    settings: kopf.OperatorSettings,
    tracer: ObjectTracer,
    user: str = "operator",
) -> Iterator[None]:
    """Run an operator until the block is left."""
    server, token = api.cluster.url, api.cluster.kubeconfig(user)["users"][0]["user"]["token"]
    kopf.on.login(registry=registry)(lambda **_: kopf.ConnectionInfo(server=server, token=token))
    settings.posting.enabled = False
    settings.persistence.consistency_timeout = 1.0
    ready, stop = threading.Event(), threading.Event()

    def run() -> None:
        with use(tracer):
            asyncio.run(
                kopf.operator(
                    registry=registry,
                    settings=settings,
                    standalone=True,
                    namespaces=["default"],
                    ready_flag=ready,
                    stop_flag=stop,
                )
            )

    thread = threading.Thread(target=run, name=f"kopf-{user}", daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Wait for the condition; `what` is said when it does not come true within so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
