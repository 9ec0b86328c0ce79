"""One view over the objects of all libraries: dicts, kopf, kubernetes, lightkube, kr8s.

No client is imported. The order of the tests matters: lightkube's generic resources are dicts whose
`.metadata` is a temporary, so a mapping is taken as a mapping before any attribute is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

Json: TypeAlias = Mapping[str, Any]


@runtime_checkable
class HasMetadata(Protocol):
    """A typed object of a client library."""

    @property
    def metadata(self) -> Any: ...


@runtime_checkable
class HasWritableMetadata(Protocol):
    """A typed object whose metadata can be set (kopf's `body` cannot)."""

    metadata: Any


#: Anything readable: a dict, kopf's `body`, a typed object.
KubernetesObject: TypeAlias = Mapping[str, Any] | HasMetadata
#: Anything whose annotations can be set: a dict, kopf's `patch`, a typed object.
WritableObject: TypeAlias = MutableMapping[str, Any] | HasWritableMetadata

_NOTHING: Json = {}

#: API group of built-in kinds, for objects that do not say their apiVersion (items of typed lists).
_GROUPS = {
    **dict.fromkeys(("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision"), "apps"),
    **dict.fromkeys(("Job", "CronJob"), "batch"),
    **dict.fromkeys(("Ingress", "NetworkPolicy", "IngressClass"), "networking.k8s.io"),
    "HorizontalPodAutoscaler": "autoscaling",
    "PodDisruptionBudget": "policy",
    "CustomResourceDefinition": "apiextensions.k8s.io",
    "StorageClass": "storage.k8s.io",
}

#: `V1Pod`, `CoreV1Event`, `V1beta1…`: how the official client names its classes.
_MODEL_NAME = re.compile(r"(?:[A-Z][A-Za-z]*)?V\d+(?:(?:alpha|beta)\d+)?([A-Z]\w*)")


def as_json(obj: Any) -> Json:
    """The object in its JSON shape (camelCase keys, no Nones at the top).

    Raises:
        TypeError: `obj` is no Kubernetes object.
    """
    if type(obj) is dict or isinstance(obj, Mapping):
        return obj
    raw = getattr(obj, "raw", None)
    if isinstance(raw, Mapping):
        return raw
    if hasattr(obj, "metadata"):
        return _from_model(obj)
    raise TypeError(
        f"not a Kubernetes object: {type(obj).__name__}; pass a dict, kopf's body, or an object of "
        "kubernetes, lightkube or kr8s"
    )


def _from_model(obj: Any) -> Json:
    if hasattr(obj, "model_dump"):  # kubernetes ≥ 36: pydantic
        result = obj.model_dump(mode="json", by_alias=True, exclude_none=True)
    elif hasattr(obj, "attribute_map"):  # kubernetes ≤ 35: generated classes
        result = _from_attribute_map(obj)
    elif hasattr(obj, "to_dict"):  # lightkube
        result = obj.to_dict()
    else:
        raise TypeError(f"cannot read {type(obj).__name__}: it has neither to_dict() nor model_dump()")
    if not result.get("kind"):
        match = _MODEL_NAME.fullmatch(type(obj).__name__)
        result["kind"] = match.group(1) if match else type(obj).__name__
    return result  # type: ignore[no-any-return]


def _from_attribute_map(value: Any) -> Any:
    if isinstance(value, list):
        return [_from_attribute_map(item) for item in value]
    if isinstance(value, dict):
        return {key: _from_attribute_map(item) for key, item in value.items()}
    names = getattr(value, "attribute_map", None)
    if names is None:
        return value
    pairs = ((alias, getattr(value, name)) for name, alias in names.items())
    return {alias: _from_attribute_map(item) for alias, item in pairs if item is not None}


def section(obj: Json, key: str) -> Json:
    """`obj[key]` where it is a mapping, else an empty one: cluster data of any shape never raises."""
    value = obj.get(key)
    if type(value) is dict:  # a fifth of the time of isinstance, which asks an ABC
        return value
    return value if isinstance(value, Mapping) else _NOTHING


def text(mapping: Json, key: str) -> str:
    """`mapping[key]` where it is a string, else ''."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def items(mapping: Json, key: str) -> list[Json]:
    """The mappings in the list `mapping[key]`; everything else is left out."""
    value = mapping.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def group_of(obj: Json) -> str:
    """The API group ('' for core), also of built-in kinds that do not say it."""
    version = obj.get("apiVersion")
    if isinstance(version, str) and version:
        group, slash, _ = version.partition("/")
        return group if slash else ""
    return _GROUPS.get(text(obj, "kind"), "")


def is_custom(obj: Json) -> bool:
    """Whether this is a custom resource: its group has a dot and is not one of Kubernetes' own."""
    group = group_of(obj)
    return "." in group and not group.endswith(".k8s.io")


def controller_of(metadata: Json) -> Json | None:
    """The controlling owner reference, or None."""
    owners = metadata.get("ownerReferences")
    if isinstance(owners, list):
        for owner in owners:
            if isinstance(owner, Mapping) and owner.get("controller") is True:
                return owner
    return None


def check_writable(obj: Any) -> None:
    """Whether annotations could be written; nothing is changed, not even an empty map is made.

    Raises:
        TypeError: `obj` is no Kubernetes object, or is read-only (kopf's `body`).
    """
    if type(obj) is dict or isinstance(obj, MutableMapping):
        return
    if isinstance(obj, Mapping):
        raise TypeError(
            f"{type(obj).__name__} is read-only: pass kopf's `patch`, or the dict that you are about to send"
        )
    if isinstance(getattr(obj, "raw", None), MutableMapping):
        return
    if not hasattr(obj, "metadata"):
        raise TypeError(f"not a Kubernetes object: {type(obj).__name__}")
    if obj.metadata is None:
        raise TypeError(f"{type(obj).__name__} has no metadata: set its metadata (name) before tracing it")


def annotations_for_writing(obj: Any) -> MutableMapping[str, Any]:
    """The object's annotations to write into, made where they are missing.

    Raises:
        TypeError: see `check_writable`.
    """
    if type(obj) is dict or isinstance(obj, MutableMapping):
        return _annotations_in(_child(obj, "metadata"))
    check_writable(obj)
    raw = getattr(obj, "raw", None)
    if isinstance(raw, MutableMapping):
        return _annotations_in(_child(raw, "metadata"))
    metadata = obj.metadata
    if isinstance(metadata, MutableMapping):
        return _annotations_in(metadata)
    if not isinstance(metadata.annotations, MutableMapping):
        metadata.annotations = {}
    result: MutableMapping[str, Any] = metadata.annotations
    return result


def _child(parent: MutableMapping[str, Any], key: str) -> MutableMapping[str, Any]:
    child = parent.get(key)
    if not isinstance(child, MutableMapping):
        parent[key] = {}
        child = parent[key]  # read back: some mappings store a copy
    return child


def _annotations_in(metadata: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return _child(metadata, "annotations")
