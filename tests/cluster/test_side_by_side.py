"""The same requests to the embedded and to the real API server have the same answers, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from demo.apiserver import ClusterThread
from tests.cluster.comparable import comparable
from tests.cluster.control_plane import ControlPlane
from tests.cluster.manifests import DEFINITIONS, MANIFESTS, Obj
from tests.conformance.http_client import PATIENCE, TABLE, ApiServer, Client, Reply
from tests.conformance.objects import core, established, pod
from tests.embedded.demo.alone import eventually


@pytest.fixture(scope="module")
def servers(control_plane: ControlPlane) -> Iterator[tuple[Client, Client]]:
    """The real one and the embedded one, to both of which we are the same user."""
    with ClusterThread() as embedded:
        token = embedded.kubeconfig("conformance")["users"][0]["user"]["token"]
        clients = (
            Client(ApiServer(control_plane.url, control_plane.token, control_plane.ca)),
            Client(ApiServer(embedded.url, token, None)),
        )
        for client in clients:
            for each in DEFINITIONS:
                established(client, each)
        yield clients
        for client in clients:
            client.close()


def _namespace(client: Client) -> str:
    name = f"side-by-side-{uuid4().hex[:8]}"
    client.post("/api/v1/namespaces", {"metadata": {"name": name}})
    where = core(name, "pods")
    eventually("pods to be let in", lambda: 201 == client.post(where, pod(), dryRun="All").code, PATIENCE)
    return name


@pytest.mark.parametrize("what", MANIFESTS)
def test_a_life(servers: tuple[Client, Client], what: str) -> None:
    """Created, created again, edited, replaced, shown as a Table, applied, taken over, deleted."""
    told = []
    for client in servers:
        namespace = _namespace(client)
        told.append(comparable(_life(client, namespace, *MANIFESTS[what]), namespace))
    real, embedded = told
    assert real == embedded


def _life(client: Client, namespace: str, api: str, plural: str, manifest: Obj) -> dict[str, Any]:
    every = f"{api}/namespaces/{namespace}/{plural}"
    one = f"{every}/{manifest['metadata']['name']}"
    applied = manifest | {"metadata": manifest["metadata"] | {"labels": {"edited": "twice"}}}
    identity = {key: manifest[key] for key in ("apiVersion", "kind")}
    status = {"metadata": {"labels": {"by": "status"}, "annotations": {"by": "status"}}, "status": {}}
    steps: dict[str, Callable[[], Reply]] = {
        "create": lambda: client.post(every, manifest),
        "create again": lambda: client.post(every, manifest),
        "edit": lambda: client.merge(one, {"metadata": {"labels": {"edited": "once"}}}),
        "replace": lambda: client.put(one, client.get(one).body),
        "show": lambda: client.get(one, accept=TABLE),
        "show all": lambda: client.get(every, accept=TABLE),
        "status": lambda: client.merge(f"{one}/status", status),
        "apply": lambda: client.apply(one, applied, "applier", force="true"),
        "take over": lambda: client.apply(one, identity | {"metadata": {"labels": {"edited": "3"}}}, "other"),
        "delete": lambda: client.delete(one),
    }
    told = {step: request() for step, request in steps.items()}
    return {step: {"code": reply.code, "body": reply.body} for step, reply in told.items()}
