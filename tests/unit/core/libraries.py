"""The objects of every client library, from JSON and to the JSON that the client sends."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import kopf
import kr8s.objects
import kubernetes.client
import lightkube.generic_resource
from lightkube.resources.apps_v1 import Deployment as LightkubeDeployment

from tests.unit.core.objects import Object


class Library(NamedTuple):
    """How a library makes an object of its own from JSON, and what it sends."""

    load: Callable[[Object], Any]
    dump: Callable[[Any], Object]


#: kr8s would connect at once to make one; the verbs do no I/O, so that none is needed.
_NO_API: Any = object()
_Body: Any = kopf.Body
_api: Any = kubernetes.client.ApiClient()
_LightkubeDatabase: Any = lightkube.generic_resource.create_namespaced_resource(
    "example.com", "v1", "Database", "databases"
)
_Kr8sDatabase = kr8s.objects.new_class("Database", version="example.com/v1", namespaced=True, asyncio=False)


def _plain(obj: Any) -> Object:
    plain: Object = json.loads(json.dumps(obj))
    return plain


#: For a Deployment.
TYPED = {
    "a dict": Library(copy.deepcopy, _plain),
    "kubernetes": Library(
        lambda obj: kubernetes.client.V1Deployment.from_dict(obj),
        lambda obj: _plain(_api.sanitize_for_serialization(obj)),
    ),
    "kubernetes, an item of a list, which does not say its kind": Library(
        lambda obj: kubernetes.client.V1Deployment.from_dict(
            {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
        ),
        lambda obj: _plain(_api.sanitize_for_serialization(obj)),
    ),
    "lightkube": Library(LightkubeDeployment.from_dict, lambda obj: _plain(obj.to_dict())),
    "kr8s": Library(
        lambda obj: kr8s.objects.Deployment(copy.deepcopy(obj), api=_NO_API), lambda obj: _plain(obj.raw)
    ),
}
#: For a custom resource.
GENERIC = {
    "a dict": TYPED["a dict"],
    "lightkube's generic resource": Library(
        lambda obj: _LightkubeDatabase(copy.deepcopy(obj)), lambda obj: _plain(obj)
    ),
    "kr8s's new_class": Library(
        lambda obj: _Kr8sDatabase(copy.deepcopy(obj), api=_NO_API), lambda obj: _plain(obj.raw)
    ),
}
#: Readable only.
READABLE = {"kopf's body": Library(lambda obj: _Body(copy.deepcopy(obj)), lambda obj: _plain(dict(obj)))}
