"""Objects and addresses that the tests share."""

from __future__ import annotations

from typing import Any

from tests.conformance.http_client import Client

Obj = dict[str, Any]
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GROUP = "conformance.traceutil.dev"
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def core(namespace: str, plural: str, name: str = "") -> str:
    """The address of a core resource, or of one object of it."""
    return f"/api/v1/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def apps(namespace: str, plural: str, name: str = "") -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def custom(namespace: str, plural: str, name: str = "") -> str:
    return f"/apis/{GROUP}/v1/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def config(name: str, labels: dict[str, str] | None = None, **data: str) -> Obj:
    metadata: Obj = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"key": "value"}}


def pod(name: str = "web", **spec: Any) -> Obj:
    containers = [{"name": "app", "image": "registry.example/web:1"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": containers} | spec,
    }


def deployment(name: str = "web", replicas: int = 2, image: str = "registry.example/web:1") -> Obj:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": image}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def replica_set(name: str = "web", replicas: int = 2) -> Obj:
    made = deployment(name, replicas)
    return made | {"kind": "ReplicaSet"}


def owner(kind: str, api_version: str, obj: Obj, *, blocks: bool = False) -> Obj:
    """A controller reference to a stored object."""
    reference = {"apiVersion": api_version, "kind": kind, "controller": True, "blockOwnerDeletion": blocks}
    return reference | {"name": obj["metadata"]["name"], "uid": obj["metadata"]["uid"]}


def definition(
    plural: str, kind: str, *, subresources: Obj | None = None, versions: tuple[str, ...] = ("v1",)
) -> Obj:
    """A CustomResourceDefinition; the first version is stored."""
    listed = [
        {"name": version, "served": True, "storage": index == 0, "schema": {"openAPIV3Schema": ANYTHING}}
        | ({"subresources": subresources} if subresources else {})
        for index, version in enumerate(versions)
    ]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind},
            "versions": listed,
        },
    }


def custom_object(kind: str, name: str = "a", version: str = "v1", **fields: Any) -> Obj:
    return {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": {"name": name}} | fields


def established(client: Client, crd: Obj) -> None:
    """Create a definition (it may be there from an earlier test) and wait until it is served."""
    client.post(CRDS, crd)

    def served(reply: Any) -> bool:
        conditions = reply.body.get("status", {}).get("conditions") or []
        return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)

    client.wait(f"{CRDS}/{crd['metadata']['name']}", served)


def bind(client: Client, namespace: str, name: str, node: str = "node-1", **metadata: Any) -> Any:
    """Bind a pod to a node."""
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name} | metadata}
    target = {"target": {"apiVersion": "v1", "kind": "Node", "name": node}}
    return client.post(core(namespace, "pods", f"{name}/binding"), binding | target)
