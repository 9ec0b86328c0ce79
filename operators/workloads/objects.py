"""Small questions that every controller asks of a Kubernetes object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from traceutil.times import parse_time

#: An object as JSON. What comes out of the store is shared: read it, never change it.
Object: TypeAlias = Mapping[str, Any]
#: Namespace (empty for cluster-scoped kinds) and name.
Key: TypeAlias = tuple[str, str]

#: Annotations that carry a trace. Tracing writes its own on every object, so nobody else copies them:
#: a copied context would name the wrong object.
TRACE_PREFIXES = ("tracing.k8s.io/", "traceutil.dev/")


def metadata(obj: Object) -> Mapping[str, Any]:
    return obj.get("metadata") or {}


def spec(obj: Object) -> Mapping[str, Any]:
    return obj.get("spec") or {}


def status(obj: Object) -> Mapping[str, Any]:
    return obj.get("status") or {}


def key_of(obj: Object) -> Key:
    meta = metadata(obj)
    return meta.get("namespace") or "", meta.get("name") or ""


def uid(obj: Object) -> str:
    return metadata(obj).get("uid") or ""


def version(obj: Object) -> str:
    return metadata(obj).get("resourceVersion") or ""


def labels(obj: Object) -> Mapping[str, str]:
    return metadata(obj).get("labels") or {}


def annotations_of(obj: Object) -> Mapping[str, str]:
    return metadata(obj).get("annotations") or {}


def being_deleted(obj: Object) -> bool:
    return bool(metadata(obj).get("deletionTimestamp"))


def created(obj: Object) -> int:
    """Unix ns of creation, 0 where unknown."""
    return parse_time(metadata(obj).get("creationTimestamp")) or 0


def number(value: Any, default: int = 0) -> int:
    """`value` where it is a whole number, else `default` (a bool is no number)."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def controller_uid(obj: Object) -> str:
    """uid of the controlling owner, empty where there is none."""
    for reference in metadata(obj).get("ownerReferences") or ():
        if reference.get("controller"):
            return reference.get("uid") or ""
    return ""


def controller_reference(owner: Object) -> dict[str, Any]:
    """The ownerReference by which `owner` controls a child (metav1.NewControllerRef)."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": metadata(owner)["name"],
        "uid": uid(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(conditions: Iterable[Mapping[str, Any]] | None, kind: str) -> Mapping[str, Any] | None:
    """The condition of that type, None where it is missing."""
    return next((each for each in conditions or () if each.get("type") == kind), None)


def condition_is(obj: Object, kind: str, value: str = "True") -> bool:
    found = condition(status(obj).get("conditions"), kind)
    return found is not None and found.get("status") == value


def carries_trace(annotation: str) -> bool:
    return annotation.startswith(TRACE_PREFIXES)
