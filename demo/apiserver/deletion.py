"""DELETE: at once, gracefully, or as soon as the finalizers are gone.

The decisions are those of k8s.io/apiserver/pkg/registry/rest/delete.go and
pkg/registry/generic/registry/store.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from demo.apiserver.api import Api
from demo.apiserver.clock import NANOSECONDS, rfc3339
from demo.apiserver.preconditions import check_deletion
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import Cause, bad_request, forbidden, invalid_options
from demo.apiserver.store import Object, Stored

PODS = ("", "pods")
DEFAULT_GRACE = 30
ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
IMMORTAL = frozenset({"default", "kube-public", "kube-system"})
POLICIES = ("Orphan", "Background", "Foreground")
HELD_BY_SERVER = {
    ("", "namespaces"): None,
    ("apiextensions.k8s.io", "customresourcedefinitions"): "customresourcecleanup.apiextensions.k8s.io",
}
"""Kinds that the server empties first, and the finalizer that says so."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a DELETE did: the object as it is or was, and whether it is gone."""

    stored: Stored
    gone: bool


def check_options(options: Object) -> None:
    """400 or 422 for DeleteOptions that contradict themselves."""
    policy, orphan = options.get("propagationPolicy"), options.get("orphanDependents")
    if policy is not None and orphan is not None:
        told = "Invalid value: orphanDependents and deletionPropagation cannot be both set"
        raise invalid_options("DeleteOptions", [Cause("propagationPolicy", "FieldValueInvalid", told)])
    if policy is not None and policy not in POLICIES:
        listed = ", ".join(f'"{name}"' for name in (*POLICIES[2:], *POLICIES[1:2], POLICIES[0], "nil"))
        told = f'Unsupported value: "{policy}": supported values: {listed}'
        raise invalid_options("DeleteOptions", [Cause("propagationPolicy", "FieldValueNotSupported", told)])
    grace = options.get("gracePeriodSeconds")
    if grace is not None and not isinstance(grace, int):
        raise bad_request(
            "json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
        )


def delete(api: Api, resource: Resource, live: Stored, options: Object, dry_run: bool = False) -> Deleted:
    """Delete `live` as DeleteOptions ask: grace period, propagation policy, preconditions (409).

    403 for the namespaces without which there is no cluster.
    """
    check_options(options)
    if resource.key == ("", "namespaces") and live.obj["metadata"]["name"] in IMMORTAL:
        raise forbidden(resource, live.obj["metadata"]["name"], "this namespace may not be deleted")
    check_deletion(resource, live.obj, options)
    finalizers = wanted_finalizers(resource, live.obj["metadata"].get("finalizers") or [], options)
    if holder := HELD_BY_SERVER.get(resource.key):
        finalizers = [*finalizers, *([] if holder in finalizers else [holder])]
    grace = grace_period(resource, live.obj, options)
    if "deletionTimestamp" in live.obj["metadata"]:
        return _delete_again(api, resource, live, options, dry_run)
    held = bool(finalizers) or resource.key in HELD_BY_SERVER
    if grace is None and not held:
        return Deleted(_removed(api, resource, live, dry_run), True)
    if dry_run:
        return Deleted(live, False)
    marked = _mark(api, resource, live, grace or 0, finalizers)
    if held or grace:
        return Deleted(marked, False)
    return Deleted(_removed(api, resource, marked, dry_run), True)


def grace_period(resource: Resource, obj: Object, options: Object) -> int | None:
    """Seconds that the object may take to stop; None for kinds that stop at once.

    Pods that no node has taken, or that have ended, need none.
    """
    if resource.key != PODS:
        return None
    spec = obj.get("spec") or {}
    asked = options.get("gracePeriodSeconds")
    grace = asked if asked is not None else spec.get("terminationGracePeriodSeconds", DEFAULT_GRACE)
    ended = (obj.get("status") or {}).get("phase") in ("Failed", "Succeeded")
    if not spec.get("nodeName") or ended:
        return 0
    return max(int(grace), 1) if grace < 0 else int(grace)


def wanted_finalizers(resource: Resource, found: list[str], options: Object) -> list[str]:
    """The finalizers with those of the garbage collector as the propagation policy wants them.

    Where no policy is told, a kind of old orphans what it owns unless a finalizer says otherwise.
    """
    policy = options.get("propagationPolicy")
    if options.get("orphanDependents") is not None:
        policy = "Orphan" if options["orphanDependents"] else "Background"
    if policy is None and resource.delete_orphans and FOREGROUND not in found:
        policy = "Orphan"
    if policy is None:
        return found
    kept = [name for name in found if name not in (ORPHAN, FOREGROUND)]
    return kept + {"Orphan": [ORPHAN], "Foreground": [FOREGROUND]}.get(policy, [])


def _mark(api: Api, resource: Resource, live: Stored, grace: int, finalizers: list[str]) -> Stored:
    """Set deletionTimestamp, now plus the grace period; desired state moved, so does the generation."""
    metadata = live.obj["metadata"]
    generation = metadata.get("generation")
    obj = live.obj
    if resource.key == ("", "namespaces"):
        obj = obj | {"status": (obj.get("status") or {}) | {"phase": "Terminating"}}
    changed = metadata | {
        "deletionTimestamp": _after(api, grace),
        "deletionGracePeriodSeconds": grace,
    }
    if generation and resource.key not in HELD_BY_SERVER:
        changed["generation"] = generation + 1
    changed.pop("finalizers", None)
    if finalizers:
        changed["finalizers"] = finalizers
    if resource.key in HELD_BY_SERVER:
        del changed["deletionGracePeriodSeconds"]
    return api.store.put(resource.key, obj | {"metadata": changed})


def _delete_again(api: Api, resource: Resource, live: Stored, options: Object, dry_run: bool) -> Deleted:
    """A second DELETE can only shorten the grace period, which then counts from now."""
    metadata = live.obj["metadata"]
    pending = metadata.get("deletionGracePeriodSeconds") or 0
    asked = options.get("gracePeriodSeconds")
    held = bool(metadata.get("finalizers")) or resource.key in HELD_BY_SERVER
    sooner = asked if asked is not None and asked < pending and not dry_run else None
    if pending and sooner is None:
        return Deleted(live, False)
    if sooner is not None:
        mark = {"deletionTimestamp": _after(api, sooner), "deletionGracePeriodSeconds": sooner}
        live = api.store.put(resource.key, live.obj | {"metadata": metadata | mark})
        held = held or bool(sooner)
    if held:
        return Deleted(live, False)
    return Deleted(_removed(api, resource, live, dry_run), True)


def _after(api: Api, seconds: int) -> str:
    return rfc3339(api.now() + seconds * NANOSECONDS)


def _removed(api: Api, resource: Resource, live: Stored, dry_run: bool) -> Stored:
    return live if dry_run else api.store.remove(resource.key, live)
