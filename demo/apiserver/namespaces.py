"""Namespaces: those that every cluster has, and emptying one that is being deleted."""

from __future__ import annotations

from demo.apiserver.api import Api
from demo.apiserver.deletion import delete
from demo.apiserver.preconditions import NAMESPACES
from demo.apiserver.store import Stored
from demo.apiserver.writes import Write, create

PREMADE = ("default", "kube-node-lease", "kube-public", "kube-system")


def make_first(api: Api) -> None:
    """The namespaces that are there when a cluster starts."""
    resource = api.registry.find("", "v1", "namespaces")
    assert resource is not None
    for name in PREMADE:
        create(api, resource, "", {"metadata": {"name": name}}, Write("kube-apiserver"))


def empty(api: Api, name: str) -> None:
    """Delete what is in a namespace that is being deleted; when nothing is left, the namespace goes."""
    live = api.store.get(NAMESPACES, "", name)
    if live is None or "deletionTimestamp" not in live.obj["metadata"]:
        return
    left = False
    for storage, resource in api.registry.storages().items():
        if not resource.namespaced:
            continue
        collection = api.store.collection(storage)
        for stored in [s for key, s in collection.objects.items() if key[0] == name]:
            if "deletionTimestamp" not in stored.obj["metadata"]:
                delete(api, resource, stored, {"propagationPolicy": "Background"})
        left = left or any(key[0] == name for key in collection.objects)
    if not left:
        _finish(api, live)


def _finish(api: Api, live: Stored) -> None:
    if not live.obj["metadata"].get("finalizers"):
        api.store.remove(NAMESPACES, live)
