"""Small objects that the tests of the API server's pure parts share."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]

NOW = "2026-11-21T08:00:00Z"
LATER = "2026-11-21T08:00:09Z"


def container(name: str = "app", **more: Any) -> Obj:
    """A container as a client sends it."""
    return {"name": name, "image": "busybox:1.35", **more}


def deployment(**spec: Any) -> Obj:
    """A Deployment as a client sends it; `spec` replaces fields of the spec."""
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container()]}}
    body = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": body,
    }


def pod(**spec: Any) -> Obj:
    """A Pod as a client sends it; `spec` replaces fields of the spec."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web-0", "namespace": "default"},
        "spec": {"containers": [container()], **spec},
    }


def custom(**fields: Any) -> Obj:
    """An object of a kind without a schema."""
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, **fields}


def stored(obj: Obj) -> Obj:
    """The object with what the server adds to its metadata."""
    metadata = obj["metadata"] | {"uid": "uid-1", "resourceVersion": "1", "creationTimestamp": NOW}
    return obj | {"metadata": metadata}


def owners(obj: Obj) -> dict[str, Any]:
    """Each entry's fields by manager, and by subresource where there is one."""
    return {
        one["manager"] + (f"/{one['subresource']}" if "subresource" in one else ""): one["fieldsV1"]
        for one in obj["metadata"].get("managedFields", ())
    }
