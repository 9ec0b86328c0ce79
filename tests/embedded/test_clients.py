"""The usual clients work against the embedded API server, unchanged."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kopf
import kr8s
import kubernetes
import lightkube
import pytest
from kr8s.asyncio.objects import new_class
from kubernetes.client.exceptions import ApiException
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.types import PatchType

from demo.apiserver import ClusterThread, RequestKey
from tests.conformance.objects import GROUP, custom_object, definition, deployment

DATABASES = definition("databases", "Database", subresources={"status": {}})


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[ClusterThread]:
    """A cluster that knows one custom resource."""
    with ClusterThread() as cluster:
        config = cluster.write_kubeconfig(tmp_path / "kubeconfig")
        api = kubernetes.config.new_client_from_config(str(config))
        kubernetes.client.ApiextensionsV1Api(api).create_custom_resource_definition(DATABASES)
        cluster.cluster.requests.clear()
        yield cluster


@pytest.fixture
def kubeconfig(cluster: ClusterThread, tmp_path: Path) -> str:
    return str(tmp_path / "kubeconfig")


def test_kubernetes_deployment(kubeconfig: str) -> None:
    """kubernetes: create, list, watch, patch, apply, scale and delete of a Deployment."""
    api = kubernetes.client.AppsV1Api(kubernetes.config.new_client_from_config(kubeconfig))
    made = api.create_namespaced_deployment("default", deployment())
    listed = api.list_namespaced_deployment("default")
    assert [made.metadata.uid] == [item.metadata.uid for item in listed.items]
    api.patch_namespaced_deployment("web", "default", {"spec": {"replicas": 3}})
    api.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 4}})
    api.patch_namespaced_deployment_status("web", "default", {"status": {"replicas": 4}})
    api.delete_namespaced_deployment("web", "default")
    stream = kubernetes.watch.Watch().stream(
        api.list_namespaced_deployment,
        "default",
        resource_version=made.metadata.resource_version,
        timeout_seconds=1,
    )
    assert [("MODIFIED", 3), ("MODIFIED", 4), ("MODIFIED", 4), ("DELETED", 4)] == [
        (event["type"], event["object"].spec.replicas) for event in stream
    ]


def test_kubernetes_errors(kubeconfig: str) -> None:
    """kubernetes: refusals carry the Status."""
    api = kubernetes.client.AppsV1Api(kubernetes.config.new_client_from_config(kubeconfig))
    with pytest.raises(ApiException) as refused:
        api.read_namespaced_deployment("web", "default")
    assert (404, "Not Found") == (refused.value.status, refused.value.reason)


def test_kubernetes_apply(kubeconfig: str) -> None:
    """kubernetes: server-side apply of two managers, the second of which is refused."""
    dynamic = kubernetes.dynamic.DynamicClient(kubernetes.config.new_client_from_config(kubeconfig))
    resource = dynamic.resources.get(api_version="apps/v1", kind="Deployment")
    dynamic.server_side_apply(resource, deployment(), "web", "default", field_manager="alice")
    with pytest.raises(kubernetes.dynamic.exceptions.ConflictError, match="alice"):
        dynamic.server_side_apply(resource, deployment(replicas=5), "web", "default", field_manager="bob")


def test_kubernetes_custom_resource(kubeconfig: str) -> None:
    """kubernetes: a custom resource through CustomObjectsApi."""
    api = kubernetes.client.CustomObjectsApi(kubernetes.config.new_client_from_config(kubeconfig))
    where = (GROUP, "v1", "default", "databases")
    api.create_namespaced_custom_object(*where, custom_object("Database", spec={"size": 1}))
    api.patch_namespaced_custom_object(*where, "a", {"spec": {"size": 2}})
    api.patch_namespaced_custom_object_status(*where, "a", {"status": {"ready": True}})
    found = api.get_namespaced_custom_object(*where, "a")
    assert ({"size": 2}, {"ready": True}, 2) == (
        found["spec"],
        found["status"],
        found["metadata"]["generation"],
    )
    api.delete_namespaced_custom_object(*where, "a")
    assert [] == api.list_namespaced_custom_object(*where)["items"]


def test_kubernetes_pods(kubeconfig: str) -> None:
    """kubernetes: every list of the core kinds is accepted by its strict models, as are pods with status."""
    api = kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(kubeconfig))
    template = deployment()["spec"]["template"]
    api.create_namespaced_pod("default", {"metadata": {"name": "web"}, "spec": template["spec"]})
    target = kubernetes.client.V1ObjectReference(kind="Node", name="node-1")
    binding = kubernetes.client.V1Binding(metadata=kubernetes.client.V1ObjectMeta(name="web"), target=target)
    api.create_namespaced_pod_binding("web", "default", binding, _preload_content=False)
    assert "node-1" == api.read_namespaced_pod("web", "default").spec.node_name
    for listing in (
        api.list_namespace,
        api.list_node,
        api.list_event_for_all_namespaces,
        api.list_pod_for_all_namespaces,
    ):
        assert listing().metadata.resource_version
    assert 30 == api.delete_namespaced_pod("web", "default").metadata.deletion_grace_period_seconds


def test_lightkube_deployment(kubeconfig: str) -> None:
    """lightkube: create, list, watch, patch, apply and delete of a Deployment."""
    client = lightkube.Client(
        lightkube.KubeConfig.from_file(kubeconfig).get(), field_manager="lightkube-test"
    )
    made = client.create(Deployment.from_dict(deployment()), namespace="default")
    assert made.metadata is not None
    client.patch(Deployment, "web", {"spec": {"replicas": 3}}, namespace="default")
    client.patch(
        Deployment, "web", {"spec": {"paused": True}}, namespace="default", patch_type=PatchType.MERGE
    )
    applied = Deployment.from_dict(deployment(replicas=3))
    applied.metadata = ObjectMeta(name="web", namespace="default", labels={"applied": "yes"})
    client.apply(applied, force=True)
    seen = []
    for kind, obj in client.watch(
        Deployment, namespace="default", resource_version=made.metadata.resourceVersion
    ):
        seen.append((kind, obj.spec.replicas, obj.spec.paused))
        if len(seen) == 3:
            break
    assert [("MODIFIED", 3, None), ("MODIFIED", 3, True), ("MODIFIED", 3, True)] == seen
    assert ["web"] == [
        d.metadata.name for d in client.list(Deployment, namespace="default", labels={"applied": "yes"})
    ]
    client.delete(Deployment, "web", namespace="default")
    with pytest.raises(ApiError, match="not found"):
        client.get(Deployment, "web", namespace="default")


def test_lightkube_custom_resource(kubeconfig: str) -> None:
    """lightkube: a generic resource, its status apart."""
    client = lightkube.Client(
        lightkube.KubeConfig.from_file(kubeconfig).get(), field_manager="lightkube-test"
    )
    database = create_namespaced_resource(GROUP, "v1", "Database", "databases")
    client.create(database(custom_object("Database", spec={"size": 1})), namespace="default")
    client.patch(
        database.Status, "a", {"status": {"ready": True}}, namespace="default", patch_type=PatchType.MERGE
    )
    found = client.get(database, "a", namespace="default")
    assert ({"size": 1}, {"ready": True}) == (found["spec"], found["status"])


async def test_kr8s(kubeconfig: str) -> None:
    """kr8s: create, list, patch, scale, watch and delete of a Deployment and a custom resource."""
    api = await kr8s.asyncio.api(kubeconfig=kubeconfig)
    web = await kr8s.asyncio.objects.Deployment(deployment(), api=api, namespace="default")
    await web.create()
    await web.patch({"spec": {"replicas": 3}})
    await web.scale(4)
    assert [4] == [d.replicas async for d in api.get("deployments", namespace="default")]
    database = new_class("Database", f"{GROUP}/v1", asyncio=True, namespaced=True)
    made = await database(custom_object("Database", spec={"size": 1}), api=api, namespace="default")
    await made.create()
    async for kind, obj in api.watch("databases", namespace="default"):
        assert ("ADDED", "a") == (kind, obj.name)
        break
    await made.delete()
    await web.delete()
    assert [] == [d async for d in api.get("deployments", namespace="default")]


class _Operator:
    """A small operator: it keeps a finalizer, writes a status, and counts what its handlers saw."""

    def __init__(self) -> None:
        self.registry = kopf.OperatorRegistry()
        self.seen: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        where: dict[str, Any] = {
            "group": GROUP,
            "version": "v1",
            "plural": "databases",
            "registry": self.registry,
        }
        kopf.on.create(**where)(self._created)
        kopf.on.update(**where)(self._updated)
        kopf.on.delete(**where)(self._deleted)
        kopf.on.event("apps", "v1", "deployments", registry=self.registry)(self._event)

    async def _created(self, patch: kopf.Patch, **_: Any) -> None:
        self.seen["created"].set()
        patch.status["ready"] = True

    async def _updated(self, **_: Any) -> None:
        self.seen["updated"].set()

    async def _deleted(self, **_: Any) -> None:
        self.seen["deleted"].set()

    async def _event(self, name: str | None, **_: Any) -> None:
        self.seen[f"event of {name}"].set()

    async def saw(self, what: str) -> None:
        await asyncio.wait_for(self.seen[what].wait(), 10)


def _login(server: str, token: str) -> Any:
    async def login(**_: Any) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(server=server, token=token)

    return login


async def _run(operator: _Operator, stop: asyncio.Event, ready: asyncio.Event) -> None:
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True
    await kopf.operator(
        registry=operator.registry, settings=settings, namespaces=["default"], standalone=True,
        stop_flag=stop, ready_flag=ready,
    )  # fmt: skip


async def test_kopf(cluster: ClusterThread, kubeconfig: str) -> None:
    """kopf: an operator with a finalizer sees creation, update and deletion; its requests are its user's."""
    operator = _Operator()
    token = cluster.kubeconfig("operator")["users"][0]["user"]["token"]
    kopf.on.login(registry=operator.registry)(_login(cluster.url, token))
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(_run(operator, stop, ready))
    await asyncio.wait_for(ready.wait(), 10)
    await asyncio.to_thread(_use, kubeconfig, "create")
    await operator.saw("created")
    await operator.saw("event of web")
    await asyncio.to_thread(_use, kubeconfig, "update")
    await operator.saw("updated")
    await asyncio.to_thread(_use, kubeconfig, "delete")
    await operator.saw("deleted")
    stop.set()
    await asyncio.wait_for(running, 10)
    requests = cluster.cluster.requests
    assert requests[RequestKey("watch", "databases", "operator")] >= 1
    assert requests[RequestKey("patch", "databases", "operator")] >= 1
    assert 1 == requests[RequestKey("create", "databases", "admin")]


def _use(kubeconfig: str, what: str) -> None:
    """What the user of the operator does."""
    api = kubernetes.config.new_client_from_config(kubeconfig)
    custom = kubernetes.client.CustomObjectsApi(api)
    where = (GROUP, "v1", "default", "databases")
    if what == "create":
        custom.create_namespaced_custom_object(*where, custom_object("Database", spec={"size": 1}))
        kubernetes.client.AppsV1Api(api).create_namespaced_deployment("default", deployment())
    elif what == "update":
        custom.patch_namespaced_custom_object(*where, "a", {"spec": {"size": 2}})
    else:
        custom.delete_namespaced_custom_object(*where, "a")
